/** The period that the flags choose: --from and --to, --since, or that of a rotation with time around it. */
import { UsageError } from "../errors.ts";
import type { EpochSeconds, Seconds } from "../time.ts";
import type { RotationMarks } from "./rotation-marks.ts";

export interface PeriodFlags {
  readonly from?: EpochSeconds;
  readonly to?: EpochSeconds;
  readonly since?: Seconds;
  /** `last`, or the ID of one of the gate's rotations; true without a value. */
  readonly rotation?: string | true;
}
export interface TimeRange {
  readonly from?: EpochSeconds;
  readonly to?: EpochSeconds;
}

/** Before and after a rotation: as long as it took, to compare with; not less than an hour, not more than a day. */
const [LEAST_AROUND, MOST_AROUND]: readonly [Seconds, Seconds] = [3600, 86_400];

/** Throws ERR_USAGE for flags that contradict each other. */
export function checkPeriodFlags({ from, to, since, rotation }: PeriodFlags, now: EpochSeconds): void {
  if (rotation !== undefined && (from ?? to ?? since) !== undefined)
    throw new UsageError("ERR_USAGE", "--rotation sets the period, and so do --from, --to and --since", [
      "leave one of them out",
    ]);
  if (since !== undefined && from !== undefined)
    throw new UsageError("ERR_USAGE", "--since and --from both set the start", ["leave one of them out"]);
  const start = since === undefined ? from : now - since;
  if (start !== undefined && to !== undefined && to <= start)
    throw new UsageError("ERR_USAGE", "--to is not after --from", [
      "--from 2026-11-28T10:00:00Z --to 2026-11-28T12:00:00Z",
    ]);
}

/** Open at either end unless a flag limits it. */
export function periodOf(flags: PeriodFlags, marks: RotationMarks, now: EpochSeconds): TimeRange {
  const { from, to, since, rotation } = flags;
  if (rotation !== undefined && marks.from !== undefined) {
    const end = marks.to ?? now;
    const around = Math.min(MOST_AROUND, Math.max(LEAST_AROUND, end - marks.from));
    return { from: marks.from - around, to: end + around < now ? end + around : undefined };
  }
  return { from: since === undefined ? from : now - since, to };
}
