/** Shapes of `result` in the commands about requests: mint, curl, inspect, probe, doctor. */
import * as z from "zod";
import { layerSchema, passageSchema, wireCodeSchema } from "./edge.ts";
import { inspectSchema } from "./inspect.ts";
import { probeSchema } from "./probe.ts";
import { countSchema, instantSchema } from "./words.ts";

const minted = z.strictObject({
  policy: z.enum(["canned", "custom"]),
  hash: z.enum(["SHA1", "SHA256"]),
  keyPairId: z.string(),
  expires: instantSchema,
  path: z.string(),
  url: z.string().optional(),
  /** Null: every file. */
  resource: z.string().nullable().optional(),
  notBefore: instantSchema.optional(),
  ip: z.string().optional(),
  cookies: z.record(z.string(), z.string()).optional(),
  signedUrl: z.string().optional(),
});
/** The lint found something that can never work, so nothing was signed. */
const refused = z.strictObject({ sets: z.array(z.never()).max(0) });

export const requestsSchemas = {
  mint: z.union([
    z.strictObject({ sets: z.array(minted), file: z.string().optional(), command: z.string().optional() }),
    z.strictObject({ setCookies: z.array(z.string()) }),
  ]),
  curl: z.union([z.strictObject({ exitCode: countSchema }), refused]),
  inspect: inspectSchema,
  probe: probeSchema,
  doctor: z.strictObject({
    url: z.string(),
    chain: z.array(
      z.strictObject({ name: z.string(), state: z.enum(["ok", "fail", "unknown"]), says: z.string() }),
    ),
    answers: z.array(
      z.strictObject({
        with: z.enum(["given", "unsigned", "fresh"]),
        status: countSchema.optional(),
        layer: layerSchema.optional(),
        edge: passageSchema.optional(),
        code: wireCodeSchema.optional(),
        unreachable: z.string().optional(),
      }),
    ),
    likeliest: z.string().optional(),
  }),
};
