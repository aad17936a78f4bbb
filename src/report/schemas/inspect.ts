/** Shapes of what `inspect` puts under `result`: one request, many of them, or an answer alone. */
import type { CaptureForm } from "../../capture/capture.ts";
import { EDGE_RULES } from "../../edge/rules.ts";
import { STEPS } from "../../edge/steps.ts";
import { answered, denialReason, wireCode } from "./edge.ts";
import { count, either, every, instant, list, map, number, object, oneOf, text, yesOrNo } from "./shape.ts";

const form = every<CaptureForm>({
  "cookie-header": 1,
  "set-cookie": 1,
  curl: 1,
  "http-request": 1,
  "cookie-jar": 1,
  har: 1,
  "storage-state": 1,
  "cookie-json": 1,
  environment: 1,
  "signed-url": 1,
  policy: 1,
});
const verdict = oneOf("allow", "deny", "unknown");
/** `utc` is no instant where a policy names a year that no date can hold. */
const moment = object({ epoch: number, utc: text, fromNow: number });
const choice = object({ choice: text, means: text, isAssumed: yesOrNo, outcome: text });

const inspection = object(
  {
    verdict,
    verified: yesOrNo,
    form,
    source: text,
    request: object({ method: text, at: instant }, { url: text, ip: text }),
    carrier: oneOf("cookies", "query", "none"),
    sizes: object({}, { policy: count, signature: count, cookies: count }),
    conditions: list(
      object(
        { name: oneOf(...STEPS.map(([name]) => name)), state: oneOf("met", "failed", "unknown") },
        { reason: denialReason },
      ),
    ),
    undocumented: list(object({ rule: every(EDGE_RULES), asks: text, doubt: text, outcomes: list(choice) })),
  },
  {
    code: wireCode,
    reason: denialReason,
    trustedBy: text,
    noDistribution: text,
    policyKind: oneOf("canned", "custom"),
    keyPairId: text,
    hash: oneOf("SHA1", "SHA256"),
    policy: object({ dateLessThan: moment }, { resource: text, dateGreaterThan: moment, ipAddress: text }),
    policyText: text,
    policyProblem: text,
    answered,
    /** With --show-secrets. */
    values: map(text),
  },
);

const survey = object(
  {
    requests: list(
      object(
        { source: text, method: text, verdict: oneOf("allow", "deny", "unknown", "unsigned") },
        { url: text, status: count, code: wireCode, denied: wireCode },
      ),
    ),
  },
  { explained: inspection },
);

export const inspect = either(inspection, survey, object({ answered }));
