/** Shapes of `result` in the `rotate` commands. Durations are in seconds. */
import * as z from "zod";
import { MODES } from "../../rotation/mode.ts";
import { ABORT_STEPS, HALT_REASONS } from "../../rotation/next.ts";
import { PROOFS } from "../../rotation/record.ts";
import { settings } from "../../rotation/settings-shape.ts";
import { STAGES } from "../../rotation/stage.ts";
import { findingSchema } from "./finding.ts";
import { drivingExecutionSchema } from "./unattended.ts";
import { countSchema, fingerprintSchema, instantSchema } from "./words.ts";

const mode = z.enum(MODES);
const goal = z.enum(["forward", "abort"]);
const step = z.enum([...STAGES, ...ABORT_STEPS]);
const startedBy = z.strictObject({
  caller: z.string().optional(),
  host: z.string().optional(),
  ticket: z.string().optional(),
});
const repair = z.strictObject({
  kind: z.enum(["group", "signing-key", "drain"]),
  at: instantSchema,
  what: z.string(),
  lasted: z.number().optional(),
});
const abortMeaning = z.strictObject({
  possible: z.boolean(),
  says: z.string(),
  takes: z.number().optional(),
});
const declaration = z.strictObject({
  ownership: z.enum(["terraform", "cloudformation"]),
  groups: z.array(
    z.strictObject({ id: z.string(), name: z.string(), items: z.array(z.string()), comment: z.string() }),
  ),
  code: settings.shape.code,
  replaced: z.strictObject({ from: z.string(), to: z.string() }).optional(),
});

const outage = z.strictObject({ says: z.string(), by: z.string(), since: instantSchema.optional() });

const status = z.strictObject({
  gate: z.string(),
  rotation: z.string(),
  goal,
  mode,
  epoch: countSchema,
  openedAt: instantSchema,
  /** Seconds by which this machine's clock is ahead of AWS's (negative: behind); absent if it is right. */
  clockAhead: z.number().optional(),
  startedBy,
  /** Its record was lost and rebuilt: then nobody knows who opened it. */
  rebuilt: z
    .strictObject({ at: instantSchema, caller: z.string().optional(), host: z.string().optional() })
    .optional(),
  /** For `rotate status`: executions of a deployment that drive it; absent if unknown. */
  atWork: z.array(drivingExecutionSchema).optional(),
  old: z.string(),
  state: z.enum(["waiting", "halted", "ready", "rotated", "aborted"]),
  step,
  steps: z.array(
    z.strictObject({
      step,
      state: z.enum(["done", "now", "ahead"]),
      endedAt: instantSchema.optional(),
      /** Seconds that the stage is expected to take; absent once it has ended. */
      takes: z.number().optional(),
    }),
  ),
  says: z.string(),
  turn: z.enum(["keyturn", "nobody", "you"]),
  typeNext: z.array(z.string()),
  abort: abortMeaning,
  repairs: z.array(repair),
  new: z.string().optional(),
  until: instantSchema.optional(),
  outage: outage.optional(),
  halt: z.enum(HALT_REASONS).optional(),
  declare: declaration.optional(),
});

const plan = z.strictObject({
  version: z.literal(1),
  gate: z.string(),
  madeAt: z.number(),
  mode,
  account: z.string(),
  where: z.string(),
  secret: z.string(),
  old: z.strictObject({
    keyPairId: z.string(),
    fingerprint: fingerprintSchema,
    keyType: z.enum(["rsa-2048", "ecdsa-p256"]).optional(),
  }),
  groups: z.array(z.strictObject({ id: z.string(), name: z.string(), items: z.array(z.string()) })),
  distributions: z.array(z.string()),
  quota: z.strictObject({ publicKeys: countSchema, of: countSchema }),
  pinned: z.strictObject({
    groups: z.array(z.strictObject({ id: z.string(), etag: z.string(), items: z.array(z.string()) })),
    currentVersionId: z.string(),
    record: z.string().optional(),
  }),
  settings,
  keep: z.array(z.string()),
  stages: z.array(
    z.strictObject({
      stage: z.enum(STAGES),
      changes: z.string(),
      checks: z.string(),
      affects: z.string(),
      abort: z.string(),
      takes: z.number().optional(),
    }),
  ),
  findings: z.array(findingSchema),
  leavesStale: z.array(z.string()).optional(),
});

const namedKey = z.strictObject({
  keyPairId: z.string(),
  fingerprint: fingerprintSchema,
  versionId: z.string(),
});
const proof = z.strictObject({
  keyPairId: z.string(),
  etags: z.record(z.string(), z.string()),
  begunAt: instantSchema,
  goodTriples: countSchema,
  edgeLocations: z.array(z.string()),
  requestIds: z.array(z.string()),
  firstGoodTripleAt: instantSchema.optional(),
  provenAt: instantSchema.optional(),
});

const evidence = z.strictObject({
  gate: z.string(),
  rotation: z.string(),
  goal,
  mode,
  epoch: countSchema,
  at: instantSchema,
  startedBy,
  old: namedKey,
  events: z.array(z.strictObject({ at: instantSchema, what: z.string() })),
  undated: z.array(z.strictObject({ what: z.string(), seenBy: instantSchema.optional() })),
  proofs: z.strictObject({ new: proof.optional(), old: proof.optional(), gone: proof.optional() }),
  repairs: z.array(repair),
  settings,
  unseen: z.string(),
  new: namedKey.optional(),
});

const neverRotated = z.strictObject({ gate: z.string(), state: z.enum(["never-rotated"]) });

const amendment = z.strictObject({
  gate: z.string(),
  rotation: z.string(),
  isAmended: z.boolean(),
  changes: z.array(z.strictObject({ setting: z.string(), from: z.string(), to: z.string() })),
  kept: z.array(
    z.strictObject({ setting: z.string(), recorded: z.string(), declared: z.string(), why: z.string() }),
  ),
  voidedProofs: z.array(z.enum(PROOFS)),
  epoch: countSchema,
  /** What to type next; empty after --dry-run. */
  typeNext: z.array(z.string()),
  newEpoch: z.string().optional(),
});

const history = z.strictObject({
  gate: z.string(),
  /** Newest first. */
  rotations: z.array(
    z.strictObject({
      rotation: z.string(),
      outcome: z.enum(["rotated", "aborted", "open"]),
      mode,
      startedBy,
      openedAt: instantSchema,
      took: countSchema,
      old: z.string(),
      repairs: countSchema,
      new: z.string().optional(),
      finishedAt: instantSchema.optional(),
    }),
  ),
  versions: countSchema,
  start: z.enum(["first", "pruned", "begun-anew"]),
  unreadable: countSchema,
});

export const rotateSchemas = {
  "rotate plan": plan,
  "rotate start": z.union([status, plan]),
  "rotate resume": z.union([status, neverRotated]),
  "rotate status": z.union([status, z.array(status), evidence, neverRotated]),
  "rotate history": z.union([history, z.array(history), neverRotated]),
  "rotate amend": z.union([amendment, neverRotated]),
  "rotate abort": status,
};
export const rotationStatusSchema = status;
