/** What the `secret` commands did, a line each. */
import type { Finding } from "../finding.ts";
import { wrap } from "../text/layout.ts";
import { outcomeOf, type Report } from "./report.ts";

export interface UpkeepOutcome {
  readonly result: Readonly<Record<string, unknown>>;
  /** What is true now; empty after --dry-run. */
  readonly done: readonly string[];
  /** Commands to type next. */
  readonly next?: readonly string[];
  readonly findings?: readonly Finding[];
}

export function upkeepReport({ result, done, next = [], findings = [] }: UpkeepOutcome): Report {
  return {
    outcome: outcomeOf(findings),
    result,
    findings,
    isAfterwards: true,
    text: (style) =>
      [
        ...done.map((line) => wrap(`${style.good(style.sign.ok)} ${line}`, style.columns, 0, 2)),
        ...(done.length === 0 ? [] : next.map((line) => `${style.sign.arrow} ${style.code(line)}`)),
      ].join("\n"),
  };
}
