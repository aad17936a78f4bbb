/**
 * The record as a zod schema: the durable state of a gate's rotation, without key material. Kept apart from record.ts,
 * so that code that only works with a record need not load zod. Times are epoch seconds, durations are seconds.
 */
import * as z from "zod";
import { MODES } from "./mode.ts";
import { amount, nonEmptyText, settings } from "./settings-shape.ts";

const texts = z.array(nonEmptyText).readonly();
const count = z.int().min(0);

/** A key as the record names it, without key material. */
const namedKey = z.strictObject({
  keyPairId: nonEmptyText,
  /** SPKI SHA-256. */
  fingerprint: nonEmptyText,
  /** The secret version that held it when recorded. */
  versionId: nonEmptyText,
});

/** One read that showed AWSCURRENT on our version (R5, R6). */
const confirmedRead = z.strictObject({
  /** When the read was sent: foreign versions created after that (less skew) invalidate it (R14). */
  sentAt: amount,
  /** When its response arrived: the drain counts from this moment, never from an earlier one. */
  at: amount,
  /** Foreign versions that the same read listed while ours was current: they can no longer become current. */
  known: texts,
});

/** Canary checks so far; complete or not. Bound to a key and to every group's ETag (R11). */
const proof = z.strictObject({
  keyPairId: nonEmptyText,
  etags: z.record(z.string(), nonEmptyText),
  begunAt: amount,
  lastAt: amount,
  /** Consecutive good canary checks, counted over all distributions together. */
  good: count,
  /** When the first of them was sent. */
  goodSince: amount.optional(),
  provenAt: amount.optional(),
  /** Edge locations that responded (x-amz-cf-pop). */
  locations: texts,
  /** Request ids of the last canary check (x-amz-cf-id), for the change ticket. */
  requestIds: texts,
  /** Why the last canary check failed; absent if it passed. */
  complaint: nonEmptyText.optional(),
  /** Edge locations that were behind, and when that was last seen: each must be reached again and have the change. */
  behind: z.record(z.string(), amount).optional(),
  /** A negative control of the last canary check failed. */
  controlFailed: z.literal(true).optional(),
});

/** Something a third party broke and keyturn repaired. */
const repair = z.strictObject({
  kind: z.enum(["group", "signing-key", "drain"]),
  at: amount,
  /** How long it had been broken, as far as AWS's timestamps show. */
  lasted: amount.optional(),
  what: nonEmptyText,
});

export const record = z.strictObject({
  version: z.literal(1),
  gate: nonEmptyText,
  /** Day and random characters: `20261122-7k3m9q`. */
  rotation: nonEmptyText,
  goal: z.enum(["forward", "abort"]),
  mode: z.enum(MODES),
  /** Counts over the gate's whole life (R7). */
  epoch: count,
  /** The epoch in which this rotation opened: the draft of its key carries it. */
  openedEpoch: count,
  openedAt: amount,
  startedBy: z.strictObject({
    caller: nonEmptyText.optional(),
    host: nonEmptyText.optional(),
    ticket: nonEmptyText.optional(),
  }),
  /** Composed from traces after the record was lost. Then `startedBy` is empty: no trace shows who opened it. */
  rebuilt: z
    .strictObject({ at: amount, caller: nonEmptyText.optional(), host: nonEmptyText.optional() })
    .optional(),
  old: namedKey,
  new: namedKey.optional(),
  groups: texts,
  /** The gate's mark in its groups' Comments; absent in a record that predates marks. */
  mark: nonEmptyText.optional(),
  distributions: texts,
  /** From here on a signer may hold the new key. Never cleared (R18). */
  newMaySign: amount.optional(),
  switchedAt: confirmedRead.optional(),
  /** The operator confirmed that every signer was restarted since the switch, or since the switch back. */
  signersRestartedAt: amount.optional(),
  /** The operator confirmed that signers with an external key pair ID were deployed. */
  deployedAt: amount.optional(),
  /** From here on a group may lack the old id. Never cleared (R18). */
  oldMayGo: amount.optional(),
  backAt: confirmedRead.optional(),
  /** Recorded before a public key is deleted (R3). Never cleared. */
  noReturn: amount.optional(),
  proofs: z.strictObject({ new: proof.optional(), old: proof.optional(), gone: proof.optional() }),
  repairs: z.array(repair).readonly(),
  /** Amendments to the open rotation: what changed or stepped up, and when. */
  amended: z
    .array(z.strictObject({ at: amount, what: nonEmptyText }))
    .readonly()
    .optional(),
  settings,
  /** Fields of the secret that may keep the old key's public half, by the operator's decision. */
  leavesStale: texts.optional(),
  finished: z.strictObject({ at: amount, outcome: z.enum(["rotated", "aborted"]) }).optional(),
});

export type RotationRecord = Readonly<z.output<typeof record>>;
export type ConfirmedRead = Readonly<z.output<typeof confirmedRead>>;
export type Proof = Readonly<z.output<typeof proof>>;
export type Repair = Readonly<z.output<typeof repair>>;
