/**
 * One consistent observation (R4): record, groups, secret with its version list, and the record again. It starts over if
 * the record changed in between, if a group's Comment or the current version carries a higher epoch than the record, or
 * if the version list and AWSCURRENT disagree: then some read was stale.
 */
import { HaltError, RemoteError } from "../errors.ts";
import type { ControlPlane, SecretVault, SecretVersion, SecretVersionSummary } from "../seams/cloud.ts";
import type { EpochSeconds, Seconds } from "../time.ts";
import type { AwsClock } from "./aws-clock.ts";
import type { Disagreement } from "./disagreement.ts";
import { epochOf, gateMark } from "./group-comment.ts";
import type { KeyCache } from "./key-cache.ts";
import type { Observed, ObservedGroup, ObservedKey, ObservedVersion } from "./observed.ts";
import type { RotationRecord } from "./record.ts";
import type { Register, Registered } from "./register.ts";
import { isForeign } from "./situation.ts";
import { parseVersionId, versionIdOf } from "./version-id.ts";

export interface ObservationSources {
  readonly clock: AwsClock;
  readonly controlPlane: ControlPlane;
  readonly vault: SecretVault;
  readonly register: Register;
  readonly keyCache: KeyCache;
  readonly interrupt: AbortSignal;
  /** Asks the mint endpoint for the key pair ID that it returns; undefined if it cannot be asked. */
  readonly mintedKeyPairId?: (endpoint: string) => Promise<string | undefined>;
  /** Called before each pause that gives reads time to agree. */
  readonly disagrees?: ((disagreement: Disagreement) => void) | undefined;
  /** Called after each observation with this machine's clock error. */
  readonly machineClock?: ((ahead: Seconds | undefined) => void) | undefined;
}

export interface Observation {
  /** Its record includes what the run knows but has not written (`pending-writes.ts`). */
  readonly registered: Registered;
  /** The record as read. */
  readonly written: RotationRecord;
  readonly observed: Observed;
}

/** What a caller knows about the record before reading it. */
export interface KnownRecord {
  readonly isThere?: boolean;
  /** The rotation opened a moment ago. */
  readonly opened?: string | undefined;
}

/** Pauses between attempts, in seconds: a read stays stale for seconds, a minute at worst. */
const PAUSES: readonly Seconds[] = [0, 0.5, 1, 2, 4, 8, 15, 30, 30, 30];
const ALL_PAUSES: Seconds = PAUSES.reduce((sum, pause) => sum + pause, 0);

/**
 * Undefined if the gate has no record. `known`: the caller saw a record, or opened this rotation; reads that find none,
 * or the previous one, count as stale for a while. Throws ERR_REMOTE if the reads never agreed.
 */
export async function observe(
  sources: ObservationSources,
  known: KnownRecord = {},
): Promise<Observation | undefined> {
  const { clock, interrupt, register, disagrees } = sources;
  let since: EpochSeconds | undefined;
  let gate: string | undefined;
  let what = "";
  let ahead: string | undefined;
  let slept: Seconds = 0;
  for (const [tries, pause] of PAUSES.entries()) {
    if (pause > 0) {
      // Counts the pauses: while only the record is read, no CloudFront response advances the rotation's clock.
      since ??= clock.latest();
      disagrees?.({ gate, what, now: since + slept, since, until: since + ALL_PAUSES });
      await clock.sleep(pause, interrupt);
      slept += pause;
    }
    const before = await register.read();
    const older = tries === PAUSES.length - 1 ? undefined : olderThan(known, before?.record);
    if (older !== undefined) {
      what = older;
      continue;
    }
    if (before === undefined) return undefined;
    const observed = await readWorld(sources, before.record);
    const after = await register.read();
    const isMoving = after?.versionId !== before.versionId;
    ahead = isMoving ? undefined : epochAhead(before.record, observed);
    const stale = isMoving ? "the rotation record keeps changing" : (ahead ?? staleness(observed));
    // A finished rotation writes nothing by epoch; the next one continues from the highest epoch seen.
    const isOver = before.record.finished !== undefined && ahead !== undefined && tries === PAUSES.length - 1;
    if (stale === undefined || isOver) {
      sources.machineClock?.(clock.machineAhead());
      const observation = { ...observed, contradiction: clock.contradiction() };
      return { registered: before, written: before.record, observed: observation };
    }
    gate = before.record.gate;
    what = stale;
  }
  if (ahead !== undefined) throw aheadHalt(gate ?? "", ahead);
  throw new RemoteError("ERR_REMOTE", `AWS's responses do not agree: ${what}`, [
    `keyturn rotate status --gate ${gate}`,
    `keyturn rotate resume --gate ${gate} --wait`,
  ]);
}

/** Why this record (or its absence) must be older than the one the caller knows; undefined if it need not be. */
function olderThan({ isThere, opened }: KnownRecord, record: RotationRecord | undefined): string | undefined {
  if (record === undefined) {
    return isThere || opened !== undefined
      ? "the rotation record is not found, but it existed before"
      : undefined;
  }
  if (opened === undefined || record.rotation === opened || record.finished === undefined) return undefined;
  return `the rotation record is for ${record.rotation}, but ${opened} was opened`;
}

