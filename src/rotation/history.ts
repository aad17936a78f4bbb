/**
 * A gate's past rotations, newest first, from the versions of its record. The id of each version shows which one it
 * follows (`register.ts`), so versions that lost a race never count. Secrets Manager keeps 100 versions at most and
 * drops older ones, so the history may not reach back to the first rotation; it says so.
 */
import { isError } from "../errors.ts";
import type { SecretVault, SecretVersionSummary } from "../seams/cloud.ts";
import type { Clock } from "../seams/world.ts";
import type { EpochSeconds, Seconds } from "../time.ts";
import type { Mode } from "./mode.ts";
import type { RotationRecord } from "./record.ts";
import { recordVersionId, registerName, secretRegister } from "./register.ts";

export interface PastRotation {
  readonly rotation: string;
  readonly outcome: "rotated" | "aborted" | "open";
  readonly mode: Mode;
  readonly startedBy: RotationRecord["startedBy"];
  readonly openedAt: EpochSeconds;
  /** Absent while it is open. */
  readonly finishedAt?: EpochSeconds;
  /** From opening to end; while it is open, so far. */
  readonly took: Seconds;
  readonly old: string;
  /** Absent if no key was uploaded. */
  readonly new?: string;
  /** How often keyturn repaired what somebody else broke. */
  readonly repairs: number;
}

/**
 * Why there is nothing older: the gate's first rotation; versions that Secrets Manager removed; or a record that was
 * deleted and began anew.
 */
type HistoryStart = "first" | "pruned" | "begun-anew";

export interface RotationHistory {
  readonly gate: string;
  /** Newest first. */
  readonly rotations: readonly PastRotation[];
  /** How many versions of the record Secrets Manager has. */
  readonly versions: number;
  readonly start: HistoryStart;
  /** Versions between them that are no record: somebody overwrote it. */
  readonly unreadable: number;
}

interface RecordVersion extends SecretVersionSummary {
  readonly text: string;
  /** Absent if it is no record. */
  readonly record?: RotationRecord;
}
type ReadableVersion = RecordVersion & { readonly record: RotationRecord };

/**
 * Undefined for a gate without a record. About three reads a rotation. Throws the vault's errors, ERR_SECRET_FORMAT if
 * AWSCURRENT is no record.
 */
export async function readHistory(
  vault: SecretVault,
  secretId: string,
  clock: Pick<Clock, "now">,
  gate?: string,
): Promise<RotationHistory | undefined> {
  const current = await secretRegister(vault, secretId, gate).read();
  if (current === undefined) return undefined;
  const versions = await RecordVersions.list(vault, registerName(secretId));
  const rotations: PastRotation[] = [];
  let last = await versions.readable(current.versionId);
  let opening = last;
  while (last !== undefined) {
    if (!isStandIn(last.record)) rotations.push(pastRotation(last.record, clock.now()));
    opening = await versions.openingOf(last);
    last = opening && (await versions.before(opening));
  }
  const { count, unreadable } = versions;
  return { gate: current.record.gate, rotations, versions: count, start: startOf(opening), unreadable };
}

/** A record that replaced an unreadable one while nothing was open: not a rotation. */
const isStandIn = ({ old, new: fresh, finished, openedAt }: RotationRecord) =>
  finished?.at === openedAt && old.versionId === fresh?.versionId;

function startOf(opening: ReadableVersion | undefined): HistoryStart {
  if (opening === undefined || !isFollowing("", opening)) return "pruned";
  return opening.record.openedEpoch <= 1 ? "first" : "begun-anew";
}

const isFollowing = (versionId: string, { versionId: own, text }: RecordVersion) =>
  recordVersionId(versionId, text) === own;

/** The versions of one record, read when asked for. */
class RecordVersions {
  readonly #broken = new Set<string>();
  readonly #vault: SecretVault;
  readonly #name: string;
  /** Oldest first. */
  readonly #listed: readonly SecretVersionSummary[];
  readonly #read = new Map<string, Promise<RecordVersion | undefined>>();

