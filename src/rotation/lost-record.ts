/**
 * A rotation whose record is gone, recognized by its traces: versions and labels of the secret, names of public keys, the
 * groups' Comments. Pure. `rebuild-record.ts` turns them into a record again.
 */

import type { SecretVersionSummary } from "../seams/cloud.ts";
import { highestEpochOf } from "./group-comment.ts";
import { gateOfKeyName, rotationOfKeyName } from "./leftovers.ts";
import type { CurrentVersion, ObservedGroup, ObservedKey } from "./observed.ts";
import { LABEL, parseVersionId } from "./version-id.ts";

export interface Traces {
  readonly gate: string;
  /** The gate's mark in Comments. */
  readonly mark: string;
  readonly groups: readonly Pick<ObservedGroup, "id" | "name" | "items" | "comment">[];
  readonly versions: readonly SecretVersionSummary[];
  readonly publicKeys: readonly Pick<ObservedKey, "id" | "name">[];
  readonly current: Pick<CurrentVersion, "versionId" | "keyPairId">;
}

export interface LostRecord {
  /** The highest epoch found anywhere. */
  readonly epoch: number;
  /** The traces of a record, one per line. */
  readonly evidence: readonly string[];
  /** The rotation that was open, if it left anything to continue with. */
  readonly open?: {
    readonly rotation: string;
    readonly openedEpoch: number;
    /** The version that holds the new key. */
    readonly newVersionId: string;
    /** The version that holds the old key. */
    readonly oldVersionId: string;
    /** AWSCURRENT is on the new key: the old one may be out of the key groups already. */
    readonly isSwitched: boolean;
  };
}

/** For a gate without a record. Undefined without a sign that keyturn ever rotated it; a Comment alone may be a copy. */
export function lostRecord(traces: Traces): LostRecord | undefined {
  const { gate, mark, groups, versions, publicKeys, current } = traces;
  const own = versions.flatMap(({ versionId }) => parseVersionId(versionId) ?? []);
  const labelled = [LABEL.new, LABEL.old].flatMap((label) => {
    const holder = versions.find(({ stages }) => stages.includes(label));
    return holder === undefined ? [] : [{ label, versionId: holder.versionId }];
  });
  const uploaded = publicKeys.filter(
    ({ name }) => rotationOfKeyName(name) !== undefined && gateOfKeyName(name, [gate]) === gate,
  );
  if (own.length === 0 && labelled.length === 0 && uploaded.length === 0) return undefined;
  const commented = groups.filter(({ comment }) => highestEpochOf(comment, mark) > 0);
  const epochs = [
    ...own.map(({ epoch }) => epoch),
    ...commented.map(({ comment }) => highestEpochOf(comment, mark)),
  ];
  const signing =
    parseVersionId(current.versionId) === undefined ? [] : [`AWSCURRENT is ${current.versionId}`];
  const open = openOf(traces, uploaded);
  return {
    epoch: Math.max(0, ...epochs),
    evidence: [
      ...signing,
      ...labelled.map(({ label, versionId }) => `label ${label} on version ${versionId}`),
      ...uploaded.map(({ id, name }) => `public key ${id} (${name})`),
      ...commented.map(
        ({ name, comment }) => `key group ${name}: Comment of epoch ${highestEpochOf(comment, mark)}`,
      ),
    ],
    open,
  };
}

/** Its new key is labeled, or uploaded and not the only one that signs. */
function openOf(
  { versions, current, groups }: Traces,
  uploaded: readonly Pick<ObservedKey, "id" | "name">[],
): LostRecord["open"] {
  const holderOf = (label: string) => versions.find(({ stages }) => stages.includes(label))?.versionId;
  const labelled = parseVersionId(holderOf(LABEL.new) ?? "")?.rotation;
  const left = uploaded.find(
    ({ id }) => id !== current.keyPairId || groups.some(({ items }) => !items.includes(id)),
  );
  const rotation = labelled ?? (left && rotationOfKeyName(left.name));
  const ours = versions
    .map(({ versionId }) => ({ versionId, own: parseVersionId(versionId) }))
    .filter(({ own }) => own !== undefined && own.rotation === rotation);
  const fresh =
    ours.findLast(({ own }) => own?.role === "new") ?? ours.find(({ own }) => own?.role === "draft");
  if (rotation === undefined || fresh === undefined) return undefined;
  const isNew = (versionId: string) =>
    ours.some((each) => each.versionId === versionId && each.own?.role !== "old");
  const oldVersionId = [
    holderOf(LABEL.old),
    ours.findLast(({ own }) => own?.role === "old")?.versionId,
    current.versionId,
    holderOf("AWSPREVIOUS"),
  ].find((versionId) => versionId !== undefined && !isNew(versionId));
  if (oldVersionId === undefined) return undefined;
  const draft = ours.find(({ own }) => own?.role === "draft") ?? ours[0];
  return {
    rotation,
    openedEpoch: draft?.own?.epoch ?? 1,
    newVersionId: fresh.versionId,
    oldVersionId,
    isSwitched: isNew(current.versionId),
  };
}
