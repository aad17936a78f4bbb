/** Shapes of what the commands about requests put under `result`: mint, curl, inspect, probe, doctor. */
import { anything, either, instant, list, map, number, object, oneOf, text, yesOrNo } from "./shape.ts";

const minted = object(
  { policy: oneOf("canned", "custom"), hash: oneOf("SHA1", "SHA256"), keyPairId: text, expires: instant },
  { url: text, resource: text, notBefore: instant, ip: text, path: text, cookies: map(text) },
);

const verdict = object(
  { verdict: text },
  {
    verified: yesOrNo,
    carrier: text,
    keyPairId: text,
    code: text,
    reason: text,
    undocumented: list(anything),
  },
);

const matrix = object(
  {
    asked: number,
    planned: number,
    controlled: yesOrNo,
    notAsked: list(object({ case: text, because: text })),
    edgeLocations: map(number),
    requests: list(
      object(
        { route: text, case: text, method: text, url: text, expected: text, verdict: text },
        {
          finding: text,
          because: text,
          status: number,
          layer: text,
          code: text,
          confidence: text,
          evidence: list(text),
          readableAcrossOrigins: yesOrNo,
          edgeLocation: text,
          requestId: text,
        },
      ),
    ),
  },
  { originLog: list(anything), bypass: object({ origin: text, asked: list(anything) }) },
);

const flow = object({ gate: text, steps: list(object({ title: text, verdict: text })), judged: number });

const watch = object(
  {
    rounds: number,
    startedAt: instant,
    endedAt: instant,
    canaries: list(object({ canary: text, answers: list(text) })),
  },
  { firstChange: object({ at: instant, canary: text, from: text, to: text }) },
);

export const requests = {
  mint: either(
    object({ sets: list(minted) }, { file: text, command: text }),
    object({ setCookies: list(text) }),
    object({ count: number }),
  ),
  curl: object({ exitCode: number }),
  inspect: either(
    verdict,
    object({ answered: object({ status: number, by: text }) }),
    object({}, { explained: verdict }),
  ),
  probe: either(matrix, flow, watch),
  doctor: object(
    {
      url: text,
      chain: list(object({ name: text, state: text, says: text })),
      answers: list(
        object({ with: text }, { status: number, layer: text, edge: text, code: text, unreachable: text }),
      ),
    },
    { likeliest: text },
  ),
};
