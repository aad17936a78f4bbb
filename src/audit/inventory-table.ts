/** The inventory for operators: every public key with its age and uses, and the quotas. */
import { DEFAULT_QUOTA } from "../keys/account-keys.ts";
import type { EpochSeconds, Seconds } from "../time.ts";
import type { AccountSnapshot } from "./checks/account.ts";

interface KeyLine {
  readonly id: string;
  readonly name: string;
  readonly fingerprint?: string;
  readonly uploadedAt: EpochSeconds;
  readonly age: Seconds;
  /** Names of key groups. */
  readonly groups: readonly string[];
  /** Gates whose secret currently holds the private half. */
  readonly signsFor: readonly string[];
}
interface GroupLine {
  readonly id: string;
  readonly name: string;
  readonly keys: readonly string[];
  /** Undefined if not read: without --all only the gates' distributions are. */
  readonly distributions?: readonly string[];
  readonly gates: readonly string[];
}
export interface InventoryTable {
  readonly keys: readonly KeyLine[];
  readonly groups: readonly GroupLine[];
  readonly quotas: readonly { readonly name: string; readonly used: number; readonly limit: number }[];
}

export function inventoryTable({ inventory, gates, snapshots }: AccountSnapshot): InventoryTable {
  const { publicKeys, keyGroups, takenAt, attachments } = inventory;
  const keys = [...publicKeys.values()].sort((one, other) => one.createdAt - other.createdAt);
  const groups = [...keyGroups.values()].sort((one, other) => one.name.localeCompare(other.name, "en"));
  const fullest = Math.max(0, ...groups.map(({ items }) => items.length));
  return {
    keys: keys.map((key) => ({
      id: key.id,
      name: key.name,
      fingerprint: key.fingerprint,
      uploadedAt: key.createdAt,
      age: takenAt - key.createdAt,
      groups: groups.filter(({ items }) => items.includes(key.id)).map(({ name }) => name),
      signsFor: snapshots
        .filter(({ secret }) => secret.signing?.keyPairId === key.id)
        .map(({ gate }) => gate.name),
    })),
    groups: groups.map(({ id, name, items }) => {
      const distributions = attachments.get(id) ?? (inventory.scope === "account" ? [] : undefined);
      return {
        id,
        name,
        keys: items,
        distributions,
        gates: gates.filter((gate) => gate.keyGroups.includes(id)).map((gate) => gate.name),
      };
    }),
    quotas: [
      { name: "public keys", used: publicKeys.size, limit: DEFAULT_QUOTA.keysPerAccount },
      { name: "key groups", used: keyGroups.size, limit: DEFAULT_QUOTA.groupsPerAccount },
      { name: "keys in the fullest group", used: fullest, limit: DEFAULT_QUOTA.keysPerGroup },
    ],
  };
}
