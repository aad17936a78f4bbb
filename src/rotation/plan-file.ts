/** A plan saved by `rotate plan -o` and read by `rotate start plan.json`: strictly what start needs. */
import * as z from "zod";
import { InputError } from "../errors.ts";
import { KEY_TYPES } from "../keys/key-pair.ts";
import type { Files } from "../seams/world.ts";
import { MODES } from "./mode.ts";
import type { PinnedState } from "./plan.ts";
import type { PlanFlags } from "./plan-session.ts";
import { faultText, schemaFault } from "./schema-fault.ts";

export interface PlanFile {
  readonly plan: { readonly gate: string; readonly pinned: PinnedState };
  /** The flags of the plan. */
  readonly asked: Pick<PlanFlags, "gate" | "keyType" | "keep" | "leavesStale" | "compromised" | "cutNow">;
}

const word = z
  .string({ error: ({ input }) => (input === undefined ? "it is missing" : "it is not text") })
  .min(1, "it is empty");
const notRead = z.unknown().optional();
const planFile = z.strictObject({
  version: z.literal(1),
  gate: word,
  mode: z.enum(MODES),
  keep: z.array(word),
  settings: z.looseObject({ keyType: z.enum(KEY_TYPES) }),
  pinned: z.strictObject({
    groups: z.array(z.strictObject({ id: word, etag: word, items: z.array(word) })),
    currentVersionId: word,
    record: word.optional(),
  }),
  leavesStale: z.array(word).optional(),
  madeAt: notRead,
  account: notRead,
  where: notRead,
  secret: notRead,
  old: notRead,
  groups: notRead,
  distributions: notRead,
  quota: notRead,
  stages: notRead,
  findings: notRead,
});

/** Throws ERR_FILE_UNREADABLE, or ERR_PLAN_FILE if it is not a plan of this version. */
export async function readPlanFile(path: string, files: Pick<Files, "read">): Promise<PlanFile> {
  const source = new TextDecoder().decode(await files.read(path));
  const read = planFile.safeParse(jsonOf(source, path), { error: faultText });
  if (!read.success) throw unusable(path, schemaFault(read.error), read.error);
  const { gate, mode, keep, leavesStale, settings, pinned } = read.data;
  return {
    plan: { gate, pinned },
    asked: {
      gate,
      keep,
      leavesStale,
      keyType: settings.keyType,
      // No member otherwise: these are merged over the flags of the command line.
      ...(mode === "compromised" ? { compromised: true } : {}),
      ...(mode === "cut-now" ? { cutNow: true } : {}),
    },
  };
}

function jsonOf(source: string, path: string): unknown {
  try {
    return JSON.parse(source);
  } catch (cause) {
    throw unusable(path, "it is not JSON", cause);
  }
}

function unusable(path: string, why: string, cause: unknown): InputError {
  const hints = ["keyturn rotate plan -o new-plan.json"];
  return new InputError(
    "ERR_PLAN_FILE",
    `${path} is not a plan that this keyturn can use: ${why}`,
    hints,
    cause,
  );
}
