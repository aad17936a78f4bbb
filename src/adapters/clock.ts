/** The wall clock. */
import { setTimeout as sleepMilliseconds } from "node:timers/promises";
import type { Clock } from "../seams/world.ts";

/** Timers hold at most 2^31-1 ms; longer sleeps are split. */
const LONGEST_TIMER_MS = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now() / 1000,
  deadline: (length) => AbortSignal.timeout(Math.min(length * 1000, LONGEST_TIMER_MS)),
  async sleep(length, signal) {
    signal?.throwIfAborted();
    // The monotonic clock: a step of the wall clock neither shortens nor lengthens a sleep.
    const end = performance.now() + length * 1000;
    for (let rest = length * 1000; rest > 0; rest = end - performance.now()) {
      await sleepMilliseconds(Math.min(rest, LONGEST_TIMER_MS), undefined, signal ? { signal } : {}).catch(
        (thrown: unknown) => {
          signal?.throwIfAborted();
          throw thrown;
        },
      );
    }
  },
};
