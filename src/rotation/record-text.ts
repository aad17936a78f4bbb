/** The record as the JSON text that Secrets Manager holds, and back: strict, versioned, the same text for the same record. */
import { InputError } from "../errors.ts";
import { KEY_TYPES } from "../keys/key-pair.ts";
import { MODES, type RotationRecord } from "./record.ts";
import type { Settings } from "./settings.ts";
import { amount, count, either, listOf, mapOf, oneOf, type Read, ShapeError, shape, text } from "./shape.ts";

const namedKey = shape({ keyPairId: text, fingerprint: text, versionId: text });
const sighting = shape({ sentAt: amount, at: amount, known: listOf(text) });
const proof = shape(
  {
    keyPairId: text,
    etags: mapOf(text),
    begunAt: amount,
    lastAt: amount,
    good: count,
    locations: listOf(text),
    requestIds: listOf(text),
  },
  { goodSince: amount, provenAt: amount, complaint: text, behind: mapOf(amount), controlFailed: oneOf(true) },
);
const settings: Read<Settings> = shape(
  {
    secret: shape({
      id: text,
      format: oneOf("json", "pem", "binary"),
      fields: shape({ privateKey: text, keyPairId: text }),
    }),
    keyType: oneOf(...KEY_TYPES),
    keyPairId: oneOf("in-secret", "derived", "external"),
    hash: oneOf("SHA1", "SHA256"),
    cacheTtl: either(amount, oneOf("until-restart")),
    longestLife: amount,
    skew: amount,
    settle: amount,
    triples: count,
    canaries: mapOf(text),
    ownership: oneOf("terraform", "cloudformation", "none"),
  },
  { mintEndpoint: text, regions: listOf(text) },
);
const record: Read<RotationRecord> = shape(
  {
    version: oneOf(1),
    gate: text,
    rotation: text,
    goal: oneOf("forward", "abort"),
    mode: oneOf(...MODES),
    epoch: count,
    openedEpoch: count,
    openedAt: amount,
    startedBy: shape({}, { caller: text, host: text, ticket: text }),
    old: namedKey,
    groups: listOf(text),
    distributions: listOf(text),
    proofs: shape({}, { new: proof, old: proof, gone: proof }),
    repairs: listOf(
      shape({ kind: oneOf("group", "signing-key", "drain"), at: amount, what: text }, { lasted: amount }),
    ),
    settings,
  },
  {
    new: namedKey,
    mark: text,
    amended: listOf(shape({ at: amount, what: text })),
    newMaySign: amount,
    switchedAt: sighting,
    signersRestartedAt: amount,
    deployedAt: amount,
    oldMayGo: amount,
    backAt: sighting,
    noReturn: amount,
    leavesStale: listOf(text),
    finished: shape({ at: amount, outcome: oneOf("rotated", "aborted") }),
  },
);

/** Throws InputError (ERR_SECRET_FORMAT) with the field that is wrong: a record is never guessed at. */
export function parseRecord(source: string, where: string): RotationRecord {
  try {
    const value: unknown = JSON.parse(source);
    const version = (value as { version?: unknown } | null)?.version;
    if (typeof version === "number" && version > 1) {
      throw new ShapeError(`version: ${version} was written by a newer keyturn`);
    }
    return record(value, "");
  } catch (cause) {
    if (!(cause instanceof ShapeError || cause instanceof SyntaxError)) throw cause;
    const why = cause instanceof ShapeError ? cause.message : "it is not JSON";
    throw new InputError(
      "ERR_SECRET_FORMAT",
      `the rotation record in ${where} cannot be read: ${why}`,
      [`aws secretsmanager get-secret-value --secret-id ${where} --query SecretString --output text`],
      cause,
    );
  }
}

/** No damage: a keyturn that knows more wrote it. */
export function isOfNewerKeyturn(source: string): boolean {
  try {
    const value = JSON.parse(source) as { version?: unknown } | null;
    return typeof value?.version === "number" && value.version > 1;
  } catch {
    return false;
  }
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
