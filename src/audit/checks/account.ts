/** Checks of the whole account: unused keys, quotas, and protected distributions that no gate declares. */
import type { Gate } from "../../gates/gate.ts";
import { DEFAULT_QUOTA } from "../../keys/account-keys.ts";
import { formatDuration } from "../../time.ts";
import type { Check } from "../check.ts";
import type { GateSnapshot } from "../gate-snapshot.ts";
import type { Inventory } from "../inventory.ts";

export interface AccountSnapshot {
  readonly inventory: Inventory;
  /** Every gate in the file, selected or not. */
  readonly gates: readonly Gate[];
  readonly snapshots: readonly GateSnapshot[];
}

/** Younger keys may belong to a setup in progress; `keys prune` waits as long. */
const GRACE = 3600;

export const ACCOUNT_CHECKS: readonly Check<AccountSnapshot>[] = [
  {
    id: "public-key-unused",
    severity: "warning",
    what: "a public key in no key group uses up a quota that cannot be raised",
    *look({ inventory, snapshots }) {
      // A gate outside this audit may be about to use it.
      if (inventory.scope !== "account") return;
      const inGroups = new Set([...inventory.keyGroups.values()].flatMap(({ items }) => items));
      const signing = new Set(snapshots.map(({ secret }) => secret.signing?.keyPairId));
      const inRotation = new Set(
        snapshots.flatMap(({ rotation: { record } }) =>
          record === undefined || record.finished ? [] : [record.old.keyPairId, record.new?.keyPairId],
        ),
      );
      for (const { id, name, createdAt } of inventory.publicKeys.values()) {
        const age = inventory.takenAt - createdAt;
        if (inventory.encryptionKeys?.has(id)) continue;
        if (inGroups.has(id) || signing.has(id) || inRotation.has(id) || age < GRACE) continue;
        yield {
          message: `public key ${id} (${name}) is in no key group`,
          evidence: [
            `uploaded ${formatDuration(age)} ago`,
            "no field-level encryption profile uses it either",
          ],
          remedy: "keyturn keys prune --dry-run",
          where: id,
        };
      }
    },
  },
  {
    id: "key-group-unused",
    severity: "warning",
    what: "a key group that no distribution trusts",
    *look({ inventory, gates }) {
      if (inventory.scope !== "account") return;
      for (const { id, name, items } of inventory.keyGroups.values()) {
        if (inventory.attachments.has(id) || gates.some(({ keyGroups }) => keyGroups.includes(id))) continue;
        yield {
          message: `key group ${name} is attached to no distribution and belongs to no gate`,
          evidence: [`holds ${items.join(", ")}`],
          remedy: `keyturn keys delete-group ${id}`,
          where: id,
        };
      }
    },
  },
  {
    id: "key-quota",
    severity: "warning",
    what: "public keys are nearly used up: a rotation needs one more while it runs",
    *look({ inventory }) {
      const used = inventory.publicKeys.size;
      if (used < DEFAULT_QUOTA.keysPerAccount - 1) return;
      yield {
        message:
          used >= DEFAULT_QUOTA.keysPerAccount
            ? `all ${DEFAULT_QUOTA.keysPerAccount} public keys are in use: no rotation can start`
            : `${used} of ${DEFAULT_QUOTA.keysPerAccount} public keys are in use: only one rotation can run at a time`,
        evidence: [...inventory.publicKeys.values()].map(({ id, name }) => `${id} (${name})`),
        remedy: "keyturn keys prune --dry-run",
        where: "account",
      };
    },
  },
  {
    id: "key-group-full",
    severity: "warning",
    what: "a key group of a gate is full: no rotation can add its new key",
    *look({ snapshots }) {
      for (const snapshot of snapshots) {
        const { gate, groups } = snapshot;
        for (const { id, name, items } of groups.filter(
          (group) => group.items.length >= DEFAULT_QUOTA.keysPerGroup,
        )) {
          yield {
            message: `key group ${name} holds ${items.length} keys, as many as the default quota allows`,
            evidence: [items.join(", ")],
            remedy: removable(snapshot, items),
            where: `gate ${gate.name}, ${id}`,
          };
        }
      }
    },
  },
  {
    id: "key-group-quota",
    severity: "note",
    what: "key groups are nearly used up",
    *look({ inventory }) {
      const used = inventory.keyGroups.size;
      if (used < DEFAULT_QUOTA.groupsPerAccount - 1) return;
      yield {
        message: `${used} key groups exist; the default quota is ${DEFAULT_QUOTA.groupsPerAccount}`,
        evidence: [...inventory.keyGroups.values()].map(({ id, name }) => `${id} (${name})`),
        remedy: "raise quota L-D64DA6E2 in Service Quotas",
        where: "account",
      };
    },
  },
  {
    id: "gate-undeclared",
    severity: "note",
    what: "a distribution requires signatures but no gate declares it, so nobody audits or rotates it from here",
    *look({ inventory, gates }) {
      if (inventory.scope !== "account") return;
      const declared = new Set(gates.flatMap(({ distributions }) => distributions));
      const groupsOfGates = new Set(gates.flatMap(({ keyGroups }) => keyGroups));
      for (const { id, behaviors, aliases, domainName, connectionMode } of inventory.distributions.values()) {
        const groups = [...new Set(behaviors.flatMap(({ trustedKeyGroups }) => trustedKeyGroups))];
        const signers = behaviors.some(({ trustedSigners }) => trustedSigners.length > 0);
        if (declared.has(id) || (groups.length === 0 && !signers)) continue;
        // A gate's own group on an undeclared distribution is a separate error.
        if (groups.some((group) => groupsOfGates.has(group))) continue;
        yield {
          message: `${id} (${aliases[0] ?? domainName}) requires signatures, but no gate declares it`,
          evidence: [
            groups.length > 0 ? `key groups ${groups.join(", ")}` : "trusted signers (account key pairs)",
          ],
          remedy:
            connectionMode === "direct"
              ? "keyturn config init --out -"
              : `declare a gate for ${id} by hand: its viewers use the hosts of its tenants`,
          where: id,
        };
      }
    },
  },
];

/** Keys that neither this gate's signers use nor its open rotation names: another signer's may be among them. */
function removable({ gate, secret, rotation: { record } }: GateSnapshot, items: readonly string[]): string {
  const isOpen = record !== undefined && record.finished === undefined;
  const kept = [secret.signing?.keyPairId, ...(isOpen ? [record.old.keyPairId, record.new?.keyPairId] : [])];
  const [first] = items.filter((id) => !kept.includes(id));
  const raise = "raise quota L-9EBD26CA in Service Quotas";
  if (first === undefined) return raise;
  return `once the last cookie of ${first} has expired: \`keyturn keys untrust ${first} --gate ${gate.name}\`; or ${raise}`;
}
