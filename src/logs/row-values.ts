/** Values in a result row. */
import type { LogRow } from "../seams/logs.ts";
import { type EpochSeconds, formatInstant } from "../time.ts";

/** Athena returns every value as text. */
export function numberValue(row: LogRow, name: string): number {
  return Number(row[name] ?? 0);
}

export function textValue(row: LogRow, name: string): string | null {
  const value = row[name];
  return value === null || value === undefined ? null : String(value);
}

export function booleanValue(row: LogRow, name: string): boolean {
  return String(row[name]) === "true";
}

export function epochValue(row: LogRow, name: string): EpochSeconds | undefined {
  const value = row[name];
  return value === null || value === undefined || value === "" ? undefined : Number(value);
}

/** RFC 3339, or null. */
export function instantValue(row: LogRow, name: string): string | null {
  const at = epochValue(row, name);
  return at === undefined ? null : formatInstant(Math.floor(at));
}
