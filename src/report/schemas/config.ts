/** Shapes of `result` in the `config` commands. A gate is as in keyturn.yaml, with durations in seconds. */
import * as z from "zod";
import { countSchema } from "./words.ts";

const codeNames = { keyGroups: z.record(z.string(), z.string()), publicKey: z.string().optional() };

const cookie = {
  resource: z.string(),
  path: z.string(),
  sameSite: z.enum(["Strict", "Lax", "None"]),
  partitioned: z.boolean(),
  ttl: z.number(),
  maxTtl: z.number(),
};
const layer = z.enum(["edge", "origin-verification", "application"]);

const gate = z.strictObject({
  name: z.string(),
  distributions: z.array(z.string()),
  keyGroups: z.array(z.string()),
  secret: z.strictObject({
    id: z.string(),
    format: z.enum(["json", "pem", "binary"]),
    fields: z.strictObject({ privateKey: z.string(), keyPairId: z.string() }),
  }),
  signer: z.strictObject({
    hash: z.enum(["SHA1", "SHA256"]),
    cacheTtl: z.union([z.number(), z.enum(["until-restart"])]),
    keyPairId: z.enum(["in-secret", "derived", "external"]),
    regions: z.array(z.string()),
    loginEndpoint: z.string().optional(),
    mintEndpoint: z.string().optional(),
    logoutEndpoint: z.string().optional(),
  }),
  cookie: z.strictObject({ ...cookie, domain: z.string().optional() }),
  cookieProfiles: z.record(
    z.string(),
    z.strictObject({ ...cookie, domain: z.string(), ip: z.string() }).partial(),
  ),
  canaries: z.record(z.string(), z.string()),
  routes: z.array(
    z.strictObject({
      pattern: z.string(),
      methods: z.array(z.string()),
      layers: z.array(layer),
      sample: z.string(),
      safeMethods: z.array(z.string()),
      distributions: z.array(z.string()).optional(),
    }),
  ),
  ownership: z.enum(["terraform", "cloudformation", "none"]),
  terraform: z.strictObject(codeNames).optional(),
  cloudformation: z.strictObject({ ...codeNames, cdk: z.boolean().optional() }).optional(),
  rotation: z.strictObject({ settle: z.number(), skew: z.number(), triples: countSchema }),
  account: z.string().optional(),
  region: z.string().optional(),
  profile: z.string().optional(),
  assumeRole: z.string().optional(),
  externalId: z.string().optional(),
  maxKeyAge: z.number().optional(),
  athena: z
    .strictObject({
      workgroup: z.string().optional(),
      database: z.string().optional(),
      outputLocation: z.string().optional(),
    })
    .optional(),
  signedUrls: z.strictObject({ maxTtl: z.number() }).optional(),
  origin: z
    .strictObject({
      url: z.string().optional(),
      counterUrl: z.string().optional(),
      verificationHeader: z.string().optional(),
    })
    .optional(),
  flow: z
    .strictObject({
      loginBody: z.string().optional(),
      tokenField: z.string().optional(),
      forbiddenPath: z.string().optional(),
    })
    .optional(),
});

export const configSchemas = {
  "config init": z.strictObject({
    file: z.string().nullable(),
    gates: z.array(
      z.strictObject({
        name: z.string(),
        distributions: z.array(z.string()),
        keyGroups: z.array(z.string()),
        secret: z.string().nullable(),
      }),
    ),
    yaml: z.string(),
  }),
  "config check": z.strictObject({
    file: z.string(),
    gates: z.array(gate),
    unchecked: z.array(z.strictObject({ line: countSchema, asks: z.string() })).optional(),
  }),
  "config schema": z.record(z.string(), z.unknown()),
};
