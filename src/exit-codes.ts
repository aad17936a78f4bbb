/** The exit codes that a shell sees, defined only here; `keyturn help exit-codes` prints them. */
import type { ErrorClass } from "./errors.ts";

/** `finding`: the command ran and a check failed (exit 1). `pending`: it must be resumed later (exit 8). */
export type CommandOutcome = "done" | "finding" | "pending";

export const EXIT = {
  done: 0,
  finding: 1,
  usage: 2,
  input: 3,
  access: 4,
  conflict: 5,
  remote: 6,
  halt: 7,
  pending: 8,
  internal: 70,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export const EXIT_MEANING: Readonly<Record<keyof typeof EXIT, string>> = {
  done: "done",
  finding: "a check failed: the report says which",
  usage: "the command line is wrong",
  input: "an input or the configuration cannot be read",
  access: "credentials are missing or expired, or a permission is missing",
  conflict: "something changed since it was read",
  remote: "no answer after retries",
  halt: "halted by a safety rule, or a confirmation is missing",
  pending: "pending: resume later",
  internal: "a bug in keyturn",
  hungUp: "the terminal was closed (SIGHUP)",
  interrupted: "interrupted (SIGINT)",
  terminated: "terminated (SIGTERM)",
};

export const exitCodeOfError: Readonly<Record<ErrorClass, number>> = {
  usage: EXIT.usage,
  input: EXIT.input,
  access: EXIT.access,
  conflict: EXIT.conflict,
  remote: EXIT.remote,
  halt: EXIT.halt,
  internal: EXIT.internal,
  "hung-up": EXIT.hungUp,
  interrupted: EXIT.interrupted,
  terminated: EXIT.terminated,
};

export const exitCodeOfOutcome: Readonly<Record<CommandOutcome, number>> = {
  done: EXIT.done,
  finding: EXIT.finding,
  pending: EXIT.pending,
};
