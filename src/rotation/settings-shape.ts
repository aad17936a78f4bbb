/** The settings of a rotation as a zod schema: apart from their type, since whoever only uses them need not load zod. */
import * as z from "zod";
import { KEY_TYPES } from "../keys/key-pair.ts";

/** The one place that says what they are: the record, the plan and `--json` documents hold the same. Lengths in seconds. */
export const settings = z.strictObject({
  secret: z.strictObject({
    id: z.string(),
    format: z.enum(["json", "pem", "binary"]),
    fields: z.strictObject({ privateKey: z.string(), keyPairId: z.string() }),
  }),
  keyType: z.enum(KEY_TYPES),
  keyPairId: z.enum(["in-secret", "derived", "external"]),
  hash: z.enum(["SHA1", "SHA256"]),
  cacheTtl: z.union([z.number(), z.enum(["until-restart"])]),
  /** The longest life of any cookie or signed URL that the gate allows. */
  longestLife: z.number(),
  skew: z.number(),
  settle: z.number(),
  triples: z.int().min(0),
  /** Distribution id -> URL behind the signature check. */
  canaries: z.record(z.string(), z.string()),
  ownership: z.enum(["terraform", "cloudformation", "none"]),
  mintEndpoint: z.string().optional(),
  /** Regions beside the secret's own whose replica signers read. */
  regions: z.array(z.string()).readonly().optional(),
});

export type Settings = z.output<typeof settings>;
