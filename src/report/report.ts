/** A command's result: a value that one place prints (`program.ts` binds it to the terminal). */
import type { CommandOutcome } from "../exit-codes.ts";
import type { Finding } from "../finding.ts";
import type { EpochSeconds } from "../time.ts";
import type { Style } from "./style.ts";

export type { CommandOutcome } from "../exit-codes.ts";

export interface Report<Result = unknown> {
  readonly outcome: CommandOutcome;
  /** JSON-able; `--json` prints it inside the envelope. Its shape is published as a JSON Schema. */
  readonly result: Result;
  readonly findings: readonly Finding[];
  /** `stderr` if stdout is data for another program (`mint`); `text` if it includes them; default: `stdout`, after `text`. */
  readonly findingsOn?: "stdout" | "stderr" | "text";
  /** The text for people on stdout, without findings. May be empty. */
  readonly text: (style: Style) => string;
  /** What must still be on the screen when the findings have scrolled by; printed after them. */
  readonly closing?: (style: Style) => string;
  /** Only with `pending`. */
  readonly resumeAfter?: EpochSeconds;
  /** Overrides the exit code: only for commands that pass on another program's (`keyturn curl`). */
  readonly exitCode?: number;
  /** The work is done whether or not this can be printed: a failing stdout is a warning, not an error. */
  readonly isAfterwards?: true;
  /** Streams instead of `text`: printed line by line with back-pressure (`mint --count`). */
  readonly lines?: AsyncIterable<string>;
}

/** What `--json` prints: one document on stdout, errors too. */
export interface Envelope {
  readonly schemaVersion: 1;
  readonly command: string;
  readonly outcome: CommandOutcome | "error";
  readonly result: unknown;
  readonly findings: readonly Finding[];
  readonly resumeAfter?: string;
  readonly error?: { code: string; message: string; hints: readonly string[] };
}

/** The outcome that findings alone imply: `finding` if one is worse than a note. */
export function outcomeOf(findings: readonly Finding[]): CommandOutcome {
  return findings.some((finding) => finding.severity !== "note") ? "finding" : "done";
}
