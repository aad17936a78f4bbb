/** Other destinations of a triage: Markdown or one HTML file for the incident channel. */
import type { World } from "../seams/world.ts";
import { type ReportFile, writeReport } from "./report-files.ts";
import type { TriageResult } from "./triage.ts";

export const TRIAGE_FILES = { forms: ["md", "html"], name: "triage" } as const;

export async function deliverTriage(
  result: TriageResult,
  wanted: readonly ReportFile<(typeof TRIAGE_FILES.forms)[number]>[],
  world: Pick<World, "files" | "terminal">,
): Promise<void> {
  for (const { form, path } of wanted) {
    const text =
      form === "md"
        ? (await import("./triage-markdown.ts")).triageMarkdown(result)
        : (await import("./html/triage-sheet.ts")).triageHtml(result);
    await writeReport(path, text, world);
  }
}
