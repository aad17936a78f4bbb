/** Prints a report: as text with its findings, as a stream of lines, or as the JSON envelope. */
import type { GlobalFlags } from "../cli/global-flags.ts";
import type { Finding } from "../finding.ts";
import type { World } from "../seams/world.ts";
import { printablePage } from "../text/printable.ts";
import { findingsText } from "./findings.ts";
import { withoutCommands } from "./github.ts";
import { envelopeOf, envelopeText } from "./json.ts";
import type { Report } from "./report.ts";
import { makeStyle, type Style, styleOptions } from "./style.ts";

type Needs = Pick<World, "terminal" | "env">;

interface HowToPrint {
  /** For the envelope. */
  readonly command: string;
  /** For a result longer than the screen, on a terminal. */
  readonly pager: string | undefined;
  readonly flags: GlobalFlags;
}

/** Prints once. Rejects when stdout is gone (`isBrokenPipe`). */
export async function printReport(
  report: Report,
  { command, pager, flags }: HowToPrint,
  { terminal, env }: Needs,
): Promise<void> {
  if (report.lines !== undefined) {
    for await (const line of report.lines) await terminal.out(`${line}\n`);
    return;
  }
  if (flags.json) {
    await terminal.out(envelopeText(envelopeOf(report, command)));
    return;
  }
  const style = await makeStyle(
    styleOptions({
      color: flags.color,
      env,
      columns: terminal.columns,
      isTerminal: terminal.columns !== undefined,
    }),
  );
  const safe = (page: string) => withoutCommands(printablePage(page), env);
  const isData = report.findingsOn === "stderr";
  const text = isData ? report.text(style) : safe(report.text(style));
  const findings = report.findingsOn === "text" ? "" : safe(await textOf(report.findings, style));
  const closing = report.closing === undefined ? "" : safe(report.closing(style));
  const parts = (isData ? [text] : [text, findings, closing]).filter((part) => part !== "").map(withNewline);
  const page = parts.join("\n");
  if (page !== "") await (pager === undefined ? terminal.out(page) : terminal.page(page, pager));
  if (isData && findings !== "") terminal.note(findings);
}

/** Loads the pages that name a finding's runbook only if there is more than notes. */
async function textOf(findings: readonly Finding[], style: Style): Promise<string> {
  if (findings.every(({ severity }) => severity === "note"))
    return findingsText(findings, style, () => undefined);
  const { runbookOf } = await import("../help/pages-by-id.ts");
  return findingsText(findings, style, runbookOf);
}

function withNewline(text: string): string {
  return text.endsWith("\n") ? text : `${text}\n`;
}