  private constructor(vault: SecretVault, name: string, listed: readonly SecretVersionSummary[]) {
    this.#vault = vault;
    this.#name = name;
    this.#listed = listed;
  }

  static async list(vault: SecretVault, name: string): Promise<RecordVersions> {
    const listed: SecretVersionSummary[] = [];
    for await (const version of vault.listVersions(name)) listed.push(version);
    const oldestFirst = listed.toSorted((one, other) => one.createdAt - other.createdAt);
    return new RecordVersions(vault, name, oldestFirst);
  }

  get count(): number {
    return this.#listed.length;
  }

  /** Those that were read and are no record. */
  get unreadable(): number {
    return this.#broken.size;
  }

  async readable(versionId: string): Promise<ReadableVersion | undefined> {
    const version = await this.#version(versionId);
    return version !== undefined && isReadable(version) ? version : undefined;
  }

  /** The oldest version left of this one's rotation. */
  async openingOf(last: ReadableVersion): Promise<ReadableVersion> {
    const { rotation } = last.record;
    let opening = (await this.#firstOf(last.record)) ?? last;
    // Versions of one second may be listed in any order.
    for (let before = await this.before(opening); before?.record.rotation === rotation; ) {
      opening = before;
      before = await this.before(opening);
    }
    return opening;
  }

  async #firstOf({ rotation, openedAt }: RotationRecord): Promise<ReadableVersion | undefined> {
    // Dates are whole seconds, rounded down: a version from the previous rotation may have the same second.
    for (const { versionId, createdAt } of this.#listed) {
      if (createdAt < Math.floor(openedAt)) continue;
      const found = await this.readable(versionId);
      if (found?.record.rotation === rotation) return found;
    }
    return undefined;
  }

  /** The version that this one followed; if that is gone or no record, the newest older one that is readable. */
  async before(version: RecordVersion): Promise<ReadableVersion | undefined> {
    const followed = this.#listed.find(({ versionId }) => isFollowing(versionId, version));
    const found = followed && (await this.#version(followed.versionId));
    if (found !== undefined && isReadable(found)) return found;
    const from = found ?? version;
    if (isFollowing("", version)) return undefined;
    for (const { versionId, createdAt } of this.#listed.toReversed()) {
      if (createdAt >= from.createdAt) continue;
      const older = await this.readable(versionId);
      if (older !== undefined) return older;
    }
    return undefined;
  }

  #version(versionId: string): Promise<RecordVersion | undefined> {
    const read = this.#read.get(versionId) ?? this.#fetch(versionId);
    this.#read.set(versionId, read);
    return read;
  }

  async #fetch(id: string): Promise<RecordVersion | undefined> {
    const { parseRecord } = await import("./read-record.ts");
    try {
      const { versionId, stages, createdAt, value } = await this.#vault.get(this.#name, { versionId: id });
      const text = "text" in value ? value.text.reveal() : "";
      const version = { versionId, stages, createdAt, text };
      try {
        return { ...version, record: parseRecord(text, this.#name) };
      } catch (thrown) {
        if (!isError(thrown, "ERR_SECRET_FORMAT")) throw thrown;
        this.#broken.add(id);
        return version;
      }
    } catch (thrown) {
      // Removed since it was listed.
      if (isError(thrown, "ERR_NOT_FOUND")) return undefined;
      throw thrown;
    }
  }
}

const isReadable = (version: RecordVersion): version is ReadableVersion => version.record !== undefined;

function pastRotation(record: RotationRecord, now: EpochSeconds): PastRotation {
  const { rotation, mode, startedBy, openedAt, finished, repairs } = record;
  return {
    rotation,
    outcome: finished?.outcome ?? "open",
    mode,
    startedBy,
    openedAt,
    finishedAt: finished?.at,
    took: Math.max(0, (finished?.at ?? now) - openedAt),
    old: record.old.keyPairId,
    new: record.new?.keyPairId,
    repairs: repairs.length,
  };
}
