/** Checks of keyturn.yaml itself: everything it names must exist and fit together. */
import { behaviorLines, distributionLines } from "../../cloudfront/setting-lines.ts";
import { behaviorFor, distributionFor } from "../../edge/behavior.ts";
import { accountOfArn } from "../../gates/account.ts";
import type { Check } from "../check.ts";
import type { GateSnapshot } from "../gate-snapshot.ts";
import { behaviorName, guardedRoutes } from "../guarded-route.ts";

/** Missing distributions and key groups: without them no other check of the gate makes sense. */
export const MISSING_CHECKS: readonly Check<GateSnapshot>[] = [
  {
    id: "distribution-missing",
    severity: "error",
    what: "a distribution of the gate does not exist",
    *look({ gate, inventory }) {
      for (const id of gate.distributions.filter((each) => !inventory.distributions.has(each))) {
        yield {
          message: `distribution ${id} does not exist in this account`,
          evidence: [],
          remedy: "check --profile, then `keyturn config check`",
          where: "distributions",
        };
      }
    },
  },
  {
    id: "key-group-missing",
    severity: "error",
    what: "a key group of the gate does not exist",
    *look({ gate, inventory }) {
      for (const id of gate.keyGroups.filter((each) => !inventory.keyGroups.has(each))) {
        yield {
          message: `key group ${id} does not exist in this account`,
          evidence: [
            `key groups of the account: ${[...inventory.keyGroups.values()].map((group) => `${group.id} (${group.name})`).join(", ") || "none"}`,
          ],
          remedy: "correct the id under keyGroups",
          where: "keyGroups",
        };
      }
    },
  },
];

