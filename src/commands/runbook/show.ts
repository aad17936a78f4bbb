/** `keyturn runbook show`: a runbook, with a gate's values filled in. */
import { Argument, Command } from "commander";
import type { Bind, GlobalFlags } from "../../cli/bind.ts";
import { offering } from "../../completion/offers.ts";
import { isError } from "../../errors.ts";
import type { Gate } from "../../gates/gate.ts";
import { findGates, gateAtHand, openGate } from "../../gates/open.ts";
import type { Report } from "../../report/report.ts";
import { runbookPage, stepHints } from "../../report/runbook-page.ts";
import { fillIn } from "../../runbooks/fill-in.ts";
import { parseRunbook, readableText, stepNames } from "../../runbooks/runbook.ts";
import type { World } from "../../seams/world.ts";

type Flags = GlobalFlags & { readonly name: string };
type Needs = Pick<World, "runbooks" | "files" | "env" | "cwd">;

export const showCommand = (bind: Bind) =>
  new Command("show")
    .addArgument(offering(new Argument("<name>", "as runbook list prints it"), "runbooks"))
    .action(bind(show));

export async function show(flags: Flags, world: Needs): Promise<Report> {
  const page = parseRunbook(flags.name, await world.runbooks.read(flags.name));
  const readable = readableText(page);
  const gate = await namedGate(flags, world);
  const text = gate === undefined ? readable : fillIn(readable, gate);
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
    text: (style) => `${runbookPage(text, style, gate?.name)}${stepHints(result, gate?.name, style)}`,
  };
}

/**
 * The gate that is named, or the only one in keyturn.yaml. If neither a gate nor a config file is named by a flag, and
 * none is found, the page is shown as written: that needs no keyturn.yaml.
 */
async function namedGate(flags: Flags, world: Needs): Promise<Gate | undefined> {
  if (flags.gate !== undefined || flags.config !== undefined) return openGate(flags, world);
  try {
    return gateAtHand(await findGates(flags, world), flags, world);
  } catch (thrown) {
    if (isError(thrown, "ERR_CONFIG", "ERR_FILE_UNREADABLE", "ERR_GATE")) return undefined;
    throw thrown;
  }
}
