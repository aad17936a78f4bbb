/** `keyturn audit --checks`: every check of the audit and its meaning. */
import { GATE_CHECKS } from "../audit/audit.ts";
import { ACCOUNT_CHECKS } from "../audit/checks/account.ts";
import { wrap } from "../text/layout.ts";
import type { Report } from "./report.ts";

interface CheckLine {
  readonly id: string;
  readonly severity: string;
  readonly of: "gate" | "account";
  readonly what: string;
}

export function auditChecksReport(): Report<{ readonly checks: readonly CheckLine[] }> {
  const line = (of: CheckLine["of"]) => (check: Omit<CheckLine, "of">) => {
    const { id, severity, what } = check;
    return { id, severity, of, what };
  };
  const checks = [...GATE_CHECKS.map(line("gate")), ...ACCOUNT_CHECKS.map(line("account"))];
  return {
    outcome: "done",
    result: { checks },
    findings: [],
    text: (style) =>
      checks
        .map(
          ({ id, severity, what }) =>
            `${style.code(id)}  ${style.dim(severity)}\n${wrap(what, style.columns, 4)}`,
        )
        .join("\n"),
  };
}
