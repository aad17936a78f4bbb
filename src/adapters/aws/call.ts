/** One API call: interrupts, a notice after a long silence, and error translation. */
import { KeyturnError } from "../../errors.ts";
import type { Clock, Terminal } from "../../seams/world.ts";
import type { Seconds } from "../../time.ts";
import { awsError, type CallerSettings, type CallName } from "./errors.ts";

/** How long to wait for an in-flight write after an interrupt. */
export const WRITE_GRACE_PERIOD: Seconds = 5;

export interface AwsCalls {
  /** An interrupt cancels it at once: reads change nothing. */
  read<T>(name: CallName, call: (options: { abortSignal: AbortSignal }) => Promise<T>): Promise<T>;
  /** Not started after an interrupt; one in flight gets GRACE to finish, so that the journal records how it ended. */
  write<T>(name: CallName, call: (options: { abortSignal: AbortSignal }) => Promise<T>): Promise<T>;
}

export interface Interruption {
  readonly interrupt: AbortSignal;
  readonly clock: Clock;
  readonly terminal: Pick<Terminal, "insist" | "note">;
}

type CallOptions = CallerSettings &
  Interruption & {
    /** When to explain a silence, and when to end an attempt. */
    readonly limits: { readonly silence: Seconds; readonly answer: Seconds };
  };

export function awsCalls(options: CallOptions): AwsCalls {
  const { interrupt, clock, terminal } = options;
  const whileSilent = silenceNotice(options);
  const run = async <T>(name: CallName, abortSignal: AbortSignal, call: () => Promise<T>): Promise<T> => {
    interrupt.throwIfAborted();
    const ended = whileSilent(name);
    try {
      return await call();
    } catch (thrown) {
      if (abortSignal.aborted) throw interrupt.reason;
      throw thrown instanceof KeyturnError ? thrown : awsError(thrown, name, options);
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
        // Explain the delay, or the user interrupts again.
        terminal.insist(
          `interrupted: waiting up to ${WRITE_GRACE_PERIOD} s for the call in flight; interrupt again to quit at once`,
        );
        clock.sleep(WRITE_GRACE_PERIOD, ended.signal).then(
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

/** Names the slow call, and again whenever an attempt times out. Of parallel calls, names one. */
function silenceNotice({ limits, terminal }: CallOptions): (name: CallName) => () => void {
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
