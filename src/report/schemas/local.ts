/** Shapes of `result` in the local commands: sandbox, rehearse, runbook, help. */
import * as z from "zod";
import type { CountName } from "../../sandbox/rehearsal/counts.ts";
import { rotationStatusSchema } from "./rotate.ts";
import { countSchema } from "./words.ts";

const runbook = {
  name: z.string(),
  title: z.string(),
  symptoms: z.array(z.string()),
  steps: z.array(z.string()),
};

const counts: Readonly<Record<CountName, typeof countSchema>> = {
  requests: countSchema,
  validDenied: countSchema,
  viewerFailures: countSchema,
  logoutsIncomplete: countSchema,
  attacks: countSchema,
  attacksLetThrough: countSchema,
  unauthorizedOriginCalls: countSchema,
  mints: countSchema,
  remints: countSchema,
  peakRemints: countSchema,
};

const sandboxUrls = z.strictObject({
  api: z.string(),
  site: z.string(),
  siteHttp: z.string(),
  origin: z.string(),
});
const sandboxFiles = {
  path: z.string(),
  caFile: z.string(),
  envFile: z.string(),
  /** Never the private key. */
  env: z.record(z.string(), z.string()),
};
/** With --origin. */
const proxySandbox = z.strictObject({
  urls: sandboxUrls,
  /** Absent if the gate is declared elsewhere. */
  gate: z.string().optional(),
  ids: z.record(z.string(), z.string()).optional(),
  protect: z.array(z.string()),
  /** For the sandbox's own key. */
  keyPairId: z.string().optional(),
  ...sandboxFiles,
  backendFile: z.string(),
  configFile: z.string().optional(),
  keyFile: z.string().optional(),
  notes: z.array(z.string()),
  /** For the command of --run. */
  exitCode: countSchema.optional(),
});

/** Counted by the edge itself, and by keyturn logs from its access logs. */
const counted = z.strictObject({ edge: countSchema, logs: countSchema });

export const localSchemas = {
  sandbox: z.union([
    z.strictObject({
      urls: sandboxUrls,
      gate: z.string(),
      ids: z.record(z.string(), z.string()),
      ...sandboxFiles,
      configFile: z.string(),
    }),
    proxySandbox,
  ]),
  rehearse: z.strictObject({
    counts: z.strictObject(counts),
    logged: z
      .strictObject({ requests: counted, deniedBySignature: counted, ungated: countSchema })
      .optional(),
    seconds: countSchema,
    rotation: rotationStatusSchema,
    /** With --unattended. */
    unattended: z
      .strictObject({
        execution: z.string(),
        turns: countSchema,
        /** Events in the execution's history. */
        events: countSchema,
        /** Subjects of the notifications that would have been sent. */
        told: z.array(z.string()),
      })
      .optional(),
  }),
  "runbook list": z.array(z.strictObject(runbook)),
  "runbook show": z.strictObject({ ...runbook, text: z.string() }),
  "runbook run": z.strictObject({
    runbook: z.string(),
    step: z.string(),
    commands: z.array(
      z.strictObject({
        command: z.string(),
        startedAt: z.number(),
        exitCode: countSchema,
        expected: countSchema,
        output: z.string(),
      }),
    ),
  }),
  explain: z.strictObject({
    id: z.string(),
    kind: z.enum(["finding", "halt", "stage", "error", "edge-code", "undocumented-rule"]),
    means: z.string(),
    also: z.array(z.string()),
    asked: z.string().optional(),
    apart: z.string().optional(),
    fix: z.string().optional(),
    runbook: z.string().optional(),
  }),
  completion: z.strictObject({ text: z.string() }),
  /** The result of `keyturn --version --json`. */
  version: z.strictObject({ version: z.string() }),
  help: z.union([
    z.strictObject({ topics: z.array(z.string()), errorCodes: z.array(z.string()) }),
    z.strictObject({ name: z.string(), text: z.string() }),
  ]),
};
