/**
 * `--report form=file`: also write a command's report to a file. Checked before the first request, so that an
 * existing file does not cost a whole run.
 */
import { refuseExisting } from "../cli/existing-file.ts";
import { UsageError } from "../errors.ts";
import type { World } from "../seams/world.ts";

export interface ReportFile<Form extends string = string> {
  readonly form: Form;
  readonly path: string;
}

/** Throws ERR_USAGE, ERR_FILE_EXISTS, ERR_FILE_UNREADABLE. `name`: for the file names in the hints. */
export async function reportFilesOf<Form extends string>(
  given: readonly string[] = [],
  { forms, name }: { readonly forms: readonly Form[]; readonly name: string },
  { files }: Pick<World, "files">,
): Promise<ReportFile<Form>[]> {
  const reports = given.map((each): ReportFile<Form> => {
    const at = each.indexOf("=");
    const form = forms.find((one) => one === each.slice(0, Math.max(0, at)));
    const path = each.slice(at + 1);
    if (form === undefined || path === "") {
      const wanted = forms.map((one) => `${one}=FILE`);
      throw new UsageError(
        "ERR_USAGE",
        `--report ${each} is not ${wanted.join(" or ")}`,
        forms.map((one) => `--report ${one}=${name}.${one === "junit" ? "xml" : one}`),
      );
    }
    return { form, path };
  });
  for (const [at, { path }] of reports.entries()) {
    if (reports.findIndex((each) => each.path === path) !== at)
      throw new UsageError("ERR_USAGE", `${path} is given for two reports`, ["give each its own file"]);
    await refuseExisting(path, files);
  }
  return reports;
}

/** World-readable: a report holds nothing secret. */
export async function writeReport(path: string, text: string, world: Pick<World, "files" | "terminal">) {
  await world.files.writeNew(path, text, 0o666);
  world.terminal.note(`wrote ${path}`);
}
