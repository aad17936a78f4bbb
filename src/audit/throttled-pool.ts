/** Runs reads a few at a time, shows progress, and backs off together when AWS throttles. */
import { isError } from "../errors.ts";
import type { World } from "../seams/world.ts";
import type { EpochSeconds } from "../time.ts";

export interface ThrottledPool {
  now(): EpochSeconds;
  /** Runs `work` on every item, at most `AT_ONCE` concurrently; items may still be arriving. The first failure ends it. */
  each<T>(
    noun: string,
    items: Iterable<T> | AsyncIterable<T>,
    work: (item: T) => Promise<void>,
  ): Promise<void>;
}

const AT_ONCE = 4;
/** On top of the adapter's own retries: an audit is in no hurry. */
const WAITS = [5, 10, 20, 40, 60, 60] as const;

export function createThrottledPool({
  clock,
  terminal,
  interrupt,
}: Pick<World, "clock" | "terminal" | "interrupt">): ThrottledPool {
  let quietUntil = 0;

  async function patiently<T>(noun: string, work: () => Promise<T>): Promise<T> {
    for (let refusals = 0; ; refusals += 1) {
      if (clock.now() < quietUntil) await clock.sleep(quietUntil - clock.now(), interrupt);
      try {
        return await work();
      } catch (thrown) {
        const wait = WAITS[refusals];
        if (wait === undefined || !isError(thrown, "ERR_THROTTLED")) throw thrown;
        // All workers wait: AWS throttles the account, not the call.
        quietUntil = Math.max(quietUntil, clock.now() + wait);
        terminal.note(`AWS is throttling reads of ${noun}; continuing in ${wait} s`);
      }
    }
  }

  return {
    now: () => clock.now(),
    async each(noun, items, work) {
      const waiting = iteratorOf(items);
      let done = 0;
      const worker = async () => {
        for (;;) {
          interrupt.throwIfAborted();
          const next = await waiting.next();
          if (next.done === true) return;
          await patiently(noun, () => work(next.value));
          done += 1;
          if (done % 25 === 0) terminal.progress(`read ${done} ${noun}`);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    },
  };
}

/** Calls to an async generator's `next` are queued, so the workers can share it. */
async function* iteratorOf<T>(items: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T> {
  yield* items;
}
