/** Shapes of what the `keys` commands put under `result`. */
import { KEY_TYPES } from "../../keys/key-pair.ts";
import { count, fingerprint, instant, list, object, oneOf, orNull, text, yesOrNo } from "./shape.ts";

const meter = object({ used: count, of: count });

export const keys = {
  "keys generate": object({
    type: oneOf(...KEY_TYPES),
    fingerprint,
    privateKeyFile: text,
    publicKeyFile: text,
  }),
  "keys upload": object({
    keyPairId: orNull(text),
    uploaded: yesOrNo,
    name: text,
    fingerprint,
    addedTo: list(text),
  }),
  "keys list": object({
    where: text,
    keys: list(
      object({
        id: text,
        name: text,
        comment: text,
        kind: text,
        fingerprint,
        createdAt: instant,
        age: count,
        groups: list(object({ id: text, name: text, size: count })),
        gates: list(text),
      }),
    ),
    quota: object({ publicKeys: meter, keyGroups: meter }),
  }),
  "keys match": object({
    fingerprint,
    type: text,
    matches: list(object({ keyPairId: text, name: text, keyGroups: list(object({ id: text, name: text })) })),
  }),
  "keys delete": object({ keyPairId: text, name: text, fingerprint: orNull(fingerprint), deleted: yesOrNo }),
  "keys prune": object({ keys: list(object({ keyPairId: text, name: text, deleted: yesOrNo, why: text })) }),
};
