/** A plan saved by `rotate plan -o`, read again by `rotate start plan.json`: only what start needs, strictly. */
import { z } from "zod";
import { InputError } from "../errors.ts";
import { KEY_TYPES } from "../keys/key-pair.ts";
import type { Files } from "../seams.ts";
import type { Pinned } from "./plan.ts";
import type { PlanFlags } from "./plan-session.ts";
import { MODES } from "./record.ts";

export interface PlanFile {
  readonly plan: { readonly gate: string; readonly pinned: Pinned };
  /** The flags that the plan was made with. */
  readonly asked: Pick<PlanFlags, "gate" | "keyType" | "keep" | "compromised" | "cutNow">;
}

const text = z.string().min(1);
const planFile = z.object({
  version: z.literal(1),
  gate: text,
  mode: z.enum(MODES),
  keep: z.array(text),
  settings: z.object({ keyType: z.enum(KEY_TYPES) }),
  pinned: z.strictObject({
    groups: z.array(z.strictObject({ id: text, etag: text, items: z.array(text) })).min(1),
    currentVersionId: text,
    record: text.optional(),
  }),
});

/** Throws ERR_FILE_UNREADABLE, or ERR_PLAN_FILE for what is no plan of this version. */
export async function readPlanFile(path: string, files: Pick<Files, "read">): Promise<PlanFile> {
  const source = new TextDecoder().decode(await files.read(path));
  const parsed = planFile.safeParse(jsonOf(source));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new InputError(
      "ERR_PLAN_FILE",
      `${path} is no plan that this keyturn can use: ${issue?.path.join(".") || "file"}: ${issue?.message}`,
      ["keyturn rotate plan -o plan.json"],
    );
  }
  const { gate, mode, keep, settings, pinned } = parsed.data;
  return {
    plan: { gate, pinned: pinned as Pinned },
    asked: {
      gate,
      keep,
      keyType: settings.keyType,
      ...(mode === "compromised" ? { compromised: true } : {}),
      ...(mode === "cut-now" ? { cutNow: true } : {}),
    },
  };
}

function jsonOf(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    // The schema then says that an object was expected.
    return undefined;
  }
}
