/** Shapes of what the commands about a whole account put under `result`: audit, matrix, iam. */
import { either, fingerprint, instant, list, number, object, oneOf, text, yesOrNo } from "./shape.ts";

const inventory = object({
  keys: list(object({ id: text, name: text, groups: list(text), signsFor: list(text) })),
  groups: list(
    object({ id: text, name: text, keys: list(text), distributions: list(text), gates: list(text) }),
  ),
  quotas: list(object({ name: text, used: number, limit: number })),
});

const sight = object({ state: text, says: text });

const audited = object(
  {
    at: instant,
    checks: number,
    askedSigners: yesOrNo,
    accounts: list(
      object({
        scope: oneOf("account", "gates"),
        distributions: number,
        behaviors: number,
        publicKeys: number,
        keyGroups: number,
      }),
    ),
    gates: list(
      object(
        {
          name: text,
          distributions: list(text),
          keyGroups: list(text),
          errors: number,
          warnings: number,
          notes: number,
        },
        { signingKey: object({ fingerprint }, { keyPairId: text }) },
      ),
    ),
  },
  { inventory: list(inventory) },
);

/** Of `--checks`. */
const auditChecks = object({
  checks: list(object({ id: text, severity: text, of: oneOf("gate", "account"), what: text })),
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
          cells: list(object({ layer: text, declared: yesOrNo, configured: sight }, { probed: sight })),
        }),
      ),
    },
    { probedAt: instant },
  ),
  iam: object({
    gate: text,
    role: oneOf("rotator", "minter", "auditor", "prober"),
    commands: list(text),
    policy: object({
      Version: text,
      Statement: list(
        object({ Sid: text, Effect: text, Action: list(text), Resource: either(text, list(text)) }),
      ),
    }),
    comments: list(object({ sid: text, text: text })),
  }),
};
