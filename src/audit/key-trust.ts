/** Trusting a public key in key groups, or removing it from them: what would change, and reasons to refuse it. */
import { ConflictError } from "../errors.ts";
import type { Gate } from "../gates/gate.ts";
import { type AccountKey, type AccountKeys, DEFAULT_QUOTA, findNamed } from "../keys/account-keys.ts";
import { changeKeyGroup } from "../keys/key-group.ts";
import type { RotationRecord } from "../rotation/record.ts";
import type { CloudOptions, ControlPlane, KeyGroup } from "../seams/cloud.ts";
import type { World } from "../seams/world.ts";
import { type KeyMention, type KeyUse, openRotationsOn, readAllMentions, usesOf } from "./key-uses.ts";

export type TrustChange = "trust" | "untrust";

export interface TrustPlan {
  readonly change: TrustChange;
  readonly key: AccountKey;
  /** All requested groups. */
  readonly groups: readonly KeyGroup[];
  /** Those that a write has to change. */
  readonly changing: readonly KeyGroup[];
}

/** `groups`: IDs, starts of IDs, or names. Throws ERR_NOT_FOUND. */
export function planTrust(
  change: TrustChange,
  request: { readonly key: string; readonly groups: readonly string[] },
  account: AccountKeys,
): TrustPlan {
  const key = findNamed(account.keys, request.key, "public key");
  const found = request.groups.map((group) => findNamed(account.groups, group, "key group"));
  const groups = [...new Map(found.map((group) => [group.id, group])).values()];
  const changing = groups.filter(({ items }) => items.includes(key.id) !== (change === "trust"));
  return { change, key, groups, changing };
}

/**
 * The group's keys after the change; undefined if there is nothing to do. Throws ERR_QUOTA for a full group, ERR_REFUSED
 * for a group's last key: CloudFront keeps no empty group, and an emptied one would deny everybody.
 */
function itemsAfter(
  change: TrustChange,
  id: string,
  { items, name, id: group }: KeyGroup,
): string[] | undefined {
  if (items.includes(id) === (change === "trust")) return undefined;
  if (change === "trust") {
    if (items.length < DEFAULT_QUOTA.keysPerGroup) return [...items, id];
    throw new ConflictError(
      "ERR_QUOTA",
      `key group ${name} (${group}) is full: it holds ${items.length} of ${DEFAULT_QUOTA.keysPerGroup} keys`,
      [
        "to make room, untrust a key that no longer signs anything; to see what uses each key:",
        "keyturn keys list",
        `keyturn keys untrust ID --group ${group}`,
      ],
    );
  }
  if (items.length > 1) return items.filter((each) => each !== id);
  throw new ConflictError(
    "ERR_REFUSED",
    `${id} is the last key of key group ${name} (${group}): a key group cannot be empty`,
    [
      "trust another key first:",
      `keyturn keys trust ID --group ${group}`,
      "or, if no distribution trusts the group, delete it:",
      `keyturn keys delete-group ${group}`,
    ],
  );
}

/**
 * Throws ERR_REFUSED during a rotation of such a group, ERR_IN_USE for a key that signers mint with, then as itemsAfter.
 * Resolves to the secret versions that mention a key; none are read before a key is trusted.
 */
export async function refuseUnsafeTrust(
  plan: TrustPlan,
  gates: readonly Gate[],
  flags: CloudOptions,
  world: Pick<World, "cloud" | "env">,
): Promise<readonly KeyMention[]> {
  const ids = plan.groups.map(({ id }) => id);
  const open = await openRotationsOn(ids, gates, flags, world);
  if (!makesRoom(plan, open)) refuseDuringRotation(open);
  const mentions = plan.change === "trust" ? [] : await readAllMentions(gates, flags, world);
  if (plan.change === "untrust") refuseSigningKey(plan, mentions);
  for (const group of plan.changing) itemsAfter(plan.change, plan.key.id, group);
  return mentions;
}

/** A rotation halts on a full group until a key that is not the rotation's own leaves it. */
function makesRoom({ change, key, changing }: TrustPlan, open: readonly RotationRecord[]): boolean {
  return (
    change === "untrust" &&
    changing.every(({ items }) => items.length >= DEFAULT_QUOTA.keysPerGroup) &&
    open.every(({ old, new: fresh }) => key.id !== old.keyPairId && key.id !== fresh?.keyPairId)
  );
}

/** Writes each group, conditional on its ETag, and resolves to the groups as they are then. */
export async function writeTrust(
  { change, key, groups }: TrustPlan,
  plane: Pick<ControlPlane, "getKeyGroup" | "updateKeyGroup">,
): Promise<{ readonly changed: boolean; readonly group: KeyGroup }[]> {
  const written = [];
  for (const { id } of groups) {
    written.push(await changeKeyGroup(id, (group) => itemsAfter(change, key.id, group), plane));
  }
  return written;
}

/** Throws ERR_REFUSED: an open rotation puts its own keys back, and is about to need those that it replaces. */
export function refuseDuringRotation(rotations: readonly RotationRecord[]): void {
  const [open] = rotations;
  if (open === undefined) return;
  throw new ConflictError(
    "ERR_REFUSED",
    `rotation ${open.rotation} of gate ${open.gate} is open: the rotation decides which keys are trusted and which one signs, and restores a missing one`,
    [`keyturn rotate status --gate ${open.gate}`, `keyturn rotate resume --gate ${open.gate} --wait`],
  );
}

function refuseSigningKey({ key }: TrustPlan, mentions: readonly KeyMention[]): void {
  const signing = versionsWith(key, mentions).filter(({ isCurrent }) => isCurrent);
  if (signing.length === 0) return;
  throw new ConflictError(
    "ERR_IN_USE",
    `public key ${key.id} (${key.name}) is in use: signers mint with it (${signing.map(({ by }) => by).join("; ")})`,
    ["to replace it without locking anyone out:", "keyturn rotate start", "keyturn keys list"],
  );
}

function versionsWith(key: AccountKey, mentions: readonly KeyMention[]): KeyUse[] {
  return usesOf({ ...key, groups: [] }, mentions).filter(({ kind }) => kind === "secret");
}

/** One sentence per change; empty if there is nothing to do. */
export function trustChanges(
  { change, key, changing }: TrustPlan,
  mentions: readonly KeyMention[],
): string[] {
  const named = `public key ${key.id} (${key.name}, ${key.fingerprint ?? "unreadable"})`;
  const changes = changing.map((group) => {
    const count = itemsAfter(change, key.id, group)?.length ?? 0;
    return change === "trust"
      ? `add ${named} to key group ${group.name} (${group.id}): key ${count} of ${DEFAULT_QUOTA.keysPerGroup}`
      : `remove ${named} from key group ${group.name} (${group.id}), which keeps ${count}`;
  });
  if (change === "trust" || changes.length === 0) return changes;
  const held = versionsWith(key, mentions).map(({ by }) => by);
  return [
    ...changes,
    "deny every viewer whose cookie or signed URL this key signed, within minutes",
    ...(held.length === 0 ? [] : [`keep this key in an earlier version of the secret: ${held.join("; ")}`]),
  ];
}

export function gatesOf(plan: TrustPlan, gates: Iterable<Gate>): Gate[] {
  const ids = plan.groups.map(({ id }) => id);
  return [...gates].filter(({ keyGroups }) => keyGroups.some((id) => ids.includes(id)));
}
