/** One API call: what an interrupt does to it, when a long silence is explained, and what its failure is called. */
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
  readonly terminal: Pick<Terminal, "insist" | "note">;
}

type Surroundings = CallSurroundings &
  Interruption & {
    /** After how long a silence is explained, and when an attempt ends. */
    readonly limits: { readonly silence: Seconds; readonly answer: Seconds };
  };

export function awsCalls(surroundings: Surroundings): AwsCalls {
  const { interrupt, clock, terminal } = surroundings;
  const whileSilent = silenceTeller(surroundings);
  const run = async <T>(name: CallName, abortSignal: AbortSignal, call: () => Promise<T>): Promise<T> => {
    interrupt.throwIfAborted();
    const ended = whileSilent(name);
    try {
      return await call();
    } catch (thrown) {
      if (abortSignal.aborted) throw interrupt.reason;
      throw thrown instanceof KeyturnError ? thrown : awsError(thrown, name, surroundings);
    } finally {
      ended();
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

/** Says which call keeps everybody waiting, then again whenever an attempt's time is over. Of calls side by side, one. */
function silenceTeller({ limits, terminal }: Surroundings): (name: CallName) => () => void {
  let telling: CallName | undefined;
  return (name) => {
    let waited = 0;
    let timer: NodeJS.Timeout;
    const tellAfter = (seconds: number) => {
      timer = setTimeout(() => {
        waited += seconds;
        telling ??= name;
        if (telling === name) {
          terminal.note(
            `waiting for ${name.action} on ${name.subject}: no answer for ${waited} s; an attempt ends after ${limits.answer} s`,
          );
        }
        tellAfter(limits.answer);
      }, seconds * 1000);
    };
    tellAfter(limits.silence);
    return () => {
      clearTimeout(timer);
      if (telling === name) telling = undefined;
    };
  };
}
