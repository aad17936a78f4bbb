/** A quota exhausted during a rotation: what fills it, and the commands that make room. Reads only. */
import { DEFAULT_QUOTA } from "../keys/account-keys.ts";
import type { DriveTools } from "./drive.ts";
import type { ObservedGroup } from "./observed.ts";
import type { RotationRecord } from "./record.ts";

/** In order: an explanation, then what to type. Only people know which key can be deleted. */
export async function roomHints(
  { controlPlane, register }: Pick<DriveTools, "controlPlane" | "register">,
  gate: string,
): Promise<readonly string[]> {
  const record = (await register.read())?.record;
  if (record === undefined) return [`keyturn keys list --gate ${gate}`];
  const read = await Promise.all(record.groups.map((id) => controlPlane.getKeyGroup(id)));
  const full = read
    .map(({ value, etag }) => ({ ...value, etag }))
    .filter(({ items }) => items.length >= DEFAULT_QUOTA.keysPerGroup);
  const lines = full.length > 0 ? full.flatMap((group) => groupHints(group, record)) : accountHints(gate);
  const mayGiveUp = record.goal === "forward" && record.newMaySign === undefined;
  return mayGiveUp ? [...lines, `keyturn rotate abort --gate ${gate}`] : lines;
}

function groupHints(group: ObservedGroup, record: RotationRecord): readonly string[] {
  const needed = [record.old.keyPairId, record.new?.keyPairId];
  const others = group.items.filter((id) => !needed.includes(id));
  const newest = others.at(-1);
  if (newest === undefined) return [];
  return [
    `key group ${group.name} is full; besides this rotation's keys it holds ${others.join(", ")}: remove one that no longer signs anything, for example the last one:`,
    `keyturn keys untrust ${newest} --group ${group.id}`,
  ];
}

function accountHints(gate: string): readonly string[] {
  return [
    "the account's public key quota is used up: delete a key that no longer signs anything",
    `keyturn keys list --gate ${gate}`,
    `keyturn keys prune --gate ${gate}`,
  ];
}
