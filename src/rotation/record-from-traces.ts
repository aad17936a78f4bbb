/** Reads a rotation's traces and composes a record from them, for a gate whose own is gone or unreadable. */
import type { Gate } from "../gates/gate.ts";
import type { KeyType } from "../keys/key-pair.ts";
import { parseSecretValue } from "../keys/secret-value.ts";
import type { SecretVersion, SecretVersionSummary } from "../seams/cloud.ts";
import { type EpochSeconds, formatInstant } from "../time.ts";
import type { DriveTools } from "./drive.ts";
import { gateMark } from "./group-comment.ts";
import type { LostRecord, Traces } from "./lost-record.ts";
import type { ObservedGroup, ObservedKey } from "./observed.ts";
import type { RotationRecord } from "./record.ts";
import { settingsOf } from "./settings.ts";
import { parseVersionId } from "./version-id.ts";

type Tools = Pick<DriveTools, "controlPlane" | "vault" | "keyCache" | "clock">;

export interface FoundTraces {
  readonly traces: Traces;
  readonly publicKeys: readonly ObservedKey[];
  readonly versions: readonly SecretVersionSummary[];
}

export async function readTraces({ controlPlane, vault, keyCache }: Tools, gate: Gate): Promise<FoundTraces> {
  const settings = settingsOf(gate, "rsa-2048");
  const [groups, publicKeys, versions, current] = await Promise.all([
    Promise.all(gate.keyGroups.map((id) => controlPlane.getKeyGroup(id))),
    all(controlPlane.listPublicKeys()),
    all(vault.listVersions(gate.secret.id)),
    vault.get(gate.secret.id, { stage: "AWSCURRENT" }),
  ]);
  const keys = publicKeys.map((key) => keyCache.publicKey(key));
  const traces = {
    gate: gate.name,
    mark: gateMark(current.arn),
    groups: groups.map(({ value }) => value),
    versions,
    publicKeys: keys,
    current: keyCache.asSignersUse(current, settings, keys),
  };
  return { traces, publicKeys: keys, versions };
}

/** Reads what the traces point to, and composes the record. */
export async function recordFrom(
  { vault, keyCache, clock, controlPlane }: Tools,
  gate: Gate,
  lost: OpenTraces,
  found: Pick<FoundTraces, "publicKeys" | "versions"> & Pick<RotationRecord, "mode"> & Rebuilder,
): Promise<RotationRecord> {
  const { newVersionId, oldVersionId } = lost.open;
  const { publicKeys, versions, rebuiltBy, mode } = found;
  const read = (versionId: string) => vault.get(gate.secret.id, { versionId });
  const [fresh, old] = await Promise.all([read(newVersionId), read(oldVersionId)]);
  const settings = settingsOf(gate, keyTypeIn(fresh, gate));
  const oldKey = keyCache.version(old, settings);
  const freshKey = keyCache.version(fresh, settings);
  const now = clock.now();
  const groups = await Promise.all(gate.keyGroups.map((id) => controlPlane.getKeyGroup(id)));
  const attached = await Promise.all(
    gate.keyGroups.map((id) => all(controlPlane.listDistributionsByKeyGroup(id))),
  );
  return composedRecord(lost, {
    gate: gate.name,
    mode,
    mark: gateMark(old.arn),
    groups: groups.map(({ value }) => value),
    versions,
    old: { ...oldKey, trustedAs: keyCache.asSignersUse(old, settings, publicKeys).keyPairId },
    fresh: freshKey && {
      fingerprint: freshKey.fingerprint,
      keyPairId: publicKeys.find((each) => each.fingerprint === freshKey.fingerprint)?.id,
    },
    distributions: [...new Set(attached.flat())].sort(),
    rebuiltBy,
    settings,
    now,
  });
}

type OpenTraces = LostRecord & { readonly open: NonNullable<LostRecord["open"]> };

/** Who opened the rotation is unknown; who rebuilds its record is known. */
export interface Rebuilder {
  readonly rebuiltBy: Omit<NonNullable<RotationRecord["rebuilt"]>, "at">;
}

/** What the traces of an open rotation point at. */
export interface TracedRotation
  extends Pick<RotationRecord, "gate" | "mark" | "mode" | "distributions" | "settings">,
    Rebuilder {
  readonly groups: readonly Pick<ObservedGroup, "id" | "items">[];
  readonly versions: readonly SecretVersionSummary[];
  /** The key in the old version; `trustedAs`: the public key it signs for, if that still exists. */
  readonly old: {
    readonly fingerprint?: string | undefined;
    readonly keyPairId?: string | undefined;
    readonly trustedAs: string | undefined;
  };
  /** The key in the new version, and its public key if that exists; undefined if it cannot be read. */
  readonly fresh: { readonly fingerprint: string; readonly keyPairId: string | undefined } | undefined;
  readonly now: EpochSeconds;
}

