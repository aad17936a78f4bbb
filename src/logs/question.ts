/** A question about the logs: queries over the view `logs`, the same SQL for both engines, and how rows become an answer. */
import type { Finding } from "../finding.ts";
import type { Gate } from "../gates/gate.ts";
import type { LogRow, LogValue } from "../seams/logs.ts";
import type { Seconds } from "../time.ts";
import type { Coverage } from "./coverage.ts";
import type { ExplainedLine } from "./explain-line.ts";
import type { DenialReasons } from "./judge-lines.ts";
import type { RotationMarks } from "./rotation-marks.ts";

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
  /** A loop: this many denials within this many seconds, without an accepted request in between. */
  readonly loop: { readonly denials: number; readonly within: Seconds };
  /** For `request`. */
  readonly requestId?: string;
}

export interface KnownFacts {
  readonly asked: QuestionOptions;
  readonly coverage: Coverage;
  readonly reasons: DenialReasons;
  readonly marks: RotationMarks;
  /** For `request`, if its line has a credential. */
  readonly explained?: ExplainedLine;
  readonly gate?: Gate;
  /** Is any route known to be protected, from a gate or --protected? */
  readonly hasProtectedRoutes: boolean;
  /** A short salted hash of an address, or the address itself with --show-clients. */
  readonly client: (address: LogValue | undefined) => string;
}

/** What the logs cannot say, and what to turn on to change that. */
interface Unanswerable {
  readonly why: string;
  readonly instead: string;
}

/** Members in snake case, as --json prints them. */
export type AnswerRow = Readonly<Record<string, string | number | boolean | null>>;

export interface QuestionAnswer {
  readonly rows: readonly AnswerRow[];
  /** Further tables, by name. */
  readonly tables?: Readonly<Record<string, readonly AnswerRow[]>>;
  /** One sentence per line. */
  readonly says: readonly string[];
  readonly cannotTell: readonly Unanswerable[];
  readonly findings: readonly Finding[];
}

export interface Question {
  readonly name: QuestionName;
  /** What it answers, for help and headings. */
  readonly title: string;
  /** Queries, keyed by the name that `answer` reads the rows under. All are read-only SELECTs over `logs`. */
  readonly texts: (asked: QuestionOptions, marks: RotationMarks) => Readonly<Record<string, string>>;
  readonly answer: (rows: Readonly<Record<string, readonly LogRow[]>>, known: KnownFacts) => QuestionAnswer;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** `1 request`, `2 requests`. */
export function countWithNoun(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
