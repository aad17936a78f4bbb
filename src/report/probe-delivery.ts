/** Other destinations of a probe's report: requested files, and GitHub's annotations and step summary. */

import type { Finding } from "../finding.ts";
import type { JudgedOutcome } from "../probe/judge.ts";
import type { World } from "../seams/world.ts";
import { annotations, stepSummaryFile } from "./github.ts";
import type { ProbeResult } from "./probe.ts";
import { probeJunit } from "./probe-junit.ts";
import { probeMarkdown } from "./probe-markdown.ts";
import type { Report } from "./report.ts";
import { type ReportFile, writeReport } from "./report-files.ts";

export const PROBE_FILES = { forms: ["junit", "md", "html"], name: "probe" } as const;

type Needs = Pick<World, "files" | "env" | "terminal" | "clock">;

export async function deliverProbe(
  judged: readonly JudgedOutcome[],
  report: Report<ProbeResult>,
  files: readonly ReportFile<(typeof PROBE_FILES.forms)[number]>[],
  world: Needs,
): Promise<Report<ProbeResult>> {
  const { result, findings } = report;
  const at = world.clock.now();
  const markdown = () => probeMarkdown(judged, findings, result, at);
  const texts = {
    junit: async () => probeJunit(judged, findings, result),
    md: async () => markdown(),
    html: async () => (await import("./html/probe-sheet.ts")).probeHtml(judged, findings, result, at),
  };
  for (const { form, path } of files) await writeReport(path, await texts[form](), world);
  await annotate(findings, world);
  const summary = stepSummaryFile(world.env);
  if (summary !== undefined) await world.files.append(summary, markdown());
  return report;
}

/** Only in GitHub Actions. */
export async function annotate(
  findings: readonly Finding[],
  { env, terminal }: Pick<World, "env" | "terminal">,
) {
  if (stepSummaryFile(env) === undefined && env.GITHUB_ACTIONS !== "true") return;
  for (const line of annotations(findings)) terminal.insist(line);
}
