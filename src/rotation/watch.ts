/**
 * Watches a rotation that others drive until it ends: reads, reports, sleeps, reads again. Changes nothing, and
 * calls AWS rarely: about ten calls per read.
 */
import { isError, type KeyturnError } from "../errors.ts";
import type { EpochSeconds, Seconds } from "../time.ts";
import type { DriveTools } from "./drive.ts";
import { readStatus } from "./session.ts";
import type { RotationStatus } from "./status.ts";

export type WatchEvent =
  /** Called on every tick; `now` advances between two reads. */
  | { readonly kind: "seen"; readonly status: RotationStatus; readonly now: EpochSeconds }
  /** AWS did not answer; watching continues. */
  | { readonly kind: "unanswered"; readonly error: KeyturnError; readonly now: EpochSeconds };

export interface WatchOptions {
  /** Between two reads; a long wait is read less often. */
  readonly every: Seconds;
  readonly tick: Seconds;
  readonly told: (event: WatchEvent) => void;
}

/** The longest time between two reads during a wait: somebody may abort or speed up the rotation. */
const RARELY: Seconds = 60;
/** After a failed read, back off. */
const LONGEST_PAUSE: Seconds = 300;

/**
 * Resolves to the last status: of a rotation that is over, or of another one that was opened since. Undefined for a
 * gate without a record. Throws ERR_INTERRUPTED, and errors that a retry cannot fix.
 */
export async function watchRotation(
  tools: DriveTools,
  { every, tick, told }: WatchOptions,
): Promise<RotationStatus | undefined> {
  const { clock, interrupt } = tools;
  let watched: string | undefined;
  let last: RotationStatus | undefined;
  let failures = 0;
  let error: KeyturnError | undefined;
  for (;;) {
    interrupt.throwIfAborted();
    try {
      last = await readStatus(tools);
      failures = 0;
      error = undefined;
    } catch (thrown) {
      interrupt.throwIfAborted();
      if (!isPassing(thrown)) throw thrown;
      failures += 1;
      error = thrown;
    }
    if (error === undefined && (last === undefined || isOver(last))) return last;
    if (error === undefined && last !== undefined) {
      watched ??= last.rotation;
      if (last.rotation !== watched) return last;
    }
    const pause =
      failures > 0 ? Math.min(every * 2 ** failures, LONGEST_PAUSE) : pauseBefore(last, every, clock.now());
    for (let slept = 0; slept < pause; slept += tick) {
      const now = clock.now() + slept;
      if (error !== undefined) told({ kind: "unanswered", error, now });
      else if (last !== undefined) told({ kind: "seen", status: last, now });
      await clock.sleep(Math.min(tick, pause - slept), interrupt);
    }
  }
}

const isPassing = (thrown: unknown): thrown is KeyturnError =>
  isError(thrown, "ERR_UNREACHABLE", "ERR_THROTTLED", "ERR_REMOTE");

const isOver = ({ state }: RotationStatus) => state === "rotated" || state === "aborted";

function pauseBefore(status: RotationStatus | undefined, every: Seconds, now: EpochSeconds): Seconds {
  if (status?.until === undefined) return every;
  return Math.min(Math.max(every, RARELY), Math.max(every, Math.ceil(status.until - now) + 1));
}
