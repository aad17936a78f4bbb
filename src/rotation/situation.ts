/** An observation interpreted for a record: the questions that the rules of `next-action.ts` ask. Pure. */
import type { EpochSeconds } from "../time.ts";
import { epochOf } from "./group-comment.ts";
import type { Observed, ObservedGroup, ObservedVersion } from "./observed.ts";
import { type ConfirmedRead, goalRole, type RotationRecord } from "./record.ts";
import { LABEL, parseVersionId, versionIdOf } from "./version-id.ts";

export interface Situation {
  readonly record: RotationRecord;
  readonly observed: Observed;
  readonly now: EpochSeconds;
  /** The new key's id: as recorded, or found by the draft's fingerprint before it is. */
  readonly newId: string | undefined;
  readonly oldId: string;
}

export function situationOf(record: RotationRecord, observed: Observed, now: EpochSeconds): Situation {
  const fingerprint = record.new?.fingerprint ?? observed.draftFingerprint;
  const newId =
    record.new?.keyPairId ?? observed.publicKeys.find((key) => key.fingerprint === fingerprint)?.id;
  return { record, observed, now, newId, oldId: record.old.keyPairId };
}

/** Does the public key exist? Only then can a group trust it. */
export function publicKeyExists({ observed }: Situation, keyPairId: string | undefined): keyPairId is string {
  return keyPairId !== undefined && observed.publicKeys.some(({ id }) => id === keyPairId);
}

export function isTrustedEverywhere({ observed }: Situation, keyPairId: string | undefined): boolean {
  return keyPairId !== undefined && observed.groups.every(({ items }) => items.includes(keyPairId));
}

/** Does AWSCURRENT hold this key, in whatever version? */
export function isSigning({ observed }: Situation, keyPairId: string | undefined): boolean {
  return keyPairId !== undefined && observed.current.keyPairId === keyPairId;
}

/** This epoch's copy of a key: the only version that AWSCURRENT is moved to in this epoch (R2). */
export function copyId({ record }: Situation, role: "new" | "old"): string {
  return versionIdOf({ rotation: record.rotation, epoch: record.epoch, role });
}

export function isCurrent(situation: Situation, role: "new" | "old"): boolean {
  return situation.observed.current.versionId === copyId(situation, role);
}

export function hasVersion({ observed }: Situation, versionId: string): boolean {
  return observed.versions.some((each) => each.versionId === versionId);
}

/** The version that holds a label. */
export function versionLabelled({ observed }: Situation, label: string): ObservedVersion | undefined {
  return observed.versions.find(({ stages }) => stages.includes(label));
}

/** Does this version hold the key of `role`, as far as this rotation wrote or found it? The draft has no key pair ID yet. */
export function holdsKey({ record }: Situation, role: "new" | "old", versionId: string): boolean {
  if (role === "old" && versionId === record.old.versionId) return true;
  const own = parseVersionId(versionId);
  return own?.rotation === record.rotation && (own.role === role || (role === "new" && own.role === "draft"));
}

/** A version that this rotation wrote or pinned and that holds the key of `role`. */
export function sourceOf(situation: Situation, role: "new" | "old"): string | undefined {
  const { observed } = situation;
  const holds = (versionId: string) => holdsKey(situation, role, versionId);
  const pinned = versionLabelled(situation, LABEL[role])?.versionId;
  if (pinned !== undefined && holds(pinned)) return pinned;
  return observed.versions.findLast(({ versionId }) => holds(versionId))?.versionId;
}

/** Groups not yet written in this epoch: a write of an earlier epoch may still be in flight to them. */
export function unfenced({ record, observed }: Situation): readonly ObservedGroup[] {
  return observed.groups.filter(({ comment }) => epochOf(comment, record.mark) < record.epoch);
}

/** Neither one of keyturn's versions nor the one that was current when the rotation opened. */
export function isForeign({ record }: Pick<Situation, "record">, versionId: string): boolean {
  return versionId !== record.old.versionId && parseVersionId(versionId) === undefined;
}

/** Foreign versions that signers may have read since the confirmed read (R10, R14). */
export function foreignSince(situation: Situation, confirmedRead: ConfirmedRead): readonly ObservedVersion[] {
  const from = confirmedRead.sentAt - situation.record.settings.skew;
  return situation.observed.versions.filter(
    ({ versionId, createdAt }) =>
      isForeign(situation, versionId) && createdAt >= from && !confirmedRead.known.includes(versionId),
  );
}

/** The read that showed AWSCURRENT on the goal's copy: `switchedAt` going forward, `backAt` going back. */
export function confirmedReadOf(record: RotationRecord): ConfirmedRead | undefined {
  return record.goal === "forward" ? record.switchedAt : record.backAt;
}

/** Does the confirmed read still hold: AWSCURRENT on this epoch's copy, nothing foreign since? */
export function isUndisturbed(situation: Situation): boolean {
  const confirmedRead = confirmedReadOf(situation.record);
  return (
    confirmedRead !== undefined &&
    isCurrent(situation, goalRole(situation.record)) &&
    foreignSince(situation, confirmedRead).length === 0
  );
}

/**
 * When the last cookie of the other key expires: the last signer on the goal's key, plus the longest life and the skew.
 * Undefined while unknown. Mode compromised does not wait for cookies, cut-now does not wait for caches either.
 */
export function drainEnd(record: RotationRecord): EpochSeconds | undefined {
  const confirmedRead = confirmedReadOf(record);
  if (confirmedRead === undefined) return undefined;
  const { cacheTtl, longestLife, skew } = record.settings;
  const isUrgent = record.goal === "forward" && record.mode !== "normal";
  if (isUrgent && record.mode === "cut-now") return confirmedRead.at;
  const life = isUrgent ? 0 : longestLife;
  if (cacheTtl !== "until-restart") return confirmedRead.at + cacheTtl + life + skew;
  const { signersRestartedAt } = record;
  if (signersRestartedAt === undefined || signersRestartedAt < confirmedRead.at) return undefined;
  return signersRestartedAt + life + skew;
}

/** The whole drain guard: an undisturbed confirmed read and the time since. */
export function isDrained(situation: Situation): boolean {
  const end = drainEnd(situation.record);
  return end !== undefined && situation.now >= end && isUndisturbed(situation);
}

/** May any signer hold the new key, or have held it (R13)? */
export function mayNewHaveSigned(situation: Situation): boolean {
  const { record, observed, newId } = situation;
  if (record.newMaySign !== undefined || isSigning(situation, newId)) return true;
  return (
    newId !== undefined &&
    observed.versions.some((each) => each.keyPairId === newId && isForeign(situation, each.versionId))
  );
}

/** The ids that every group must hold now, because a signer or an unexpired cookie may use them. */
export function neededIds(situation: Situation): readonly string[] {
  const { record, newId, oldId } = situation;
  const needed: string[] = [];
  if (record.goal === "forward") {
    // R17: in an emergency the old id is never put back.
    const oldMayBeGone = record.mode !== "normal" || (record.oldMayGo !== undefined && isDrained(situation));
    if (!oldMayBeGone && publicKeyExists(situation, oldId)) needed.push(oldId);
    if (mayNewHaveSigned(situation) && publicKeyExists(situation, newId)) needed.push(newId);
  } else {
    if (publicKeyExists(situation, oldId)) needed.push(oldId);
    if (mayNewHaveSigned(situation) && publicKeyExists(situation, newId) && !isDrained(situation))
      needed.push(newId);
  }
  return needed;
}
