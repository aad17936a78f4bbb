/** One reason not to begin, or to warn before beginning: a finding with its remedy. */
import type { Finding } from "../finding.ts";
import type { Gate } from "../gates/gate.ts";
import type { KeyType } from "../keys/key-pair.ts";

/** What to plan. */
export interface PlanChoices {
  readonly gate: Gate;
  /** The other gates of the same keyturn.yaml. */
  readonly others: readonly Gate[];
  /** Key pair IDs in the gate's groups that belong to other signers and stay. */
  readonly keep: readonly string[];
  /** The new key's kind. */
  readonly keyType: KeyType;
  /** Fields of the secret that may keep the old key. */
  readonly leavesStale: readonly string[];
}

export function refusalFinding(
  id: string,
  message: string,
  rest: { evidence?: readonly string[]; remedy: string },
): Finding {
  return {
    id,
    severity: "error",
    message,
    basis: "observed",
    evidence: rest.evidence ?? [],
    remedy: rest.remedy,
  };
}

export function warningFinding(
  id: string,
  severity: "warning" | "note",
  message: string,
  rest: { remedy: string },
): Finding {
  return { id, severity, message, basis: "observed", evidence: [], remedy: rest.remedy };
}
