/** The audit: one inventory, one look at each gate, and every check over both. Reads only. */
import type { Finding } from "../finding.ts";
import type { Gate } from "../gates/gate.ts";
import type { ControlPlane, SecretVault } from "../seams.ts";
import { findingsOf } from "./check.ts";
import { ACCOUNT_CHECKS, type AccountSight } from "./checks/account.ts";
import { COOKIE_CHECKS } from "./checks/cookies.ts";
import { DECLARATION_CHECKS } from "./checks/declaration.ts";
import { FORWARDING_CHECKS } from "./checks/forwarding.ts";
import { KEY_CHECKS } from "./checks/keys.ts";
import { ROUTE_CHECKS } from "./checks/routes.ts";
import { SECRET_CHECKS } from "./checks/secret.ts";
import { SURROUNDING_CHECKS } from "./checks/surroundings.ts";
import type { Crew } from "./crew.ts";
import { type GateSight, lookAtGate } from "./gate-sight.ts";
import { takeInventory } from "./inventory.ts";

/** In the order in which they are told. */
export const GATE_CHECKS = [
  ...ROUTE_CHECKS,
  ...KEY_CHECKS,
  ...SECRET_CHECKS,
  ...DECLARATION_CHECKS,
  ...COOKIE_CHECKS,
  ...FORWARDING_CHECKS,
  ...SURROUNDING_CHECKS,
] as const;

export interface AuditAsked {
  /** Those to audit. */
  readonly gates: readonly Gate[];
  /** Every gate of the file: what one gate shares with another is a finding. */
  readonly allGates: readonly Gate[];
  /** All distributions of the account, and what no gate declares. */
  readonly wholeAccount: boolean;
}

/** Where a gate's secret is read: in its own region, or in that of a replica. */
export type VaultOf = (gate: Gate, region?: string) => Promise<SecretVault>;

/** All gates must be of the one account that `plane` speaks to. */
export async function lookAtAccount(
  asked: AuditAsked,
  plane: ControlPlane,
  vaultOf: VaultOf,
  crew: Crew,
): Promise<AccountSight> {
  const inventory = await takeInventory(
    plane,
    {
      keyGroups: [...new Set(asked.gates.flatMap(({ keyGroups }) => keyGroups))],
      ...(!asked.wholeAccount && {
        distributions: [...new Set(asked.gates.flatMap(({ distributions }) => distributions))],
      }),
    },
    crew,
  );
  const sights: GateSight[] = [];
  for (const gate of asked.gates) {
    const vault = await vaultOf(gate);
    sights.push(await lookAtGate(gate, asked.allGates, inventory, vault, (region) => vaultOf(gate, region)));
  }
  return { inventory, gates: asked.allGates, sights };
}

/** Pure. */
export function auditFindings(account: AccountSight): Finding[] {
  return [
    ...account.sights.flatMap((sight) => findingsOf(GATE_CHECKS, sight, `gate ${sight.gate.name}`)),
    ...findingsOf(ACCOUNT_CHECKS, account),
  ];
}
