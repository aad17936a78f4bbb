/** The record as the JSON text that Secrets Manager holds: the same text for the same record. */
import type { RotationRecord } from "./record-schema.ts";

export function renderRecord(value: RotationRecord): string {
  return JSON.stringify(sorted(value), null, 1);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}

/** Not damaged: a newer keyturn wrote it. */
export function isOfNewerKeyturn(source: string): boolean {
  try {
    return newerVersion(JSON.parse(source)) !== undefined;
  } catch {
    return false;
  }
}

/** The version of a record that a newer keyturn wrote; undefined for any other value. */
export function newerVersion(value: unknown): number | undefined {
  const version = (value as { version?: unknown } | null)?.version;
  return typeof version === "number" && version > 1 ? version : undefined;
}
