/** The order in which people and GitHub see findings. */
import type { Finding } from "../finding.ts";

const ORDER = { error: 0, warning: 1, note: 2 } as const;

export function worstFirst(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((one, other) => ORDER[one.severity] - ORDER[other.severity]);
}
