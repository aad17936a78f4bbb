/** Shapes of what the `config` commands put under `result`. A gate is as keyturn.yaml says, lengths of time in seconds. */
import { anything, count, either, list, map, number, object, oneOf, orNull, text, yesOrNo } from "./shape.ts";

const cookie = {
  resource: text,
  path: text,
  sameSite: oneOf("Strict", "Lax", "None"),
  partitioned: yesOrNo,
  ttl: number,
  maxTtl: number,
};
const layer = oneOf("edge", "origin-verification", "application");

const gate = object(
  {
    name: text,
    distributions: list(text),
    keyGroups: list(text),
    secret: object({
      id: text,
      format: oneOf("json", "text", "pem", "binary"),
      fields: object({ privateKey: text, keyPairId: text }),
    }),
    signer: object(
      {
        hash: oneOf("SHA1", "SHA256"),
        cacheTtl: either(number, oneOf("until-restart")),
        keyPairId: oneOf("in-secret", "derived", "external"),
        regions: list(text),
      },
      { loginEndpoint: text, mintEndpoint: text, logoutEndpoint: text },
    ),
    cookie: object(cookie, { domain: text }),
    cookieProfiles: map(object({}, { ...cookie, domain: text, ip: text })),
    canaries: map(text),
    routes: list(
      object(
        { pattern: text, methods: list(text), layers: list(layer), sample: text, safeMethods: list(text) },
        { distributions: list(text) },
      ),
    ),
    ownership: oneOf("terraform", "cloudformation", "none"),
    rotation: object({ settle: number, skew: number, triples: count }),
  },
  {
    account: text,
    region: text,
    profile: text,
    maxKeyAge: number,
    signedUrls: object({ maxTtl: number }),
    origin: object({}, { url: text, counterUrl: text, verificationHeader: text }),
    flow: object({}, { loginBody: text, tokenField: text, forbiddenPath: text }),
  },
);

export const config = {
  "config init": object({
    file: orNull(text),
    gates: list(
      object({ name: text, distributions: list(text), keyGroups: list(text), secret: orNull(text) }),
    ),
    yaml: text,
  }),
  "config check": object({ file: text, gates: list(gate) }),
  "config schema": map(anything),
};
