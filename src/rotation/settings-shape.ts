/** The settings of a rotation as a zod schema, apart from their type, so that other code need not load zod. */
import * as z from "zod";
import { KEY_TYPES } from "../keys/key-pair.ts";

/** As refinements, since the published JSON Schemas only say string and number. */
export const nonEmptyText = z.string().refine((given) => given !== "", "expected text");
export const amount = z.number().refine((given) => given >= 0, "expected a number of 0 or more");

/** Their only definition: the record, the plan and `--json` documents all use it. Durations in seconds. */
export const settings = z.strictObject({
  secret: z.strictObject({
    id: nonEmptyText,
    format: z.enum(["json", "pem", "binary"]),
    fields: z.strictObject({ privateKey: nonEmptyText, keyPairId: nonEmptyText }),
  }),
  keyType: z.enum(KEY_TYPES),
  keyPairId: z.enum(["in-secret", "derived", "external"]),
  hash: z.enum(["SHA1", "SHA256"]),
  cacheTtl: z.union([amount, z.enum(["until-restart"])], {
    error: ({ input }) =>
      input === undefined ? "it is missing" : "expected a number of seconds or until-restart",
  }),
  /** The longest lifetime of any cookie or signed URL at this gate. */
  longestLife: amount,
  skew: amount,
  settle: amount,
  triples: z.int().min(0),
  /** Distribution id -> URL behind the signature check. */
  canaries: z.record(z.string(), nonEmptyText),
  ownership: z.enum(["terraform", "cloudformation", "none"]),
  /** What infrastructure code calls the key groups (by ID) and the public key. */
  code: z
    .strictObject({
      keyGroups: z.record(z.string(), nonEmptyText),
      publicKey: nonEmptyText.optional(),
      cdk: z.boolean().optional(),
    })
    .optional(),
  mintEndpoint: nonEmptyText.optional(),
  /** Regions besides the secret's own whose replica signers read. */
  regions: z.array(nonEmptyText).readonly().optional(),
});

export type Settings = z.output<typeof settings>;
