/** The last line of a command that fixes a gate by changing its keys, groups or secret: how to see that users get in. */
import type { Style } from "./style.ts";

/** The edge, the account and any open rotation; with and without keyturn.yaml. */
export const SEE_GATES = "keyturn triage";

/** Undefined beside a finding: its remedy comes first. */
export function seeGates(findings: readonly unknown[], style: Style): string[] {
  return findings.length > 0 ? [] : [`${style.sign.arrow} ${style.code(SEE_GATES)}`];
}
