/** Shapes of what `probe` puts under `result`: the matrix, a login flow, a watch. */
import { CASE_IDS } from "../../probe/cases.ts";
import { confidence, layer, wireCode } from "./edge.ts";
import { count, either, instant, list, map, object, oneOf, text, yesOrNo } from "./shape.ts";

const probeCase = oneOf(...CASE_IDS);

const asked = object(
  {
    route: text,
    case: probeCase,
    method: text,
    url: text,
    expected: text,
    verdict: oneOf("met", "observed", "failed", "unproved", "not-asked"),
  },
  {
    finding: text,
    because: text,
    status: count,
    layer,
    code: wireCode,
    confidence,
    evidence: list(text),
    readableAcrossOrigins: yesOrNo,
    edgeLocation: text,
    requestId: text,
  },
);

const originSight = object({
  route: text,
  denied: count,
  deniedSeen: count,
  passed: count,
  passedSeen: count,
});

const bypass = object({
  origin: text,
  asked: list(
    object({
      route: text,
      withCookies: yesOrNo,
      host: text,
      verdict: oneOf("refused", "application-ran", "open", "not-origin"),
      told: text,
    }),
  ),
});

const matrix = object(
  {
    asked: count,
    planned: count,
    controlled: yesOrNo,
    notAsked: list(object({ case: probeCase, because: text })),
    routesNotAsked: list(object({ route: text, because: text })),
    edgeLocations: map(count),
    requests: list(asked),
  },
  { originLog: list(originSight), bypass },
);

const flow = object({
  gate: text,
  steps: list(object({ title: text, verdict: oneOf("met", "failed", "said", "left"), told: text })),
  judged: count,
});

const watch = object(
  {
    rounds: count,
    startedAt: instant,
    endedAt: instant,
    canaries: list(object({ canary: text, answers: list(text) })),
  },
  { firstChange: object({ at: instant, canary: text, from: text, to: text }) },
);

export const probe = either(matrix, flow, watch);