export const DECLARATION_CHECKS: readonly Check<GateSnapshot>[] = [
  {
    id: "account-differs",
    severity: "error",
    what: "the gate is declared for another account",
    *look({ gate, secret, distributions }) {
      const arns = [secret.description?.arn, ...distributions.map(({ arn }) => arn)];
      const other = arns
        .map((arn) => accountOfArn(arn ?? ""))
        .find((account) => account !== undefined && account !== gate.account);
      if (gate.account === undefined || other === undefined) return;
      yield {
        message: `the gate is in account ${gate.account}, but these credentials belong to ${other}`,
        evidence: arns.filter((arn) => arn !== undefined),
        remedy: "add --profile NAME, with a profile of that account",
        where: "account",
      };
    },
  },
  ...MISSING_CHECKS,
  {
    id: "key-group-not-attached",
    severity: "error",
    what: "a key group of the gate protects none of its behaviors",
    *look(snapshot) {
      // An open route is the more serious finding and says the same.
      if (guardedRoutes(snapshot).some(({ behavior }) => behavior.trustedKeyGroups.length === 0)) return;
      for (const group of snapshot.groups) {
        const isAttached = snapshot.distributions.some(({ behaviors }) =>
          behaviors.some(({ trustedKeyGroups }) => trustedKeyGroups.includes(group.id)),
        );
        if (isAttached || snapshot.distributions.length === 0) continue;
        yield {
          message: `no behavior of the gate's distributions trusts key group ${group.name}`,
          evidence: [`attached to: ${snapshot.inventory.attachments.get(group.id)?.join(", ") || "nothing"}`],
          remedy: `attach ${group.id} to the behaviors it should protect, or remove it from keyGroups`,
          setting: attachedLines(snapshot, group.id),
          where: group.id,
        };
      }
    },
  },
  {
    id: "key-group-used-outside",
    severity: "error",
    what: "a distribution outside the gate trusts its key group: a rotation would cut its viewers off",
    *look({ gate, groups, inventory }) {
      for (const group of groups) {
        const outside = (inventory.attachments.get(group.id) ?? []).filter(
          (id) => !gate.distributions.includes(id),
        );
        if (outside.length === 0) continue;
        yield {
          message: `key group ${group.name} is trusted by ${outside.join(", ")}, outside the gate`,
          evidence: outside.map((id) => {
            const distribution = inventory.distributions.get(id);
            return distribution === undefined
              ? id
              : `${id} ${distribution.aliases[0] ?? distribution.domainName}`;
          }),
          remedy: `add ${outside.join(", ")} to distributions of gate ${gate.name}, or give it its own key group`,
          where: group.id,
        };
      }
    },
  },
  {
    id: "key-group-not-arrived",
    severity: "warning",
    what: "a distribution shows different keys for a group than the group holds: a change is in progress",
    *look({ groups, distributions }) {
      for (const distribution of distributions) {
        for (const group of groups) {
          const active = distribution.activeKeyGroups.find(({ keyGroupId }) => keyGroupId === group.id);
          if (active === undefined || isSameSet(active.keyPairIds, group.items)) continue;
          yield {
            message: `${distribution.id} does not yet show what key group ${group.name} holds`,
            evidence: [
              `ActiveTrustedKeyGroups: ${active.keyPairIds.join(", ") || "none"}`,
              `key group: ${group.items.join(", ")}`,
              `status ${distribution.status}`,
            ],
            remedy:
              "run the audit again in a few minutes; `keyturn probe` shows which keys the edge trusts now",
            where: distribution.id,
          };
        }
      }
    },
  },
  {
    id: "distribution-disabled",
    severity: "warning",
    what: "a distribution of the gate is disabled",
    *look({ distributions }) {
      for (const { id } of distributions.filter(({ enabled }) => !enabled)) {
        yield {
          message: `distribution ${id} is disabled and serves no requests`,
          evidence: ["Enabled: false"],
          remedy: `remove ${id} from the gate, or enable it`,
          setting: distributionLines(id, { Enabled: true }),
          where: id,
        };
      }
    },
  },
  {
    id: "canary-host-foreign",
    severity: "error",
    what: "a canary's host is not a name of its distribution: CloudFront refuses every request for it",
    *look({ gate, distributions }) {
      for (const distribution of distributions) {
        const { id, aliases, connectionMode } = distribution;
        const canary = gate.canaries[id];
        // On a multi-tenant distribution the tenants own the names.
        if (canary === undefined || connectionMode === "tenant-only") continue;
        const { hostname } = new URL(canary);
        if (distributionFor([distribution], hostname) !== undefined) continue;
        yield {
          message: `${hostname} is not an alternate domain name of ${id}: CloudFront refuses every request for it`,
          evidence: [
            `canaries.${id}: ${canary}`,
            `aliases: ${aliases.join(", ") || "none"}; domain name: ${distribution.domainName}`,
          ],
          remedy: `add ${hostname} to the alternate domain names of ${id}, or correct canaries.${id}`,
          setting: distributionLines(id, { Aliases: [...aliases, hostname] }),
          where: id,
        };
      }
    },
  },
  {
    id: "canary-unprotected",
    severity: "warning",
    what: "a rotation's canary is not behind the gate's signature check, so it proves nothing",
    *look(snapshot) {
      for (const distribution of snapshot.distributions) {
        const canary = snapshot.gate.canaries[distribution.id];
        const path = canary === undefined ? undefined : /^[^:]+:\/\/[^/?#]*([^?#]*)/.exec(canary)?.[1];
        const behavior = path === undefined ? undefined : behaviorFor(distribution, path || "/");
        if (behavior === undefined) continue;
        if (behavior.trustedKeyGroups.some((id) => snapshot.gate.keyGroups.includes(id))) continue;
        yield {
          message: `the canary of ${distribution.id} is not behind the gate's key groups`,
          evidence: [`${canary} matches behavior ${behavior.pathPattern}`],
          remedy: `choose a URL under a protected route for canaries.${distribution.id}`,
          where: behaviorName(distribution, behavior),
        };
      }
    },
  },
];

/** For the first protected route: the others are alike. */
function attachedLines(snapshot: GateSnapshot, groupId: string) {
  const [guarded] = guardedRoutes(snapshot);
  if (guarded === undefined) return undefined;
  const { distribution, behavior } = guarded;
  const groups = [...behavior.trustedKeyGroups, groupId];
  return behaviorLines(distribution.id, behavior.pathPattern, { TrustedKeyGroups: groups });
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each));
}
