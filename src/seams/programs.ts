/** Other programs and processes on this machine, as seams. Types only. */
import type { Sealed } from "../sealed.ts";

export interface ProgramRun {
  readonly signal?: AbortSignal;
  readonly keepsStdout?: boolean; // Sends its stdout to stderr, since stdout is reserved for one document.
  readonly endsTogether?: boolean; // Every process that it starts ends with it; a signal reaches them all.
  readonly withoutEnv?: readonly string[]; // Environment variables withheld from it.
  readonly env?: Readonly<Record<string, string>>; // Environment variables added for it.
}
export interface Programs {
  /**
   * Runs a program from the user's PATH with the user's stdin, stdout and stderr. It can read `extra` once, from
   * /dev/fd/3 only: not from argv, the environment or a named file. Resolves to its exit code (128 plus the signal's
   * number if a signal ended it). Throws ERR_PROGRAM.
   */
  run(program: string, args: readonly string[], extra: Sealed<string>, how?: ProgramRun): Promise<number>;
  /** Runs a program for the secret that it prints, with the user's stdin and stderr. Throws ERR_PROGRAM, also on a non-zero exit. */
  output(program: string, args: readonly string[], signal?: AbortSignal): Promise<Sealed<string>>;
}

/** Processes on this machine, by PID. */
export interface Processes {
  /** This process. */
  readonly own: number;
  /** Sends no signal. The PID may have been reused since. */
  isRunning(id: number): boolean;
}
