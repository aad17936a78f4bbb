/** One API call: what may interrupt it, and what its failure is called. */
import { KeyturnError } from "../../errors.ts";
import { awsError, type CallName, type CallSurroundings } from "./errors.ts";

/** How long a write that is in flight may still take after an interrupt. */
const GRACE_MS = 5000;

export interface AwsCalls {
  /** Given up at once by an interrupt: reading changes nothing. */
  read<T>(name: CallName, call: (options: { abortSignal: AbortSignal }) => Promise<T>): Promise<T>;
  /** Not begun after an interrupt; one in flight may finish, so that its outcome is known. */
  write<T>(name: CallName, call: (options: { abortSignal: AbortSignal }) => Promise<T>): Promise<T>;
}

export function awsCalls(surroundings: CallSurroundings & { readonly interrupt: AbortSignal }): AwsCalls {
  const { interrupt } = surroundings;
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
      let timer: NodeJS.Timeout | undefined;
      const onInterrupt = () => {
        timer = setTimeout(() => late.abort(interrupt.reason), GRACE_MS);
      };
      interrupt.addEventListener("abort", onInterrupt, { once: true });
      try {
        return await run(name, late.signal, () => call({ abortSignal: late.signal }));
      } finally {
        interrupt.removeEventListener("abort", onInterrupt);
        clearTimeout(timer);
      }
    },
  };
}
