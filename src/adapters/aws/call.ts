/** One API call: what an interrupt does to it, and what its failure is called. */
import { KeyturnError } from "../../errors.ts";
import type { Clock, Terminal } from "../../seams.ts";
import type { Seconds } from "../../time.ts";
import { awsError, type CallName, type CallSurroundings } from "./errors.ts";

/** How long a write in flight is awaited after an interrupt. */
export const GRACE: Seconds = 5;

export interface AwsCalls {
  /** Given up at once by an interrupt: reading changes nothing. */
  read<T>(name: CallName, call: (options: { abortSignal: AbortSignal }) => Promise<T>): Promise<T>;
  /** Not begun after an interrupt; one in flight is awaited for GRACE, so that the journal can say how it ended. */
  write<T>(name: CallName, call: (options: { abortSignal: AbortSignal }) => Promise<T>): Promise<T>;
}

export interface Interruption {
  readonly interrupt: AbortSignal;
  readonly clock: Clock;
  readonly terminal: Pick<Terminal, "insist">;
}

export function awsCalls(surroundings: CallSurroundings & Interruption): AwsCalls {
  const { interrupt, clock, terminal } = surroundings;
  const run = async <T>(name: CallName, abortSignal: AbortSignal, call: () => Promise<T>): Promise<T> => {
    interrupt.throwIfAborted();
    try {
      return await call();
    } catch (thrown) {
      if (abortSignal.aborted) throw interrupt.reason;
      throw thrown instanceof KeyturnError ? thrown : awsError(thrown, name, surroundings);
    }
  };
  return {
    read: (name, call) => run(name, interrupt, () => call({ abortSignal: interrupt })),
    async write(name, call) {
      const late = new AbortController();
      const ended = new AbortController();
      const onInterrupt = () => {
        // Whoever interrupts must know why nothing happens for a moment, or interrupts again.
        terminal.insist(`interrupted: awaiting the call in flight, ${GRACE} s at most; again: leave at once`);
        clock.sleep(GRACE, ended.signal).then(
          () => late.abort(interrupt.reason),
          () => {},
        );
      };
      interrupt.addEventListener("abort", onInterrupt, { once: true });
      try {
        return await run(name, late.signal, () => call({ abortSignal: late.signal }));
      } finally {
        interrupt.removeEventListener("abort", onInterrupt);
        ended.abort();
      }
    },
  };
}
