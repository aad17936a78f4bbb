/** The result of `rotate start` or `rotate resume`, reduced to what a turn needs. */
import type { RotationStatus } from "../rotation/status.ts";
import type { World } from "../seams/world.ts";
import type { EpochSeconds } from "../time.ts";

interface RotateFlags {
  readonly config: string;
  readonly gate: string;
  readonly region?: string;
  readonly yes: true;
}
/** The commands themselves: a turn has no protocol of its own. */
export type RotateRun = (
  flags: RotateFlags,
  world: World,
) => Promise<{ readonly result: unknown; readonly resumeAfter?: EpochSeconds }>;

type Kept = "rotation" | "state" | "step" | "epoch" | "says" | "turn" | "typeNext";

/** The fields that the document has in every state. */
export type RunStatus = Pick<RotationStatus, Kept>;

export function runStatusOf(result: unknown): RunStatus | undefined {
  const seen = result as Partial<RunStatus>;
  return typeof seen.rotation === "string" ? (seen as RunStatus) : undefined;
}

export function isOver({ state }: RunStatus): boolean {
  return state === "rotated" || state === "aborted";
}
