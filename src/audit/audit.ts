/** The audit: takes an inventory and a snapshot of each gate, then runs every check. Reads only. */
import type { Finding } from "../finding.ts";
import type { Gate } from "../gates/gate.ts";
import type { ControlPlane, SecretVault } from "../seams/cloud.ts";
import type { LogDelivery } from "../seams/logs.ts";
import { runChecks } from "./check.ts";
import { ACCOUNT_CHECKS, type AccountSnapshot } from "./checks/account.ts";
import { AUTHORIZATION_CHECKS } from "./checks/authorization.ts";
import { COOKIE_CHECKS } from "./checks/cookies.ts";
import { DECLARATION_CHECKS } from "./checks/declaration.ts";
import { ENVIRONMENT_CHECKS } from "./checks/environment.ts";
import { FORWARDING_CHECKS } from "./checks/forwarding.ts";
import { KEY_CHECKS } from "./checks/keys.ts";
import { ROUTE_CHECKS } from "./checks/routes.ts";
import { SECRET_CHECKS } from "./checks/secret.ts";
import { type GateSnapshot, readGateSnapshot } from "./gate-snapshot.ts";
import { takeInventory } from "./inventory.ts";
import type { ThrottledPool } from "./throttled-pool.ts";

/** In report order. */
export const GATE_CHECKS = [
  ...ROUTE_CHECKS,
  ...KEY_CHECKS,
  ...SECRET_CHECKS,
  ...DECLARATION_CHECKS,
  ...COOKIE_CHECKS,
  ...FORWARDING_CHECKS,
  ...AUTHORIZATION_CHECKS,
  ...ENVIRONMENT_CHECKS,
] as const;

export interface AuditOptions {
  /** The gates to audit. */
  readonly gates: readonly Gate[];
  /** Every gate in the file: sharing between gates is a finding. */
  readonly allGates: readonly Gate[];
  /** Read every distribution in the account, and report what no gate declares. */
  readonly wholeAccount: boolean;
}

/** The vault of a region: the secret's own, or a replica's. */
export type VaultOf = (gate: Gate, region?: string) => Promise<SecretVault>;

/** All gates must belong to the account that `plane` talks to. */
export async function readAccountSnapshot(
  options: AuditOptions,
  plane: ControlPlane,
  vaultOf: VaultOf,
  pool: ThrottledPool,
  deliveriesOf?: () => Promise<readonly LogDelivery[]>,
): Promise<AccountSnapshot> {
  const inventory = await takeInventory(
    plane,
    {
      keyGroups: [...new Set(options.gates.flatMap(({ keyGroups }) => keyGroups))],
      distributions: options.wholeAccount
        ? undefined
        : [...new Set(options.gates.flatMap(({ distributions }) => distributions))],
    },
    pool,
  );
  const snapshots: GateSnapshot[] = [];
  for (const gate of options.gates) {
    const vault = await vaultOf(gate);
    snapshots.push(
      await readGateSnapshot(
        gate,
        options.allGates,
        inventory,
        vault,
        (region) => vaultOf(gate, region),
        deliveriesOf,
      ),
    );
  }
  return { inventory, gates: options.allGates, snapshots };
}

/** Pure. */
export function auditFindings(account: AccountSnapshot): Finding[] {
  return [
    ...account.snapshots.flatMap((snapshot) =>
      runChecks(GATE_CHECKS, snapshot, `gate ${snapshot.gate.name}`),
    ),
    ...runChecks(ACCOUNT_CHECKS, account),
  ];
}
