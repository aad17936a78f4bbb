/** Other destinations of an audit: requested files, and GitHub's annotations and step summary. */
import type { AccountSnapshot } from "../audit/checks/account.ts";
import type { World } from "../seams/world.ts";
import type { AuditResult } from "./audit.ts";
import { auditMarkdown } from "./audit-markdown.ts";
import { stepSummaryFile } from "./github.ts";
import { annotate } from "./probe-delivery.ts";
import type { Report } from "./report.ts";
import { type ReportFile, writeReport } from "./report-files.ts";

export async function deliverAudit(
  { result, findings }: Report<AuditResult>,
  accounts: readonly AccountSnapshot[],
  files: readonly ReportFile<"md" | "html">[],
  world: Pick<World, "files" | "env" | "terminal">,
): Promise<void> {
  const page = () => auditMarkdown(result, findings);
  for (const { form, path } of files) {
    const text =
      form === "md" ? page() : (await import("./html/audit-sheet.ts")).auditHtml(result, findings, accounts);
    await writeReport(path, text, world);
  }
  const summary = stepSummaryFile(world.env);
  if (summary !== undefined) await world.files.append(summary, page());
  await annotate(findings, world);
}
