/** The record: the durable state of a gate's rotation, without any key material. `register.ts` keeps it. */
import type { EpochSeconds, Seconds } from "../time.ts";
import type { Settings } from "./settings.ts";

export type Goal = "forward" | "abort";
/** In order of urgency: a rotation's mode only grows (R18). */
export const MODES = ["normal", "compromised", "cut-now"] as const;
export type Mode = (typeof MODES)[number];

/** A key as the record names it: never its material. */
interface NamedKey {
  readonly keyPairId: string;
  /** SPKI SHA-256. */
  readonly fingerprint: string;
  /** The secret version that held it when it was recorded. */
  readonly versionId: string;
}

/** One read that showed AWSCURRENT on our version (R5, R6). */
export interface ConfirmedRead {
  /** When the read was sent: foreign versions created since then (less skew) spoil it (R14). */
  readonly sentAt: EpochSeconds;
  /** When its answer was here: the drain counts from this moment, never from an earlier one. */
  readonly at: EpochSeconds;
  /** Foreign versions that the same read listed beside ours as current: their time was over. */
  readonly known: readonly string[];
}

/** Canary triples, so far or complete. Bound to a key and to the ETag of every group (R11). */
export interface Proof {
  readonly keyPairId: string;
  readonly etags: Readonly<Record<string, string>>;
  readonly begunAt: EpochSeconds;
  readonly lastAt: EpochSeconds;
  /** Good triples in a row, counted over all distributions together. */
  readonly good: number;
  /** When the first of them was sent. */
  readonly goodSince?: EpochSeconds;
  readonly provenAt?: EpochSeconds;
  /** Edge locations that answered (x-amz-cf-pop). */
  readonly locations: readonly string[];
  /** Request ids of the last triple (x-amz-cf-id), for the change ticket. */
  readonly requestIds: readonly string[];
  /** Why the last triple was not good; absent when it was. */
  readonly complaint?: string;
  /** Edge locations that did not know it yet, and when they last showed that: each must be met again, and know it. */
  readonly behind?: Readonly<Record<string, EpochSeconds>>;
  /** The last triple's negative control failed. */
  readonly controlFailed?: true;
}
export const PROOFS = ["new", "old", "gone"] as const;
export type ProofName = (typeof PROOFS)[number];

/** Something a third party broke and keyturn mended. */
export type RepairKind = "group" | "signing-key" | "drain";
export interface Repair {
  readonly kind: RepairKind;
  readonly at: EpochSeconds;
  /** How long it had been broken, as far as AWS's timestamps tell. */
  readonly lasted?: Seconds;
  readonly what: string;
}

export interface RotationRecord {
  readonly version: 1;
  readonly gate: string;
  /** Day and chance: `20261122-7k3m9q`. */
  readonly rotation: string;
  readonly goal: Goal;
  readonly mode: Mode;
  /** Counts over the gate's whole life (R7). */
  readonly epoch: number;
  /** The epoch in which this rotation opened: the draft of its key carries it. */
  readonly openedEpoch: number;
  readonly openedAt: EpochSeconds;
  readonly startedBy: { readonly caller?: string; readonly host?: string; readonly ticket?: string };
  readonly old: NamedKey;
  readonly new?: NamedKey;
  readonly groups: readonly string[];
  /** The gate's own in the Comments of its groups; absent in a record that keyturn opened before it had marks. */
  readonly mark?: string;
  readonly distributions: readonly string[];
  /** From here on a signer may hold the new key. Never cleared (R18). */
  readonly newMaySign?: EpochSeconds;
  readonly switchedAt?: ConfirmedRead;
  /** The operator's word that every signer was restarted since the switch, or since the switch back. */
  readonly signersRestartedAt?: EpochSeconds;
  /** The operator's word that signers with an outside key id were deployed. */
  readonly deployedAt?: EpochSeconds;
  /** From here on a group may lack the old id. Never cleared (R18). */
  readonly oldMayGo?: EpochSeconds;
  readonly backAt?: ConfirmedRead;
  /** Recorded before a public key is deleted (R3). Never cleared. */
  readonly noReturn?: EpochSeconds;
  readonly proofs: Partial<Record<ProofName, Proof>>;
  readonly repairs: readonly Repair[];
  /** What was brought into the open rotation from keyturn.yaml, or stepped up, and when. */
  readonly amended?: readonly { readonly at: EpochSeconds; readonly what: string }[];
  readonly settings: Settings;
  /** Fields of the secret that may go on repeating the old key's public half: the operator said so. */
  readonly leavesStale?: readonly string[];
  readonly finished?: { readonly at: EpochSeconds; readonly outcome: "rotated" | "aborted" };
}

/** The key that the record's goal wants signers to end with. */
export function goalRole(record: Pick<RotationRecord, "goal">): "new" | "old" {
  return record.goal === "forward" ? "new" : "old";
}

/** Who opened it and on which machine, as far as either is known. */
export function startedByText({ caller, host }: RotationRecord["startedBy"]): string | undefined {
  return caller !== undefined && host !== undefined ? `${caller} (${host})` : (caller ?? host);
}

/** Goal abort, in a new epoch. Callers check `abortRefusal` first. The fences void every proof: all ETags change. */
export function withAbort(record: RotationRecord): RotationRecord {
  return without(
    { ...record, goal: "abort", epoch: record.epoch + 1 },
    "backAt",
    "switchedAt",
    "signersRestartedAt",
    "deployedAt",
  );
}

/** A more urgent mode; an abort turns forward again by it, in a new epoch, whose fences ask for new proofs (R18). */
export function withMode(record: RotationRecord, mode: Mode): RotationRecord {
  const urgent = MODES.indexOf(mode) > MODES.indexOf(record.mode) ? mode : record.mode;
  if (record.goal === "forward") return { ...record, mode: urgent };
  return without(
    { ...record, mode: urgent, goal: "forward", epoch: record.epoch + 1 },
    "backAt",
    "switchedAt",
    "signersRestartedAt",
    "deployedAt",
  );
}

/** A foreign version may have been read by signers: the drain begins anew, in a new epoch (R14). */
export function withClockRestarted(record: RotationRecord, repair: Repair): RotationRecord {
  return withNewEpoch({ ...record, repairs: [...record.repairs, repair] }, record.epoch + 1);
}

/** The same goal in a higher epoch: fences, a fresh copy to switch to, and a wait that begins anew (R7). */
export function withNewEpoch(record: RotationRecord, epoch: number): RotationRecord {
  return without({ ...record, epoch }, "backAt", "switchedAt", "signersRestartedAt");
}

/**
 * Somebody deleted the new public key, and CloudFront gives no id twice: it is uploaded again under another one. Copies
 * and proofs name the dead id, and signers that were told of it must be told anew: all of it begins again, in a new epoch.
 */
export function withUploadRepeated(record: RotationRecord, repair: Repair): RotationRecord {
  const { new: _new, gone: _gone, ...proofs } = record.proofs;
  return without(
    { ...record, epoch: record.epoch + 1, proofs, repairs: [...record.repairs, repair] },
    "new",
    "switchedAt",
    "signersRestartedAt",
    "deployedAt",
  );
}

function without<Key extends keyof RotationRecord>(
  record: RotationRecord,
  ...fields: readonly Key[]
): RotationRecord {
  const rest: Partial<RotationRecord> = { ...record };
  for (const field of fields) delete rest[field];
  return rest as RotationRecord;
}
