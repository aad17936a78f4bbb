/** The record as the JSON text that Secrets Manager holds, and back: strict, versioned, the same text for the same record. */
import { InputError } from "../errors.ts";
import { type RotationRecord, record } from "./record-schema.ts";
import { faultText, schemaFault } from "./schema-fault.ts";

/** Throws InputError (ERR_SECRET_FORMAT) with the field that is wrong: a record is never guessed at. */
export function parseRecord(source: string, where: string): RotationRecord {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    throw unreadable(where, "it is not JSON", cause);
  }
  const version = newerVersion(value);
  if (version !== undefined) throw unreadable(where, `version: ${version} was written by a newer keyturn`);
  const read = record.safeParse(value, { error: faultText });
  if (!read.success) throw unreadable(where, schemaFault(read.error), read.error);
  return read.data;
}

/** No damage: a keyturn that knows more wrote it. */
export function isOfNewerKeyturn(source: string): boolean {
  try {
    return newerVersion(JSON.parse(source)) !== undefined;
  } catch {
    return false;
  }
}

function newerVersion(value: unknown): number | undefined {
  const version = (value as { version?: unknown } | null)?.version;
  return typeof version === "number" && version > 1 ? version : undefined;
}

function unreadable(where: string, why: string, cause?: unknown): InputError {
  return new InputError(
    "ERR_SECRET_FORMAT",
    `the rotation record in ${where} cannot be read: ${why}`,
    [`aws secretsmanager get-secret-value --secret-id ${where} --query SecretString --output text`],
    cause,
  );
}

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
