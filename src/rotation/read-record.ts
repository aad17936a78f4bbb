/**
 * Reads a record from its JSON text: strict and versioned. Apart from record-json.ts, since this loads zod: callers
 * import it only when they read a record.
 */
import { InputError } from "../errors.ts";
import { newerVersion } from "./record-json.ts";
import { type RotationRecord, record } from "./record-schema.ts";
import { faultText, schemaFault } from "./schema-fault.ts";

/** Throws InputError (ERR_SECRET_FORMAT) naming the wrong field: a record is never guessed at. */
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

function unreadable(where: string, why: string, cause?: unknown): InputError {
  return new InputError(
    "ERR_SECRET_FORMAT",
    `the rotation record in ${where} cannot be read: ${why}`,
    [`aws secretsmanager get-secret-value --secret-id ${where} --query SecretString --output text`],
    cause,
  );
}
