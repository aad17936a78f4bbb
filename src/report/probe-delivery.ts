/** Other destinations of a probe's report: requested files, and GitHub's annotations and step summary. */

import { refuseExisting } from "../cli/existing-file.ts";
import { UsageError } from "../errors.ts";
import type { Finding } from "../finding.ts";
import type { Judged } from "../probe/judge.ts";
import type { World } from "../seams.ts";
import { annotations, stepSummaryFile } from "./github.ts";
import type { ProbeResult } from "./probe.ts";
import { probeJunit } from "./probe-junit.ts";
import { probeMarkdown } from "./probe-markdown.ts";

export interface ReportFile {
  readonly form: "junit" | "md";
  readonly path: string;
}

/** Checked before the first request: a taken name must not lose a run. Throws ERR_USAGE, ERR_FILE_EXISTS, ERR_FILE_UNREADABLE. */
export async function reportFilesOf(
  given: readonly string[] = [],
  { files }: Pick<World, "files">,
): Promise<ReportFile[]> {
  const reports = given.map(reportFileOf);
  for (const [at, { path }] of reports.entries()) {
    if (reports.findIndex((each) => each.path === path) !== at)
      throw new UsageError("ERR_USAGE", `${path} is given for two reports`, ["give each its own file"]);
    await refuseExisting(path, files);
  }
  return reports;
}

/** `junit=FILE`, `md=FILE`. */
function reportFileOf(given: string): ReportFile {
  const [, form, path] = /^(junit|md)=(.+)$/.exec(given) ?? [];
  if (form === undefined || path === undefined) {
    throw new UsageError("ERR_USAGE", `"${given}" is not junit=FILE or md=FILE`, [
      "--report junit=probe.xml",
      "--report md=probe.md",
    ]);
  }
  return { form: form as ReportFile["form"], path };
}

type Needs = Pick<World, "files" | "env" | "terminal" | "clock">;

export async function deliverProbe(
  judged: readonly Judged[],
  { result, findings }: { readonly result: ProbeResult; readonly findings: readonly Finding[] },
  files: readonly ReportFile[],
  world: Needs,
): Promise<void> {
  const markdown = () => probeMarkdown(judged, findings, result, world.clock.now());
  for (const { form, path } of files) {
    const text = form === "junit" ? probeJunit(judged, findings, result) : markdown();
    await writeReport(path, text, world);
  }
  await annotate(findings, world);
  const summary = stepSummaryFile(world.env);
  if (summary !== undefined) await world.files.append(summary, markdown());
}

/** World-readable: a report holds nothing secret. */
export async function writeReport(path: string, text: string, world: Pick<World, "files" | "terminal">) {
  await world.files.writeNew(path, text, 0o666);
  world.terminal.note(`wrote ${path}`);
}

/** Only in GitHub Actions. */
export async function annotate(
  findings: readonly Finding[],
  { env, terminal }: Pick<World, "env" | "terminal">,
) {
  if (stepSummaryFile(env) === undefined && env.GITHUB_ACTIONS !== "true") return;
  for (const line of annotations(findings)) terminal.insist(line);
}
