/** A plan saved by `rotate plan -o`, read again by `rotate start plan.json`: what start needs of it, strictly. */
import { InputError } from "../errors.ts";
import { KEY_TYPES } from "../keys/key-pair.ts";
import type { Files } from "../seams.ts";
import type { Pinned } from "./plan.ts";
import type { PlanFlags } from "./plan-session.ts";
import { MODES } from "./record.ts";
import { listOf, oneOf, type Read, ShapeError, shape, text } from "./shape.ts";

export interface PlanFile {
  readonly plan: { readonly gate: string; readonly pinned: Pinned };
  /** The flags that the plan was made with. */
  readonly asked: Pick<PlanFlags, "gate" | "keyType" | "keep" | "leavesStale" | "compromised" | "cutNow">;
}

const any: Read<unknown> = (value) => value;
const planFile = shape(
  {
    version: oneOf(1),
    gate: text,
    mode: oneOf(...MODES),
    keep: listOf(text),
    settings: (value, path) =>
      (value as { keyType?: unknown } | null)?.keyType ?? text(undefined, `${path}.keyType`),
    pinned: shape(
      { groups: listOf(shape({ id: text, etag: text, items: listOf(text) })), currentVersionId: text },
      { record: text },
    ),
  },
  {
    leavesStale: listOf(text),
    madeAt: any,
    account: any,
    where: any,
    secret: any,
    old: any,
    groups: any,
    distributions: any,
    quota: any,
    stages: any,
    findings: any,
  },
);

/** Throws ERR_FILE_UNREADABLE, or ERR_PLAN_FILE for what is no plan of this version. */
export async function readPlanFile(path: string, files: Pick<Files, "read">): Promise<PlanFile> {
  const source = new TextDecoder().decode(await files.read(path));
  try {
    const { gate, mode, keep, leavesStale, settings, pinned } = planFile(JSON.parse(source), "");
    return {
      plan: { gate, pinned },
      asked: {
        gate,
        keep,
        ...(leavesStale === undefined ? {} : { leavesStale }),
        keyType: oneOf(...KEY_TYPES)(settings, "settings.keyType"),
        ...(mode === "compromised" ? { compromised: true } : {}),
        ...(mode === "cut-now" ? { cutNow: true } : {}),
      },
    };
  } catch (cause) {
    if (!(cause instanceof ShapeError || cause instanceof SyntaxError)) throw cause;
    const why = cause instanceof ShapeError ? cause.message : "it is not JSON";
    const hints = ["keyturn rotate plan -o new-plan.json"];
    throw new InputError(
      "ERR_PLAN_FILE",
      `${path} is no plan that this keyturn can use: ${why}`,
      hints,
      cause,
    );
  }
}