/** What carries a higher epoch of this gate than the record: the read was stale, or a newer record is gone. */
function epochAhead(record: RotationRecord, { groups, current }: Observed): string | undefined {
  const { epoch, mark } = record;
  const behind = `, the record only epoch ${epoch}`;
  const ahead = groups.find(({ comment }) => epochOf(comment, mark) > epoch);
  if (ahead !== undefined) {
    return `the Comment of key group ${ahead.name} has epoch ${epochOf(ahead.comment, mark)}${behind}`;
  }
  const signing = parseVersionId(current.versionId)?.epoch ?? 0;
  return signing > epoch ? `AWSCURRENT has epoch ${signing}${behind}` : undefined;
}

/** No read stays stale that long: only a person can decide that the record should step up. */
function aheadHalt(gate: string, ahead: string): HaltError {
  return new HaltError(
    "ERR_HALTED",
    `${ahead}: the Comment was copied, or an older record was put back; the record must move to a higher epoch to continue`,
    [`keyturn rotate amend --gate ${gate}`],
  );
}

/** Why these reads are inconsistent; undefined if they are consistent. */
function staleness({ current, versions }: Observed): string | undefined {
  const listed = versions.find(({ stages }) => stages.includes("AWSCURRENT"));
  if (listed?.versionId !== current.versionId) return "the version list and AWSCURRENT differ";
  return undefined;
}

async function readWorld(sources: ObservationSources, record: RotationRecord): Promise<Observed> {
  const { clock, controlPlane, keyCache } = sources;
  const sentAt = clock.now();
  const [groups, publicKeys, secret, mintedKeyPairId] = await Promise.all([
    Promise.all(record.groups.map((id) => readGroup(controlPlane, id))),
    readKeys(sources),
    readSecret(sources, record),
    askMint(sources, record),
  ]);
  const current = keyCache.asSignersUse(secret.current, record.settings, publicKeys);
  const versions = secret.versions.map((each): ObservedVersion => {
    const value = secret.foreign.get(each.versionId);
    const keyPairId = value && keyCache.asSignersUse(value, record.settings, publicKeys).keyPairId;
    return { ...each, keyPairId };
  });
  return {
    sentAt,
    at: clock.latest(),
    machineAhead: clock.machineAhead(),
    groups,
    current,
    versions,
    publicKeys,
    managedRotation: secret.managedRotation,
    replicasInSync: secret.replicasInSync,
    mark: gateMark(secret.current.arn),
    failedReplica: secret.failedReplica,
    draftFingerprint: secret.draftFingerprint,
    mintedKeyPairId,
  };
}

async function readGroup(controlPlane: ControlPlane, id: string): Promise<ObservedGroup> {
  const { value, etag } = await controlPlane.getKeyGroup(id);
  return { ...value, etag };
}

async function readKeys({ controlPlane, keyCache }: ObservationSources): Promise<readonly ObservedKey[]> {
  const keys: ObservedKey[] = [];
  for await (const key of controlPlane.listPublicKeys()) {
    keys.push(keyCache.publicKey(key));
  }
  return keys;
}

/** The version list first, then AWSCURRENT: a version listed as current before ours is no longer current. */
async function readSecret({ vault, keyCache }: ObservationSources, record: RotationRecord) {
  const { secret } = record.settings;
  const versions: SecretVersionSummary[] = [];
  for await (const version of vault.listVersions(secret.id)) versions.push(version);
  const current = await vault.get(secret.id, { stage: "AWSCURRENT" });
  const draftId = versionIdOf({ rotation: record.rotation, epoch: record.openedEpoch, role: "draft" });
  const hasDraft = record.new === undefined && versions.some(({ versionId }) => versionId === draftId);
  const draft = hasDraft ? await vault.get(secret.id, { versionId: draftId }) : undefined;
  const foreign = new Map<string, SecretVersion>();
  for (const { versionId, createdAt } of versions) {
    const isRecent = createdAt >= record.openedAt - record.settings.skew;
    if (!isRecent || !isForeign({ record }, versionId)) continue;
    foreign.set(versionId, await vault.get(secret.id, { versionId }));
  }
  const isReplicaReadDue =
    record.goal === "forward" ? record.switchedAt === undefined : record.backAt === undefined;
  const described = await vault.describe(secret.id);
  const replicas = isReplicaReadDue ? described.replicas : [];
  const home = current.arn.split(":")[3];
  const lacking = (record.settings.regions ?? []).find(
    (region) => isReplicaReadDue && region !== home && !replicas.some((each) => each.region === region),
  );
  const failed =
    replicas.find(({ status }) => status === "Failed") ??
    (lacking === undefined ? undefined : { region: lacking, message: "there is none" });
  return {
    versions,
    current,
    foreign,
    draftFingerprint: draft && keyCache.version(draft, record.settings)?.fingerprint,
    managedRotation: described.rotationEnabled,
    replicasInSync: replicas.every(({ status }) => status === "InSync"),
    failedReplica: failed && { region: failed.region, reason: failed.message ?? "no reason given" },
  };
}

function askMint(
  { mintedKeyPairId }: ObservationSources,
  record: RotationRecord,
): Promise<string | undefined> | undefined {
  const { mintEndpoint, keyPairId } = record.settings;
  const isUndecided =
    record.goal === "forward"
      ? record.oldMayGo === undefined
      : keyPairId === "external" && record.backAt === undefined;
  const isOfUse = isUndecided && record.newMaySign !== undefined;
  return isOfUse && mintEndpoint !== undefined ? mintedKeyPairId?.(mintEndpoint) : undefined;
}
