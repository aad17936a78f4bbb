/** Pieces of Markdown: tables and findings, for files in a repository and for GitHub's step summary. */
import type { Finding, SettingLines } from "../finding.ts";
import { indent, isToType } from "../text/layout.ts";
import { printable } from "../text/printable.ts";
import { worstFirst } from "./worst-first.ts";

/** Text from the wire must not become a link, an image or HTML, nor move a reader's cursor. */
export function escapeMarkdown(text: string): string {
  return onOneLine(text).replace(/[\\`*_[\]<>|~#!&]/g, (character) => `\\${character}`);
}

function onOneLine(text: string): string {
  return printable(text.replace(/\s+/g, " "));
}

export function codeSpan(text: string): string {
  const flat = onOneLine(text);
  const longest = Math.max(0, ...[...flat.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = flat.startsWith("`") || flat.endsWith("`") ? " " : "";
  return `${fence}${pad}${flat}${pad}${fence}`;
}

/** Cells are already Markdown. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

export function findingsMarkdown(findings: readonly Finding[]): string {
  return worstFirst(findings)
    .map(({ id, severity, message, basis, evidence, remedy, setting, where }) => {
      const place = where === undefined ? "" : ` (${escapeMarkdown(where)})`;
      const inferred = basis === "inferred" ? ", inferred" : "";
      return [
        `- **${severity} ${codeSpan(id)}**${place}${inferred}: ${escapeMarkdown(message)}`,
        ...evidence.map((fact) => `  - ${escapeMarkdown(fact)}`),
        ...(remedy === undefined
          ? []
          : [`  - fix: ${isToType(remedy) ? codeSpan(remedy) : escapeMarkdown(remedy)}`]),
        ...(setting === undefined ? [] : settingMarkdown(setting)),
      ].join("\n");
    })
    .join("\n");
}

/** Fenced blocks inside the finding's list item. */
function settingMarkdown({ terraform, cloudFormation }: SettingLines): string[] {
  const block = (form: string, text: string) => [`  \`\`\`${form}`, indent(text, 2), "  ```"];
  return [...block("hcl", terraform), ...block("yaml", cloudFormation)];
}
