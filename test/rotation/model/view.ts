/** The abstract world as the protocol's own values: what an observation sees of it, and when the next deadline is. */
import { commentWithEpoch } from "../../../src/rotation/group-comment.ts";
import type { Observed } from "../../../src/rotation/observed.ts";
import { AGAIN, keyOfCurrent, MARK, NEW, OTHERS_MARK, type Readable, type State } from "./state.ts";

export function observedOf(read: Readable, sentAt: number, at: number, pins: State["pins"]): Observed {
  return {
    sentAt,
    at,
    groups: read.groups.map(({ items, epoch, other, etag }, index) => ({
      id: String(index),
      name: `g${index}`,
      items,
      comment: commentOf(epoch, other),
      modifiedAt: 0,
      etag: String(etag),
    })),
    current: currentOf(read),
    versions: read.versions.map(({ id, key, at: createdAt }) => ({
      versionId: id,
      stages: Object.entries(pins).flatMap(([label, holder]) => (holder === id ? [label] : [])),
      createdAt,
      ...(id.startsWith("foreign") ? { keyPairId: key } : {}),
    })),
    publicKeys: read.keys.map((id) => ({ id, fingerprint: fingerprintOf(id), name: id })),
    draftFingerprint: NEW,
    replicasInSync: true,
  };
}

/** The same key pair, whatever ID CloudFront gives its public half. */
export const fingerprintOf = (key: string): string => (key === AGAIN ? NEW : key);

export function commentOf(epoch: number, other: number | undefined): string {
  const own = epoch === 0 ? "" : commentWithEpoch("", MARK, epoch);
  return other === undefined ? own : commentWithEpoch(own, OTHERS_MARK, other);
}

export function currentOf(read: Readable): Observed["current"] {
  const key = keyOfCurrent(read);
  const isKnown = read.keys.includes(key);
  return {
    versionId: read.current,
    createdAt: 0,
    fingerprint: fingerprintOf(key),
    ...(isKnown ? { keyPairId: key } : {}),
  };
}

/** The next time at which a decision can change: deadlines, and the second before and after each. */
export function nextTime(state: State): number | undefined {
  const { now, record } = state;
  const { cacheTtl, longestLife, skew, settle } = record.settings;
  const ends: number[] = [];
  for (const sighting of [record.switchedAt, record.backAt]) {
    if (sighting === undefined) continue;
    const end =
      sighting.at +
      (cacheTtl as number) +
      skew +
      (record.mode === "normal" || record.goal === "abort" ? longestLife : 0);
    ends.push(sighting.at + 1, sighting.at + 3, end - 2, end - 1, end, end + 1);
  }
  const known = state.operators.flatMap(({ knows }) => Object.values(knows?.proofs ?? {}));
  for (const proof of [...Object.values(record.proofs), ...known]) {
    if (proof.provenAt === undefined) ends.push(proof.lastAt + 1, proof.lastAt + settle + skew);
  }
  const after = ends.filter((each) => each > now);
  return after.length === 0 ? undefined : Math.min(...after);
}
