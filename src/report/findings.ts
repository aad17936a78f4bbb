/** Findings for people: the worst first, each with its evidence and what to type. */
import type { Finding, SettingLines } from "../finding.ts";
import { indent, isToType, wrap } from "../text/layout.ts";
import { printable } from "../text/printable.ts";
import type { Style } from "./style.ts";
import { worstFirst } from "./worst-first.ts";

type RunbookOf = (id: string) => string | undefined;

/** Empty if there are none. `runbookOf` is not called for a note. */
export function findingsText(findings: readonly Finding[], style: Style, runbookOf: RunbookOf): string {
  return worstFirst(findings)
    .map((finding) => findingText(finding, style, runbookOf))
    .join("\n\n");
}

/** A command stays on one line, for copying; a sentence is wrapped. */
export function remedyText(remedy: string, style: Style): string {
  const line = `${style.sign.arrow} ${style.code(plain(remedy))}`;
  return isToType(remedy) ? indent(line, 2) : wrap(line, style.columns, 2, 4);
}

/** A finding may quote text from outside: escapes its control sequences, but keeps line breaks and tabs. */
const plain = (text: string) => text.replace(/[^\n\t]+/g, printable);

/** Starts right after the bullet, even if its first word is wider than the page. */
function factText(fact: string, style: Style): string {
  return fact.startsWith("again: ") ? fact : wrap(fact, style.columns, 6).trimStart();
}

/** Not wrapped, for copying. */
function settingText(setting: SettingLines | undefined, style: Style): string[] {
  if (setting === undefined) return [];
  return [
    "  Terraform:",
    style.code(indent(setting.terraform, 4)),
    "  CloudFormation:",
    style.code(indent(setting.cloudFormation, 4)),
  ];
}

function findingText(finding: Finding, style: Style, runbookOf: RunbookOf): string {
  const sign = {
    error: style.bad(style.sign.fail),
    warning: style.warn(style.sign.warn),
    note: style.dim(style.sign.bullet),
  }[finding.severity];
  const where = finding.where === undefined ? "" : ` ${style.dim(`(${plain(finding.where)})`)}`;
  const basis = finding.basis === "inferred" ? " (inferred)" : "";
  const lines = [
    wrap(`${sign} ${style.bold(finding.severity)} ${finding.id}${basis}${where}`, style.columns, 0, 2),
    wrap(plain(finding.message), style.columns, 2),
    ...finding.evidence.map((fact) => `    - ${factText(plain(fact), style)}`),
  ];
  if (finding.remedy !== undefined) lines.push(remedyText(finding.remedy, style));
  if (finding.severity !== "note") lines.push(...settingText(finding.setting, style));
  const runbook = finding.severity === "note" ? undefined : runbookOf(finding.id);
  if (runbook !== undefined) lines.push(style.dim(`  runbook: keyturn runbook show ${runbook}`));
  return lines.join("\n");
}

/** What fixes the first finding, repeated because others may have scrolled it off a small terminal. */
export function firstText([first, ...others]: readonly Finding[], style: Style): string {
  if (first?.remedy === undefined || first.severity === "note" || others.length === 0) return "";
  return `${style.bold(`First, for ${first.id}:`)}\n${remedyText(first.remedy, style)}`;
}
