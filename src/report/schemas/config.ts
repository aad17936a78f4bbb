/** Shapes of what the `config` commands put under `result`. A gate is as keyturn.yaml says, lengths of time in seconds. */
import { anything, either, list, map, number, object, oneOf, orNull, text, yesOrNo } from "./shape.ts";

const gate = object(
  {
    name: text,
    distributions: list(text),
    keyGroups: list(text),
    secret: object({
      id: text,
      format: oneOf("json", "pem", "binary"),
      fields: object({ privateKey: text, keyPairId: text }),
    }),
    signer: object({
      hash: oneOf("SHA1", "SHA256"),
      cacheTtl: either(number, oneOf("until-restart")),
      keyPairId: oneOf("in-secret", "derived", "external"),
      regions: list(text),
    }),
    cookie: object({
      resource: text,
      path: text,
      sameSite: oneOf("Strict", "Lax", "None"),
      partitioned: yesOrNo,
      ttl: number,
      maxTtl: number,
    }),
    cookieProfiles: map(object({})),
    canaries: map(text),
    routes: list(object({ pattern: text, methods: list(text), layers: list(text), sample: text })),
    ownership: oneOf("terraform", "cloudformation", "none"),
    rotation: object({ settle: number, skew: number, triples: number }),
  },
  { account: text, region: text, profile: text, maxKeyAge: number },
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
  "config schema": anything,
};
