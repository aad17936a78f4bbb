/** Whether `rotate resume` can continue without a confirmation. */
import { changesSomething, type UpcomingRun } from "../../rotation/changes-ahead.ts";
import type { DriveTools } from "../../rotation/drive.ts";
import type { RotationRecord } from "../../rotation/record.ts";
import { readStatus } from "../../rotation/session.ts";
import type { OperatorInput } from "../../rotation/turn.ts";
import type { World } from "../../seams/world.ts";

/** Whoever started the rotation confirmed all of it: only a person at a terminal is prompted again. */
export async function needsNoYes(
  flags: UpcomingRun & OperatorInput & { readonly yes?: boolean },
  record: RotationRecord,
  tools: DriveTools,
  { terminal }: Pick<World, "terminal">,
): Promise<boolean> {
  if (flags.yes === true || !terminal.interactive) return true;
  const status = await readStatus(tools);
  const isConfirmed = flags.signersRestarted === true || flags.deployed === true;
  return status === undefined || !changesSomething(status, record, { ...flags, isConfirmed });
}