/**
 * Assumes nothing that it cannot see: whatever the record leaves out is proven, waited for and written again. Pure,
 * because the model searches it.
 */
export function composedRecord(lost: OpenTraces, traced: TracedRotation): RotationRecord {
  const { rotation, openedEpoch, newVersionId, oldVersionId } = lost.open;
  const { groups, versions, old, fresh, now } = traced;
  const oldId = old.trustedAs;
  const newId = fresh?.keyPairId;
  const isOldTrusted = groups.every(({ items }) => oldId !== undefined && items.includes(oldId));
  // A key that no group ever trusted was never given to signers.
  const mayHaveSigned =
    newId !== undefined &&
    (groups.some(({ items }) => items.includes(newId)) || wasCurrent(rotation, versions));
  // The one update that replaces old by new may be in flight: from then on cut-now cannot be aborted.
  const isCut = traced.mode === "cut-now" && newId !== undefined;
  return {
    version: 1,
    gate: traced.gate,
    rotation,
    goal: "forward",
    mode: traced.mode,
    epoch: lost.epoch + 1,
    openedEpoch,
    openedAt: begun(rotation, versions, now),
    startedBy: {},
    rebuilt: { at: now, ...traced.rebuiltBy },
    old: {
      keyPairId: oldId ?? old.keyPairId ?? "unknown",
      fingerprint: old.fingerprint ?? "unreadable",
      versionId: oldVersionId,
    },
    new:
      newId === undefined || fresh === undefined
        ? undefined
        : { keyPairId: newId, fingerprint: fresh.fingerprint, versionId: newVersionId },
    newMaySign: mayHaveSigned || isCut ? now : undefined,
    oldMayGo: isOldTrusted && !isCut ? undefined : now,
    // A deleted public key cannot be trusted again.
    noReturn: oldId === undefined ? now : undefined,
    groups: groups.map(({ id }) => id),
    mark: traced.mark,
    distributions: traced.distributions,
    proofs: {},
    repairs: [],
    settings: traced.settings,
  };
}

function wasCurrent(rotation: string, versions: readonly SecretVersionSummary[]): boolean {
  return versions.some(({ versionId, stages }) => {
    const own = parseVersionId(versionId);
    const isFresh = own?.rotation === rotation && own.role !== "old";
    return isFresh && (stages.includes("AWSCURRENT") || stages.includes("AWSPREVIOUS"));
  });
}

/** Versions created by others since then count as foreign. */
function begun(rotation: string, versions: readonly SecretVersionSummary[], now: EpochSeconds): EpochSeconds {
  const ours = versions.filter(({ versionId }) => parseVersionId(versionId)?.rotation === rotation);
  return Math.min(now, ...ours.map(({ createdAt }) => createdAt));
}

function keyTypeIn({ value }: SecretVersion, gate: Gate): KeyType {
  const { privateKey } = parseSecretValue(value, gate.secret);
  return privateKey.asymmetricKeyType === "ec" ? "ecdsa-p256" : "rsa-2048";
}

/**
 * Replaces an unreadable record if no rotation is open: a finished record, so that the next rotation can begin. It holds
 * only the key that signs now and the highest epoch.
 */
export async function closedRecord(
  { vault, keyCache, clock }: Tools,
  gate: Gate,
  epoch: number,
  found: Pick<FoundTraces, "publicKeys"> & Rebuilder,
): Promise<RotationRecord> {
  const version = await vault.get(gate.secret.id, { stage: "AWSCURRENT" });
  const settings = settingsOf(gate, "rsa-2048");
  const { keyPairId = "unknown", fingerprint = "unreadable" } = keyCache.asSignersUse(
    version,
    settings,
    found.publicKeys,
  );
  const now = clock.now();
  const { versionId } = version;
  const key = { keyPairId, fingerprint, versionId };
  const day = formatInstant(now).slice(0, 10).replaceAll("-", "");
  return {
    version: 1,
    gate: gate.name,
    rotation: parseVersionId(versionId)?.rotation ?? `${day}-000000`,
    goal: "forward",
    mode: "normal",
    epoch,
    openedEpoch: epoch,
    openedAt: now,
    startedBy: {},
    rebuilt: { at: now, ...found.rebuiltBy },
    old: key,
    new: key,
    groups: gate.keyGroups,
    mark: gateMark(version.arn),
    distributions: [],
    proofs: {},
    repairs: [],
    settings,
    finished: { at: now, outcome: "rotated" },
  };
}

async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}
