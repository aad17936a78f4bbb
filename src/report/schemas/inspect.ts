/** Shapes of `result` in `inspect`: one request, many, or a response alone. */
import * as z from "zod";
import type { CaptureForm } from "../../capture/capture.ts";
import { EDGE_RULES } from "../../edge/rules.ts";
import { STEPS } from "../../edge/steps.ts";
import { answeredSchema, denialReasonSchema, wireCodeSchema } from "./edge.ts";
import { countSchema, every, instantSchema } from "./words.ts";

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
const verdict = z.enum(["allow", "deny", "unknown"]);
/** `utc` is not an instant if a policy names a year beyond any date. */
const moment = z.strictObject({ epoch: z.number(), utc: z.string(), fromNow: z.number() });
const choice = z.strictObject({
  choice: z.string(),
  means: z.string(),
  isAssumed: z.boolean(),
  outcome: z.string(),
});

const inspection = z.strictObject({
  verdict,
  verified: z.boolean(),
  form,
  source: z.string(),
  request: z.strictObject({
    method: z.string(),
    at: instantSchema,
    url: z.string().optional(),
    ip: z.string().optional(),
  }),
  carrier: z.enum(["cookies", "query", "none"]),
  sizes: z.strictObject({
    policy: countSchema.optional(),
    signature: countSchema.optional(),
    cookies: countSchema.optional(),
  }),
  conditions: z.array(
    z.strictObject({
      name: z.enum(STEPS.map(([name]) => name)),
      state: z.enum(["met", "failed", "unknown"]),
      reason: denialReasonSchema.optional(),
    }),
  ),
  undocumented: z.array(
    z.strictObject({
      rule: every(EDGE_RULES),
      asks: z.string(),
      doubt: z.string(),
      outcomes: z.array(choice),
    }),
  ),
  code: wireCodeSchema.optional(),
  reason: denialReasonSchema.optional(),
  trustedBy: z.string().optional(),
  noDistribution: z.string().optional(),
  policyKind: z.enum(["canned", "custom"]).optional(),
  keyPairId: z.string().optional(),
  hash: z.enum(["SHA1", "SHA256"]).optional(),
  policy: z
    .strictObject({
      dateLessThan: moment,
      resource: z.string().optional(),
      dateGreaterThan: moment.optional(),
      ipAddress: z.string().optional(),
    })
    .optional(),
  policyText: z.string().optional(),
  policyProblem: z.string().optional(),
  answered: answeredSchema.optional(),
  /** With --show-secrets. */
  values: z.record(z.string(), z.string()).optional(),
});

const survey = z.strictObject({
  requests: z.array(
    z.strictObject({
      source: z.string(),
      method: z.string(),
      verdict: z.enum(["allow", "deny", "unknown", "unsigned"]),
      url: z.string().optional(),
      status: countSchema.optional(),
      code: wireCodeSchema.optional(),
      denied: wireCodeSchema.optional(),
    }),
  ),
  explained: inspection.optional(),
});

export const inspectSchema = z.union([inspection, survey, z.strictObject({ answered: answeredSchema })]);
