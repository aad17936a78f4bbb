/** Writes a rehearsal's report to an HTML file. */
import type { RehearsalEnd } from "../sandbox/rehearsal/rehearsal.ts";
import type { World } from "../seams/world.ts";
import type { Report } from "./report.ts";
import { type ReportFile, writeReport } from "./report-files.ts";

export const REHEARSAL_FILES = { forms: ["html"], name: "rehearsal" } as const;

export async function deliverRehearsal(
  end: RehearsalEnd,
  report: Report,
  files: readonly ReportFile[],
  world: Pick<World, "files" | "terminal">,
): Promise<Report> {
  for (const { path } of files) {
    const { rehearsalHtml } = await import("./html/rehearsal-sheet.ts");
    await writeReport(path, rehearsalHtml(end, report), world);
  }
  return report;
}
