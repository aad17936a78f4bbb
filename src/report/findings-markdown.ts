/** Findings for a change ticket, a pull request or a CI summary: Markdown, and GitHub's annotations. */
import type { Finding } from "../finding.ts";

const ORDER = ["error", "warning", "note"] as const;

/** Empty when there are none. */
export function findingsMarkdown(findings: readonly Finding[]): string {
  return ORDER.flatMap((severity) => findings.filter((each) => each.severity === severity))
    .map(({ id, severity, basis, message, evidence, remedy, where }) =>
      [
        `### ${severity}: ${escaped(message)}`,
        "",
        `\`${id}\`${where === undefined ? "" : ` at ${escaped(where)}`}${basis === "inferred" ? " (inferred)" : ""}`,
        "",
        ...evidence.map((fact) => `- ${escaped(fact)}`),
        ...(remedy === undefined ? [] : ["", `**Do:** ${escaped(remedy)}`]),
      ].join("\n"),
    )
    .join("\n\n");
}

/** GitHub's workflow commands: one line a finding, shown at the run. */
export function githubAnnotations(findings: readonly Finding[]): string[] {
  return findings.map(({ severity, id, message, where, remedy }) => {
    const kind = severity === "note" ? "notice" : severity;
    const place = where === undefined ? "" : ` (${where})`;
    const todo = remedy === undefined ? "" : `. Do: ${remedy}`;
    return `::${kind} title=${property(`keyturn ${id}`)}::${data(`${message}${place}${todo}`)}`;
  });
}

const data = (text: string) => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const property = (text: string) => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

/** Patterns hold `*` and `_`, which Markdown would take for itself. */
export function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>|#]/g, "\\$&").replaceAll("\n", " ");
}
