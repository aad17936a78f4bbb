/** The record as the JSON text that Secrets Manager holds, and back: strict, versioned, the same text for the same record. */
import { z } from "zod";
import { InputError } from "../errors.ts";
import { MODES, type RotationRecord } from "./record.ts";

const text = z.string().min(1);
const at = z.number();
const namedKey = z.strictObject({ keyPairId: text, fingerprint: text, versionId: text });
const sighting = z.strictObject({ sentAt: at, at, known: z.array(text) });
const proof = z.strictObject({
  keyPairId: text,
  etags: z.record(text, text),
  begunAt: at,
  lastAt: at,
  good: z.number().int().nonnegative(),
  goodSince: at.optional(),
  provenAt: at.optional(),
  locations: z.array(text),
  requestIds: z.array(text),
  complaint: text.optional(),
  controlFailed: z.literal(true).optional(),
});
const settings = z.strictObject({
  secret: z.strictObject({
    id: text,
    format: z.enum(["json", "pem", "binary"]),
    fields: z.strictObject({ privateKey: text, keyPairId: text }),
  }),
  keyType: z.enum(["rsa-2048", "ecdsa-p256"]),
  keyPairId: z.enum(["in-secret", "derived", "external"]),
  hash: z.enum(["SHA1", "SHA256"]),
  cacheTtl: z.union([z.number().nonnegative(), z.literal("until-restart")]),
  longestLife: z.number().nonnegative(),
  skew: z.number().nonnegative(),
  settle: z.number().nonnegative(),
  triples: z.number().int().positive(),
  canaries: z.record(text, text),
  mintEndpoint: text.optional(),
  ownership: z.enum(["terraform", "cloudformation", "none"]),
});
const record = z.strictObject({
  version: z.literal(1),
  gate: text,
  rotation: z.string().regex(/^\d{8}-[0-9a-z]{6}$/),
  goal: z.enum(["forward", "abort"]),
  mode: z.enum(MODES),
  epoch: z.number().int().positive(),
  openedEpoch: z.number().int().positive(),
  openedAt: at,
  startedBy: z.strictObject({ caller: text.optional(), host: text.optional(), ticket: text.optional() }),
  old: namedKey,
  new: namedKey.optional(),
  groups: z.array(text).min(1),
  distributions: z.array(text),
  newMaySign: at.optional(),
  switchedAt: sighting.optional(),
  signersRestartedAt: at.optional(),
  deployedAt: at.optional(),
  oldMayGo: at.optional(),
  backAt: sighting.optional(),
  noReturn: at.optional(),
  proofs: z.strictObject({ new: proof.optional(), old: proof.optional(), gone: proof.optional() }),
  repairs: z.array(
    z.strictObject({
      kind: z.enum(["group", "signing-key", "drain"]),
      at,
      lasted: z.number().optional(),
      what: text,
    }),
  ),
  settings,
  finished: z.strictObject({ at, outcome: z.enum(["rotated", "aborted"]) }).optional(),
});

/** Throws InputError (ERR_SECRET_FORMAT) with the field that is wrong: a record is never guessed at. */
export function parseRecord(source: string, where: string): RotationRecord {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    throw unreadable(where, "it is not JSON", cause);
  }
  const version = (value as { version?: unknown } | null)?.version;
  if (typeof version === "number" && version > 1) {
    throw unreadable(where, `it has version ${version}, which a newer keyturn wrote`);
  }
  const parsed = record.safeParse(value);
  if (parsed.success) return parsed.data as RotationRecord;
  const issue = parsed.error.issues[0];
  throw unreadable(where, `${issue?.path.join(".") || "record"}: ${issue?.message ?? "not a record"}`);
}

export function renderRecord(value: RotationRecord): string {
  return JSON.stringify(sorted(value), null, 1);
}

function unreadable(where: string, why: string, cause?: unknown): InputError {
  return new InputError(
    "ERR_SECRET_FORMAT",
    `the rotation record in ${where} cannot be read: ${why}`,
    [`aws secretsmanager get-secret-value --secret-id ${where} --query SecretString --output text`],
    cause,
  );
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}
