/** `keyturn keys trust` and `untrust` for people: the groups after the change, and the edge's response. */
import type { TrustPlan } from "../audit/key-trust.ts";
import type { GateProof } from "../audit/trust-proof.ts";
import type { Finding } from "../finding.ts";
import type { KeyGroup } from "../seams/cloud.ts";
import { wrap } from "../text/layout.ts";
import type { Report } from "./report.ts";
import { seeGates } from "./see-gates.ts";
import type { Style } from "./style.ts";

export interface TrustOutcome {
  readonly plan: TrustPlan;
  /** As they are now. */
  readonly groups: readonly { readonly group: KeyGroup; readonly changed: boolean }[];
  readonly proofs: readonly GateProof[];
  /** Why the edge was not checked: --dry-run, --no-proof, or a group outside every gate. */
  readonly unasked?: string;
}

export function trustReport(outcome: TrustOutcome): Report {
  const { plan, groups, proofs } = outcome;
  const { key, change } = plan;
  const findings = proofs.filter(({ proven, asked }) => !proven && asked).map((each) => unproven(each, plan));
  return {
    outcome: findings.length > 0 ? "finding" : "done",
    result: {
      keyPairId: key.id,
      name: key.name,
      fingerprint: key.fingerprint ?? null,
      groups: groups.map(({ group: { id, name, items }, changed }) => ({ id, name, changed, items })),
      proofs: proofs.map(({ gate, proven, why, locations }) => ({
        gate,
        proven,
        why,
        locations,
      })),
    },
    findings,
    text: (style) =>
      groups.length === 0 ? "" : [trustText(outcome, change, style), ...seeGates(findings, style)].join("\n"),
  };
}

function unproven({ gate, why = "" }: GateProof, { change, key, groups }: TrustPlan): Finding {
  const again = `keyturn keys ${change} ${key.id} ${groups.map(({ id }) => `--group ${id}`).join(" ")}`;
  return {
    id: change === "trust" ? "trust-unproven" : "untrust-unproven",
    severity: "warning",
    basis: "observed",
    message:
      change === "trust"
        ? `the edge does not accept ${key.id} yet`
        : `there is no proof that the edge stopped trusting ${key.id}`,
    evidence: [
      why,
      "the key group is updated; a change takes minutes to reach every edge location",
      "run the command again to check the edge again; it changes nothing",
    ],
    remedy: again,
    where: `gate ${gate}`,
  };
}

function trustText({ plan, groups, proofs, unasked }: TrustOutcome, change: string, style: Style): string {
  const { id, name } = plan.key;
  const lines = groups.map(({ group, changed }) => {
    const where = `key group ${group.name} (${group.id})`;
    const done = change === "trust" ? `${where} trusts it now` : `${where} no longer trusts it`;
    const was = change === "trust" ? `${where} already trusted it` : `${where} did not trust it`;
    return `${style.good(style.sign.ok)} ${id} (${name}): ${changed ? done : was}`;
  });
  const proven = proofs.map(({ gate, ...proof }) => {
    if (!proof.proven) return `${style.warn(style.sign.skip)} gate ${gate}: unproven: ${proof.why ?? ""}`;
    const says = change === "trust" ? "accepts it" : "denies it with InvalidKey";
    const locations =
      proof.locations.length === 0 ? "" : ` (edge locations seen: ${proof.locations.join(", ")})`;
    return `${style.good(style.sign.ok)} gate ${gate}: the edge ${says}${locations}; locations not seen may be minutes behind`;
  });
  const silent = unasked === undefined ? [] : [`${style.dim(style.sign.skip)} unproven: ${unasked}`];
  return [...lines, ...proven, ...silent].map((line) => wrap(line, style.columns, 0, 2)).join("\n");
}
