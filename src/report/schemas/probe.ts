/** Shapes of `result` in `probe`: the matrix, a login flow, a watch. */
import * as z from "zod";
import { CASE_IDS } from "../../probe/cases.ts";
import { confidenceSchema, layerSchema, wireCodeSchema } from "./edge.ts";
import { countSchema, instantSchema } from "./words.ts";

const probeCase = z.enum(CASE_IDS);

const asked = z.strictObject({
  route: z.string(),
  case: probeCase,
  method: z.string(),
  url: z.string(),
  expected: z.string(),
  verdict: z.enum(["met", "observed", "failed", "unproved", "not-asked"]),
  finding: z.string().optional(),
  because: z.string().optional(),
  status: countSchema.optional(),
  layer: layerSchema.optional(),
  code: wireCodeSchema.optional(),
  confidence: confidenceSchema.optional(),
  evidence: z.array(z.string()).optional(),
  readableAcrossOrigins: z.boolean().optional(),
  edgeLocation: z.string().optional(),
  requestId: z.string().optional(),
});

const originLogRow = z.strictObject({
  route: z.string(),
  denied: countSchema,
  deniedSeen: countSchema,
  passed: countSchema,
  passedSeen: countSchema,
});

const bypass = z.strictObject({
  origin: z.string(),
  asked: z.array(
    z.strictObject({
      route: z.string(),
      withCookies: z.boolean(),
      host: z.string(),
      verdict: z.enum(["refused", "application-ran", "open", "not-origin"]),
      told: z.string(),
    }),
  ),
});

const matrix = z.strictObject({
  asked: countSchema,
  planned: countSchema,
  controlled: z.boolean(),
  notAsked: z.array(z.strictObject({ case: probeCase, because: z.string() })),
  routesNotAsked: z.array(z.strictObject({ route: z.string(), because: z.string() })),
  edgeLocations: z.record(z.string(), countSchema),
  requests: z.array(asked),
  originLog: z.array(originLogRow).optional(),
  bypass: bypass.optional(),
});

const flow = z.strictObject({
  gate: z.string(),
  steps: z.array(
    z.strictObject({
      title: z.string(),
      verdict: z.enum(["met", "failed", "said", "left"]),
      told: z.string(),
    }),
  ),
  judged: countSchema,
});

const watch = z.strictObject({
  rounds: countSchema,
  startedAt: instantSchema,
  endedAt: instantSchema,
  canaries: z.array(z.strictObject({ canary: z.string(), answers: z.array(z.string()) })),
  firstChange: z
    .strictObject({ at: instantSchema, canary: z.string(), from: z.string(), to: z.string() })
    .optional(),
});

export const probeSchema = z.union([matrix, flow, watch]);
