/** The audit as a Markdown page: its scope, the gates, the findings. */
import type { Finding } from "../finding.ts";
import { type AuditResult, plural } from "./audit.ts";
import { codeSpan, escapeMarkdown, findingsMarkdown, markdownTable } from "./markdown.ts";

export function auditMarkdown(result: AuditResult, findings: readonly Finding[]): string {
  const gates = result.gates.map(({ name, signingKey, errors, warnings, notes }) => [
    escapeMarkdown(name),
    signingKey?.keyPairId === undefined ? "none" : codeSpan(signingKey.keyPairId),
    ...[errors, warnings, notes].map(String),
  ]);
  const looked = result.accounts.map(
    ({ distributions, behaviors, keyGroups, publicKeys }) =>
      `Looked at ${plural(distributions, "distribution")} with ${plural(behaviors, "behavior")}, ${plural(keyGroups, "key group")} and ${plural(publicKeys, "public key")}; ${result.checks} checks.`,
  );
  return `${[
    "# keyturn audit",
    `${result.at}. ${looked.join(" ")}`,
    markdownTable(["gate", "signing key", "errors", "warnings", "notes"], gates),
    findings.length === 0 ? "No findings." : findingsMarkdown(findings),
    "Signed cookies guard the edge; they do not authenticate. The application must still authorize every request.",
  ].join("\n\n")}\n`;
}
