/** Whether viewers are being denied right now, since when, and who caused it, as far as AWS shows. Pure. */
import type { EpochSeconds } from "../time.ts";
import type { ObservedGroup } from "./observed.ts";
import { isForeign, neededIds, type Situation } from "./situation.ts";
import { parseVersionId } from "./version-id.ts";

export interface Outage {
  /** Who is denied and why, in one sentence. */
  readonly says: string;
  /** Time of the latest write that can have caused it; absent if AWS dates none. */
  readonly since?: EpochSeconds;
  /** Whose write it was, if AWS shows it, and where to look. */
  readonly by: string;
}

const TRAIL = "CloudTrail names the caller";

/** Undefined as long as every signer's key and every unexpired cookie's key is trusted. */
export function outageOf(situation: Situation): Outage | undefined {
  const { record, observed } = situation;
  const { keyPairId, versionId } = observed.current;
  const untrusting = observed.groups.filter(
    ({ items }) => keyPairId === undefined || !items.includes(keyPairId),
  );
  if (untrusting.length > 0) return ofSigning(situation, untrusting);
  if (record.finished !== undefined) return undefined;
  const needed = neededIds(situation);
  for (const group of observed.groups) {
    const missing = needed.filter((id) => !group.items.includes(id));
    if (missing.length === 0) continue;
    const held = `key group ${group.name} lacks ${missing.join(" and ")}`;
    return {
      says: `viewers with an unexpired cookie are being denied: ${held}`,
      since: group.modifiedAt,
      by: `${group.name} was last written at that time; AWSCURRENT (${versionId}) is trusted; ${TRAIL} (UpdateKeyGroup)`,
    };
  }
  return undefined;
}

function ofSigning({ record, observed }: Situation, untrusting: readonly ObservedGroup[]): Outage {
  const { current } = observed;
  const { keyPairId, versionId, createdAt } = current;
  const names = untrusting.map(({ name }) => name).join(", ");
  const held =
    keyPairId ?? (current.fingerprint === undefined ? "no readable key" : "a key that is not uploaded");
  const says = `viewers who mint now are being denied: AWSCURRENT (${versionId}) holds ${held}, which key group ${names} does not trust`;
  if (isForeign({ record }, versionId)) {
    const since = Math.max(createdAt, ...untrusting.map(({ modifiedAt }) => modifiedAt));
    const isGroupLater = since > createdAt;
    const what = isGroupLater ? "UpdateKeyGroup" : "PutSecretValue, UpdateSecretVersionStage";
    return { says, since, by: `version ${versionId} is not keyturn's; ${TRAIL} (${what})` };
  }
  // keyturn's version or the original one: either its key left a group, or AWSCURRENT was moved, which has no date.
  const whose =
    parseVersionId(versionId) === undefined
      ? "the version that preceded the rotation"
      : "keyturn's own version";
  return {
    says,
    since: Math.max(...untrusting.map(({ modifiedAt }) => modifiedAt)),
    by: `AWSCURRENT is on ${whose}; the key group was last written at that time; ${TRAIL} (UpdateKeyGroup, UpdateSecretVersionStage)`,
  };
}
