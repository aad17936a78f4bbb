/** `keyturn secret set-current` for people: what is current now, when signers read it, what the edge decides. */
import type { CurrentPlan } from "../audit/current-version.ts";
import type { GateProof } from "../audit/trust-proof.ts";
import type { Gate } from "../gates/gate.ts";
import { wrap } from "../text/layout.ts";
import { edgeLine, proofJson, signersReadIt, unprovenTrust } from "./key-id.ts";
import type { Report } from "./report.ts";
import { seeGates } from "./see-gates.ts";
import type { Style } from "./style.ts";

export interface CurrentOutcome {
  readonly gate: Gate;
  readonly plan: CurrentPlan;
  /** Absent after --dry-run. */
  readonly isWritten?: boolean;
  readonly proof?: GateProof | undefined;
}

export function currentReport(outcome: CurrentOutcome): Report {
  const { gate, plan, isWritten = false, proof } = outcome;
  const findings = proof?.asked && !proof.proven ? [unprovenTrust(gate, plan.key, proof)] : [];
  return {
    outcome: findings.length > 0 ? "finding" : "done",
    result: {
      secret: plan.secretId,
      keyPairId: plan.key.id,
      was: plan.from,
      versionId: isWritten ? plan.to : plan.from,
      changed: isWritten && plan.from !== plan.to,
      proof: proof && proofJson(gate, proof),
    },
    findings,
    isAfterwards: true,
    text: (style) =>
      isWritten ? [currentText(outcome, style), ...seeGates(findings, style)].join("\n") : "",
  };
}

function currentText({ gate, plan, proof }: CurrentOutcome, style: Style): string {
  const good = style.good(style.sign.ok);
  const { secretId, from, to, key } = plan;
  const lines = [
    `${good} secret ${secretId}: version ${to} with key ${key.id} ${from === to ? "was current already" : "is current"}`,
    ...(from === to ? [] : [`${style.sign.bullet} ${signersReadIt(gate)}`]),
    edgeLine(gate, proof, style),
  ];
  return lines.map((line) => wrap(line, style.columns, 0, 2)).join("\n");
}
