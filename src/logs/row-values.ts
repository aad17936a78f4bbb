/** Values in a result row. */
import type { LogRow } from "../log-seams.ts";
import { type EpochSeconds, formatInstant } from "../time.ts";

/** Athena returns every value as text. */
export function numberIn(row: LogRow, name: string): number {
  return Number(row[name] ?? 0);
}

export function textIn(row: LogRow, name: string): string | null {
  const value = row[name];
  return value === null || value === undefined ? null : String(value);
}

export function isIn(row: LogRow, name: string): boolean {
  return String(row[name]) === "true";
}

export function epochIn(row: LogRow, name: string): EpochSeconds | undefined {
  const value = row[name];
  return value === null || value === undefined || value === "" ? undefined : Number(value);
}

/** RFC 3339, or null. */
export function instantIn(row: LogRow, name: string): string | null {
  const at = epochIn(row, name);
  return at === undefined ? null : formatInstant(Math.floor(at));
}
