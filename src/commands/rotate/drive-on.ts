/** Drives an open rotation for start, resume and abort, with progress, notifications, and the status at the end. */
import type { GlobalFlags } from "../../cli/bind.ts";
import type { Report } from "../../report/report.ts";
import { type ProgressOutput, progressOn } from "../../report/rotation-progress.ts";
import { neverRotatedReport, rotationStatusReport } from "../../report/rotation-status.ts";
import type { DriveOptions, DriveTools } from "../../rotation/drive.ts";
import { driveNotified } from "../../rotation/notified-drive.ts";
import type { Notifier } from "../../rotation/notifier.ts";
import type { RotationRecord } from "../../rotation/record.ts";
import { readStatus } from "../../rotation/session.ts";
import type { World } from "../../seams/world.ts";

interface Flags extends GlobalFlags, Pick<DriveOptions, "until" | "wait" | "opened"> {
  readonly pendingOk?: boolean;
}

/** `told`: receives the progress instead of this terminal. */
export async function driveOn(
  tools: DriveTools,
  record: RotationRecord,
  flags: Flags,
  notifier: Notifier,
  world: World,
  output?: ProgressOutput,
): Promise<Report> {
  const progress = output ?? (await progressOn({ ...world, clock: tools.clock }, flags));
  const status = await driveNotified(tools, record, { ...flags, ...progress }, notifier);
  return { ...rotationStatusReport(status, tools.clock.now(), flags.pendingOk), isAfterwards: true };
}

/** The status after a dry run: exit 0. */
export async function statusNow(tools: DriveTools, gate: string): Promise<Report> {
  const status = await readStatus(tools);
  return status === undefined
    ? neverRotatedReport(gate)
    : rotationStatusReport(status, tools.clock.now(), true);
}
