/** An act as one line, for histories. */
import type { RotationAct } from "../../../src/rotation/next.ts";

/** One line of a history. */
export function describe(act: RotationAct): string {
  if (act.act === "write-group")
    return `write-group ${act.group.id} +${act.add} -${act.remove} e${act.epoch} (${act.step})`;
  if (act.act === "move-current") return `move-current ${act.from} -> ${act.to}`;
  if (act.act === "write-record") return `write-record (${act.why})`;
  return `${act.act} (${act.why})`;
}
