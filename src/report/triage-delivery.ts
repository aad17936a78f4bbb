/** Other destinations of a triage: Markdown or one HTML file for the incident channel. */

import { refuseExisting } from "../cli/existing-file.ts";
import { UsageError } from "../errors.ts";
import type { World } from "../seams.ts";
import { writeReport } from "./probe-delivery.ts";
import type { TriageResult } from "./triage.ts";

export interface TriageFile {
  readonly form: "md" | "html";
  readonly path: string;
}

/** Checked before the first request. Throws ERR_USAGE, ERR_FILE_EXISTS. */
export async function triageFilesOf(
  given: readonly string[] = [],
  { files }: Pick<World, "files">,
): Promise<TriageFile[]> {
  const wanted = given.map((each): TriageFile => {
    const [, form, path] = /^(md|html)=(.+)$/.exec(each) ?? [];
    if (form === undefined || path === undefined) {
      throw new UsageError("ERR_USAGE", `--report ${each} is neither md=FILE nor html=FILE`, [
        "--report md=triage.md",
        "--report html=triage.html",
      ]);
    }
    return { form: form as TriageFile["form"], path };
  });
  for (const [at, { path }] of wanted.entries()) {
    if (wanted.findIndex((each) => each.path === path) !== at)
      throw new UsageError("ERR_USAGE", `${path} is given for two reports`, ["give each its own file"]);
    await refuseExisting(path, files);
  }
  return wanted;
}

export async function deliverTriage(
  result: TriageResult,
  wanted: readonly TriageFile[],
  world: Pick<World, "files" | "terminal">,
): Promise<void> {
  if (wanted.length === 0) return;
  const { triageHtml, triageMarkdown } = await import("./triage-page.ts");
  for (const { form, path } of wanted)
    await writeReport(path, form === "md" ? triageMarkdown(result) : triageHtml(result), world);
}
