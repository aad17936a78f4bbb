/** Shapes of what the commands about a whole account put under `result`: audit, matrix, iam. */
import { ROLES } from "../../audit/iam.ts";
import {
  count,
  either,
  fingerprint,
  instant,
  list,
  map,
  number,
  object,
  oneOf,
  text,
  yesOrNo,
} from "./shape.ts";

const inventory = object({
  keys: list(
    object(
      { id: text, name: text, uploadedAt: number, age: number, groups: list(text), signsFor: list(text) },
      { fingerprint },
    ),
  ),
  groups: list(
    object({ id: text, name: text, keys: list(text), gates: list(text) }, { distributions: list(text) }),
  ),
  quotas: list(object({ name: text, used: count, limit: count })),
});

const layerState = object({ state: oneOf("yes", "no", "not-seen"), says: text });

const audited = object(
  {
    at: instant,
    checks: count,
    askedSigners: yesOrNo,
    accounts: list(
      object({
        scope: oneOf("account", "gates"),
        distributions: count,
        behaviors: count,
        publicKeys: count,
        keyGroups: count,
      }),
    ),
    gates: list(
      object(
        {
          name: text,
          distributions: list(text),
          keyGroups: list(text),
          errors: count,
          warnings: count,
          notes: count,
        },
        { signingKey: object({ fingerprint }, { keyPairId: text }) },
      ),
    ),
  },
  { inventory: list(inventory) },
);

/** Of `--checks`. */
const auditChecks = object({
  checks: list(
    object({
      id: text,
      severity: oneOf("error", "warning", "note"),
      of: oneOf("gate", "account"),
      what: text,
    }),
  ),
});

export const account = {
  audit: either(audited, auditChecks),
  matrix: object(
    {
      gate: text,
      auditedAt: instant,
      rows: list(
        object({
          route: text,
          methods: list(text),
          distribution: text,
          cells: list(
            object({
              layer: oneOf("edge", "origin-verification", "application"),
              declared: yesOrNo,
              configured: layerState,
              probed: layerState,
            }),
          ),
        }),
      ),
    },
    { probedAt: instant },
  ),
  iam: object({
    gate: text,
    role: oneOf(...ROLES),
    commands: list(text),
    policy: object({
      Version: oneOf("2012-10-17"),
      Statement: list(
        object(
          { Sid: text, Effect: oneOf("Allow"), Action: list(text), Resource: either(text, list(text)) },
          { Condition: map(map(list(text))) },
        ),
      ),
    }),
    comments: list(object({ sid: text, text: text })),
  }),
};
