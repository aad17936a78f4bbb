/** Causes of a gate's trouble that come from an open rotation: an outage, a halt, a failed unattended run. Pure. */
import type { Finding } from "../../finding.ts";
import { formatInstant } from "../../time.ts";
import type { GateEvidence } from "./evidence.ts";

export function rotationCauses({ rotation, executions = [] }: GateEvidence): Finding[] {
  const causes: Finding[] = [];
  if (rotation?.outage !== undefined) {
    const { says, by } = rotation.outage;
    causes.push({ ...found("rotation-outage", says, [by]), remedy: rotation.typeNext[0] });
  }
  if (rotation?.state === "halted") {
    const { halt = "halted", step, says } = rotation;
    causes.push({ ...found(halt, says, [`halted at ${step}`]), remedy: rotation.typeNext[0] });
  }
  for (const { name, state, since } of executions) {
    if (state === "failed")
      causes.push(
        found("unattended-run-failed", `unattended rotation ${name} failed`, [formatInstant(since)]),
      );
  }
  return causes;
}

function found(id: string, message: string, evidence: readonly string[]): Finding {
  return { id, severity: "error", message, basis: "observed", evidence };
}
