/** A question to the logs: SQL texts over the view `logs`, one for both engines, and what their rows answer. */
import type { Finding } from "../finding.ts";
import type { Gate } from "../gates/gate.ts";
import type { LogRow, LogValue } from "../log-seams.ts";
import type { Seconds } from "../time.ts";
import type { Coverage } from "./coverage.ts";
import type { ExplainedLine } from "./explain-line.ts";
import type { RotationMarks } from "./rotation-marks.ts";
import type { Reasons } from "./true-reasons.ts";

export const QUESTION_NAMES = [
  "denials",
  "old-key",
  "propagation",
  "remints",
  "ungated",
  "who",
  "request",
] as const;
export type QuestionName = (typeof QUESTION_NAMES)[number];

export interface QuestionOptions {
  readonly bucket: "minute" | "hour" | "day";
  /** A loop: so many denials within so many seconds, without an accepted request between. */
  readonly loop: { readonly denials: number; readonly within: Seconds };
  /** Of `request`. */
  readonly requestId?: string;
}

export interface KnownFacts {
  readonly asked: QuestionOptions;
  readonly coverage: Coverage;
  readonly reasons: Reasons;
  readonly marks: RotationMarks;
  /** Of `request`, where its line shows a credential. */
  readonly explained?: ExplainedLine;
  readonly gate?: Gate;
  /** Is any route known to be protected, by a gate or by --protected? */
  readonly hasProtectedRoutes: boolean;
  /** A short salted hash of an address, or the address where it was asked for. */
  readonly client: (address: LogValue | undefined) => string;
}

/** What the logs cannot say, and what would have to be switched on. */
interface Unanswerable {
  readonly why: string;
  readonly instead: string;
}

/** Members in snake case, as they are printed by --json. */
export type AnswerRow = Readonly<Record<string, string | number | boolean | null>>;

export interface Answer {
  readonly rows: readonly AnswerRow[];
  /** Further tables under their own names. */
  readonly tables?: Readonly<Record<string, readonly AnswerRow[]>>;
  /** One sentence a line. */
  readonly says: readonly string[];
  readonly cannotTell: readonly Unanswerable[];
  readonly findings: readonly Finding[];
}

export interface Question {
  readonly name: QuestionName;
  /** What it asks, for help and headings. */
  readonly title: string;
  /** By the name under which `answer` finds the rows. All of them are read-only SELECTs over `logs`. */
  readonly texts: (asked: QuestionOptions, marks: RotationMarks) => Readonly<Record<string, string>>;
  readonly answer: (rows: Readonly<Record<string, readonly LogRow[]>>, known: KnownFacts) => Answer;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** `1 request`, `2 requests`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
