/** One reason not to begin, or to be told before: a finding with its way out. */
import type { Finding } from "../finding.ts";

export function refuse(
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

export function tell(
  id: string,
  severity: "warning" | "note",
  message: string,
  rest: { remedy: string },
): Finding {
  return { id, severity, message, basis: "observed", evidence: [], remedy: rest.remedy };
}
