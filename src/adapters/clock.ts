/** The wall clock. */
import { setTimeout as sleepMilliseconds } from "node:timers/promises";
import type { Clock } from "../seams.ts";

/** Timers hold at most 2^31-1 ms; longer sleeps are taken in pieces. */
const LONGEST_TIMER_MS = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now() / 1000,
  async sleep(length, signal) {
    signal?.throwIfAborted();
    // A laptop that was asleep wakes late, never early: the end is a point in time, not a count of pieces.
    const end = Date.now() + length * 1000;
    for (let rest = length * 1000; rest > 0; rest = end - Date.now()) {
      await sleepMilliseconds(Math.min(rest, LONGEST_TIMER_MS), undefined, signal ? { signal } : {}).catch(
        (thrown: unknown) => {
          signal?.throwIfAborted();
          throw thrown;
        },
      );
    }
  },
};
