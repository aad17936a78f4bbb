/** `keyturn runbook list`: the runbooks, by symptom. */
import { Argument, Command } from "commander";
import type { Bind, GlobalFlags } from "../../cli/bind.ts";
import { offering } from "../../completion/offers.ts";
import { InputError } from "../../errors.ts";
import type { Report } from "../../report/report.ts";
import { runbookIndex } from "../../report/runbook.ts";
import { readRunbooks, stepNames } from "../../runbooks/runbook.ts";
import type { World } from "../../seams/world.ts";

const ABOUT_WORD = "only runbooks that mention this symptom, or this id printed by keyturn";

export const listCommand = (bind: Bind) =>
  new Command("list").addArgument(offering(new Argument("[word...]", ABOUT_WORD), "ids")).action(bind(list));

interface Flags extends GlobalFlags {
  readonly word?: readonly string[];
}

export async function list(flags: Flags, { runbooks }: Pick<World, "runbooks">): Promise<Report> {
  const words = flags.word ?? [];
  const pages = await readRunbooks(runbooks);
  const { searchRunbooks } = await import("../../help/search-runbooks.ts");
  const found = words.length === 0 ? pages : searchRunbooks(pages, words.join(" "));
  if (found.length === 0) {
    throw new InputError("ERR_RUNBOOK", `no runbook mentions "${words.join(" ")}"`, ["keyturn runbook list"]);
  }
  const result = found.map((page) => ({
    name: page.name,
    title: page.title,
    symptoms: page.symptoms,
    steps: stepNames(page),
  }));
  return { outcome: "done", result, findings: [], text: (style) => runbookIndex(result, style) };
}
