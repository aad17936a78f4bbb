/** Commands that end an outage if no rotation is open to repair it: conditional writes with AWS's own CLI. Pure. */
import { shellWord } from "../text/shell-word.ts";
import type { Observed, ObservedGroup } from "./observed.ts";
import type { RotationRecord } from "./record.ts";
import { holdsKey, situationOf } from "./situation.ts";

/** Conditional on the ETag that was read: fails if somebody changed the group since. */
export function updateGroupCommand(group: ObservedGroup, items: readonly string[]): string {
  const { id, etag, name, comment } = group;
  const config = JSON.stringify({ Name: name, Items: items, Comment: comment });
  return `aws cloudfront update-key-group --id ${id} --if-match ${etag} --key-group-config ${shellWord(config)}`;
}

/** AWS refuses it if AWSCURRENT moved since it was read. */
function moveCurrentCommand(secretId: string, from: string, to: string): string {
  return `aws secretsmanager update-secret-version-stage --secret-id ${shellWord(secretId)} --version-stage AWSCURRENT --move-to-version-id ${to} --remove-from-version-id ${from}`;
}

/** For a finished rotation whose key no longer signs or is no longer trusted. Empty if neither can be put back. */
export function wayBack(record: RotationRecord, observed: Observed): readonly string[] {
  const { current, groups, publicKeys, versions } = observed;
  const role = record.finished?.outcome === "aborted" ? "old" : "new";
  const own = record[role]?.keyPairId;
  if (own === undefined || !publicKeys.some(({ id }) => id === own)) return [];
  const lines = groups
    .filter(({ items }) => !items.includes(own))
    .map((group) => updateGroupCommand(group, [...group.items, own]));
  if (current.keyPairId === own) return lines;
  const situation = situationOf(record, observed, observed.at);
  const version = versions.findLast(
    ({ versionId }) => holdsKey(situation, role, versionId) && !versionId.endsWith("-draft"),
  );
  if (version === undefined) return lines;
  return [...lines, moveCurrentCommand(record.settings.secret.id, current.versionId, version.versionId)];
}
