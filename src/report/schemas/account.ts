/** Shapes of `result` in the commands about a whole account: audit, matrix, iam. */
import * as z from "zod";
import { ROLES } from "../../audit/role-needs.ts";
import { VERDICTS } from "../../audit/triage/verdicts.ts";
import { countSchema, fingerprintSchema, instantSchema } from "./words.ts";

const inventory = z.strictObject({
  keys: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      uploadedAt: z.number(),
      age: z.number(),
      groups: z.array(z.string()),
      signsFor: z.array(z.string()),
      fingerprint: fingerprintSchema.optional(),
    }),
  ),
  groups: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      keys: z.array(z.string()),
      gates: z.array(z.string()),
      distributions: z.array(z.string()).optional(),
    }),
  ),
  quotas: z.array(z.strictObject({ name: z.string(), used: countSchema, limit: countSchema })),
});

const layerState = z.strictObject({ state: z.enum(["yes", "no", "not-seen"]), says: z.string() });

const audited = z.strictObject({
  at: instantSchema,
  checks: countSchema,
  askedSigners: z.boolean(),
  accounts: z.array(
    z.strictObject({
      scope: z.enum(["account", "gates"]),
      distributions: countSchema,
      behaviors: countSchema,
      publicKeys: countSchema,
      keyGroups: countSchema,
    }),
  ),
  gates: z.array(
    z.strictObject({
      name: z.string(),
      distributions: z.array(z.string()),
      keyGroups: z.array(z.string()),
      errors: countSchema,
      warnings: countSchema,
      notes: countSchema,
      signingKey: z
        .strictObject({ fingerprint: fingerprintSchema, keyPairId: z.string().optional() })
        .optional(),
    }),
  ),
  inventory: z.array(inventory).optional(),
});

/** For `--checks`. */
const auditChecks = z.strictObject({
  checks: z.array(
    z.strictObject({
      id: z.string(),
      severity: z.enum(["error", "warning", "note"]),
      of: z.enum(["gate", "account"]),
      what: z.string(),
    }),
  ),
});

const triage = z.strictObject({
  at: instantSchema,
  from: z.enum(["keyturn.yaml", "account"]),
  healthy: z.boolean(),
  gates: z.array(
    z.strictObject({
      gate: z.string(),
      verdict: z.enum(VERDICTS),
      says: z.string(),
      affected: z.string(),
      causes: z.array(z.string()),
      warnings: z.array(z.string()).optional(),
      warningsNext: z.string().optional(),
      silences: z.array(
        z.strictObject({
          source: z.enum(["account", "edge", "rotation"]),
          message: z.string(),
          step: z.literal("login").optional(),
        }),
      ),
      requests: z.strictObject({ sent: countSchema, met: countSchema }),
      since: instantSchema.optional(),
      lasted: countSchema.optional(),
      next: z.string().optional(),
      runbook: z.string().optional(),
      mintTried: z.boolean().optional(),
      originAsked: z.boolean(),
    }),
  ),
});

export const accountSchemas = {
  triage,
  audit: z.union([audited, auditChecks]),
  matrix: z.strictObject({
    gate: z.string(),
    auditedAt: instantSchema,
    rows: z.array(
      z.strictObject({
        route: z.string(),
        methods: z.array(z.string()),
        distribution: z.string(),
        cells: z.array(
          z.strictObject({
            layer: z.enum(["edge", "origin-verification", "application"]),
            declared: z.boolean(),
            configured: layerState,
            probed: layerState,
          }),
        ),
      }),
    ),
    probedAt: instantSchema.optional(),
  }),
  iam: z.strictObject({
    gate: z.string(),
    role: z.enum(ROLES),
    commands: z.array(z.string()),
    policy: z.strictObject({
      Version: z.enum(["2012-10-17"]),
      Statement: z.array(
        z.strictObject({
          Sid: z.string(),
          Effect: z.enum(["Allow"]),
          Action: z.array(z.string()),
          Resource: z.union([z.string(), z.array(z.string())]),
          Condition: z.record(z.string(), z.record(z.string(), z.array(z.string()))).optional(),
        }),
      ),
    }),
    comments: z.array(z.strictObject({ sid: z.string(), text: z.string() })),
    /** What the gate's own role must trust, with --trusts. */
    trust: z
      .strictObject({
        Version: z.enum(["2012-10-17"]),
        Statement: z.array(
          z.strictObject({
            Sid: z.string(),
            Effect: z.enum(["Allow"]),
            Principal: z.strictObject({ AWS: z.string() }),
            Action: z.string(),
            Condition: z.record(z.string(), z.record(z.string(), z.string())).optional(),
          }),
        ),
      })
      .optional(),
  }),
};
