/** Shapes of `result` in the `keys` commands. */
import * as z from "zod";
import { KEY_TYPES } from "../../keys/key-pair.ts";
import { countSchema, fingerprintSchema, instantSchema } from "./words.ts";

const meter = z.strictObject({ used: countSchema, of: countSchema });

const proof = z.strictObject({
  gate: z.string(),
  proven: z.boolean(),
  why: z.string().optional(),
  locations: z.array(z.string()),
});

const trust = z.strictObject({
  keyPairId: z.string(),
  name: z.string(),
  fingerprint: fingerprintSchema.nullable(),
  groups: z.array(
    z.strictObject({ id: z.string(), name: z.string(), changed: z.boolean(), items: z.array(z.string()) }),
  ),
  proofs: z.array(proof),
});

export const keysSchemas = {
  "keys generate": z.strictObject({
    type: z.enum(KEY_TYPES),
    fingerprint: fingerprintSchema,
    privateKeyFile: z.string(),
    publicKeyFile: z.string(),
  }),
  "keys upload": z.strictObject({
    keyPairId: z.string().nullable(),
    uploaded: z.boolean(),
    name: z.string(),
    fingerprint: fingerprintSchema,
    addedTo: z.array(z.string()),
  }),
  "keys list": z.strictObject({
    where: z.string(),
    keys: z.array(
      z.strictObject({
        id: z.string(),
        name: z.string(),
        comment: z.string(),
        kind: z.string(),
        fingerprint: fingerprintSchema,
        createdAt: instantSchema,
        age: countSchema,
        groups: z.array(z.strictObject({ id: z.string(), name: z.string(), size: countSchema })),
        gates: z.array(z.string()),
      }),
    ),
    quota: z.strictObject({ publicKeys: meter, keyGroups: meter }),
  }),
  "keys match": z.strictObject({
    fingerprint: fingerprintSchema,
    type: z.string(),
    matches: z.array(
      z.strictObject({
        keyPairId: z.string(),
        name: z.string(),
        keyGroups: z.array(z.strictObject({ id: z.string(), name: z.string() })),
      }),
    ),
  }),
  "keys trust": trust,
  "keys untrust": trust,
  "keys delete": z.strictObject({
    keyPairId: z.string(),
    name: z.string(),
    fingerprint: fingerprintSchema.nullable(),
    deleted: z.boolean(),
  }),
  "keys prune": z.strictObject({
    keys: z.array(
      z.strictObject({ keyPairId: z.string(), name: z.string(), deleted: z.boolean(), why: z.string() }),
    ),
  }),
  "keys create-group": z.strictObject({
    keyGroupId: z.string().nullable(),
    name: z.string(),
    created: z.boolean(),
  }),
  "keys delete-group": z.strictObject({
    keyGroupId: z.string(),
    name: z.string(),
    items: z.array(z.string()),
    deleted: z.boolean(),
  }),
  "secret set-key-id": z.strictObject({
    secret: z.string(),
    keyPairId: z.string(),
    was: z.string().nullable(),
    changed: z.boolean(),
    versionId: z.string(),
    proof: proof.optional(),
  }),
  "secret rewrite": z.strictObject({
    secret: z.string(),
    keyPairId: z.string(),
    /** Forms in words, innermost first. */
    was: z.string(),
    form: z.string(),
    changes: z.array(z.string()),
    changed: z.boolean(),
    versionId: z.string(),
  }),
  "secret set-current": z.strictObject({
    secret: z.string(),
    keyPairId: z.string(),
    /** The version that was current. */
    was: z.string(),
    changed: z.boolean(),
    versionId: z.string(),
    proof: proof.optional(),
  }),
  "secret store": z.strictObject({
    secret: z.string(),
    keyPairId: z.string(),
    changed: z.boolean(),
    arn: z.string().optional(),
  }),
  "secret restore": z.strictObject({ secret: z.string(), changed: z.boolean() }),
  "secret replicate": z.strictObject({
    secret: z.string(),
    region: z.string(),
    /** As Secrets Manager names it; `none` without a replica. */
    status: z.string(),
    changed: z.boolean(),
  }),
  "secret cancel-rotation": z.strictObject({ secret: z.string(), changed: z.boolean() }),
  "secret release-labels": z.strictObject({
    secret: z.string(),
    released: z.array(z.strictObject({ label: z.string(), versionId: z.string() })),
  }),
};
