/** `keyturn runbook list`: the runbooks by the symptoms that lead to them. */
import { Command } from "commander";
import type { Bind, GlobalFlags } from "../../cli/bind.ts";
import type { Report } from "../../report/report.ts";
import { runbookIndex } from "../../report/runbook.ts";
import { parseRunbook, stepNames } from "../../runbooks/runbook.ts";
import type { World } from "../../seams.ts";

export const listCommand = (bind: Bind) => new Command("list").action(bind(list));

export async function list(_: GlobalFlags, { runbooks }: Pick<World, "runbooks">): Promise<Report> {
  const names = await runbooks.names();
  const pages = await Promise.all(names.map(async (name) => parseRunbook(name, await runbooks.read(name))));
  const result = pages.map((page) => ({
    name: page.name,
    title: page.title,
    symptoms: page.symptoms,
    steps: stepNames(page),
  }));
  return { outcome: "done", result, findings: [], text: (style) => runbookIndex(result, style) };
}
