/** `keyturn runbook show`: a runbook, with a gate's values filled in. */
import { Command } from "commander";
import type { Bind, GlobalFlags } from "../../bind.ts";
import { openGate } from "../../gates/open.ts";
import type { Report } from "../../report/report.ts";
import { runbookPage, stepHints } from "../../report/runbook-page.ts";
import { fillIn } from "../../runbooks/fill-in.ts";
import { parseRunbook, readableText, stepNames } from "../../runbooks/runbook.ts";
import type { World } from "../../seams.ts";

type Flags = GlobalFlags & { readonly name: string };
type Needs = Pick<World, "runbooks" | "files" | "env" | "cwd">;

export const showCommand = (bind: Bind) =>
  new Command("show").argument("<name>", "as runbook list prints it").action(bind(show));

export async function show(flags: Flags, world: Needs): Promise<Report> {
  const page = parseRunbook(flags.name, await world.runbooks.read(flags.name));
  const readable = readableText(page);
  // Without --gate the page is shown as it is written: reading it must not need a keyturn.yaml.
  const text = flags.gate === undefined ? readable : fillIn(readable, await openGate(flags, world));
  const result = {
    name: page.name,
    title: page.title,
    symptoms: page.symptoms,
    steps: stepNames(page),
    text,
  };
  return {
    outcome: "done",
    result,
    findings: [],
    text: (style) => `${runbookPage(text, style)}${stepHints(result, flags.gate, style)}`,
  };
}
