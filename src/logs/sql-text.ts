/** SQL literals that mean the same in DuckDB and Trino. */
import type { EpochSeconds } from "../time.ts";

export function textLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** UTC, to the millisecond. */
export function instantLiteral(at: EpochSeconds): string {
  return `TIMESTAMP '${new Date(Math.round(at * 1000)).toISOString().replace("T", " ").slice(0, 23)}'`;
}

/** A path pattern of a cache behavior as a regular expression that means the same in RE2 and Java. */
export function patternExpression(pattern: string): string {
  const anchored = pattern.startsWith("/") || pattern.startsWith("*") ? pattern : `/${pattern}`;
  const escaped = anchored.replace(/[\\^$.|+()[\]{}]/g, "\\$&");
  return `^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`;
}
