/**
 * The cloud's seams under an interrupt: after SIGINT no new call starts, and a call in flight is awaited for a few
 * seconds, so that the journal can say how it ended.
 */
import type { Clock } from "../seams.ts";
import type { Seconds } from "../time.ts";

/** How long a call in flight is awaited after the interrupt. */
export const GRACE: Seconds = 5;

/** Every method of `seam` that returns a promise or an async iterable, guarded. `held`: an interrupt came while one was out. */
export function interruptible<Seam extends object>(
  seam: Seam,
  clock: Clock,
  interrupt: AbortSignal,
  held: () => void = () => {},
): Seam {
  return new Proxy(seam, {
    get(target, name, receiver) {
      const member = Reflect.get(target, name, receiver);
      if (typeof member !== "function") return member;
      return (...given: unknown[]) => {
        interrupt.throwIfAborted();
        const result: unknown = Reflect.apply(member, target, given);
        return result instanceof Promise ? withGrace(result, clock, interrupt, held) : result;
      };
    },
  });
}

/** The work's own ending, unless the interrupt came and the grace is over: then the interrupt's reason. */
async function withGrace<T>(
  work: Promise<T>,
  clock: Clock,
  interrupt: AbortSignal,
  held: () => void,
): Promise<T> {
  let ended: AbortController | undefined;
  let onInterrupt = (): void => {};
  const expired = new Promise<never>((_, reject) => {
    onInterrupt = () => {
      held();
      ended = new AbortController();
      clock.sleep(GRACE, ended.signal).then(
        () => reject(interrupt.reason),
        () => {},
      );
    };
  });
  if (interrupt.aborted) onInterrupt();
  else interrupt.addEventListener("abort", onInterrupt, { once: true });
  try {
    return await Promise.race([work, expired]);
  } finally {
    interrupt.removeEventListener("abort", onInterrupt);
    ended?.abort();
  }
}
