/** The edge's terms, shared by the documents of several commands. */
import * as z from "zod";
import type { DenialReason, WireCode } from "../../edge/verdict.ts";
import { type Classification, LAYER_NAME } from "../../probe/layer.ts";
import { countSchema, every } from "./words.ts";

export const wireCodeSchema = every<WireCode>({
  MissingKey: 1,
  InvalidKey: 1,
  AccessDenied: 1,
  MalformedPolicy: 1,
  MalformedSignature: 1,
});

export const denialReasonSchema = every<DenialReason>({
  "key-pair-id-missing": 1,
  "key-pair-id-malformed": 1,
  "key-not-trusted": 1,
  "signature-missing": 1,
  "signature-undecodable": 1,
  "hash-algorithm-unsupported": 1,
  "policy-missing": 1,
  "policy-and-expires": 1,
  "policy-undecodable": 1,
  "policy-malformed": 1,
  "signature-mismatch": 1,
  expired: 1,
  "not-yet-valid": 1,
  "ip-mismatch": 1,
  "resource-mismatch": 1,
  "cookie-duplicated": 1,
});

export const layerSchema = every(LAYER_NAME);
export const passageSchema = every<Classification["edge"]>({ denied: 1, passed: 1, unsure: 1 });
export const confidenceSchema = every<Classification["confidence"]>({ certain: 1, likely: 1, unsure: 1 });

/** Who sent a captured response. */
export const answeredSchema = z.strictObject({
  status: countSchema,
  by: z.enum(Object.values(LAYER_NAME)),
  edge: passageSchema,
  evidence: z.array(z.string()),
  code: wireCodeSchema.optional(),
  says: z.strictObject({ code: z.string(), message: z.string() }).optional(),
});
