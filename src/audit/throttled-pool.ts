/** Reads many things a few at a time, tells how far it is, and slows down together when AWS says so. */
import { isError } from "../errors.ts";
import type { World } from "../seams.ts";
import type { EpochSeconds } from "../time.ts";

export interface ThrottledPool {
  now(): EpochSeconds;
  /** `work` on every item, at most `AT_ONCE` together; the items may still be arriving. The first failure ends it. */
  each<T>(
    noun: string,
    items: Iterable<T> | AsyncIterable<T>,
    work: (item: T) => Promise<void>,
  ): Promise<void>;
}

const AT_ONCE = 4;
/** After what the adapter itself has retried: an audit is in no hurry. */
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
        // Everybody waits: it is the account that is asked too often.
        quietUntil = Math.max(quietUntil, clock.now() + wait);
        terminal.note(`AWS throttles reading ${noun}; going on in ${wait} s`);
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

/** An async generator answers calls to `next` one after the other, so the workers may share it. */
async function* iteratorOf<T>(items: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T> {
  yield* items;
}
