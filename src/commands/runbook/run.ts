/** `keyturn runbook run`: the commands of one step, one by one, without a shell, with a transcript. */
import { Argument, Command, Option } from "commander";
import type { Bind, GlobalFlags } from "../../cli/bind.ts";
import { offering } from "../../completion/offers.ts";
import { HaltError } from "../../errors.ts";
import { openGate } from "../../gates/open.ts";
import type { Report } from "../../report/report.ts";
import { transcriptEntry } from "../../report/runbook.ts";
import { fillIn } from "../../runbooks/fill-in.ts";
import { type RanCommand, runStep } from "../../runbooks/run-step.ts";
import { chooseStep, parseRunbook, stepOf } from "../../runbooks/runbook.ts";
import { withValues } from "../../runbooks/step-values.ts";
import type { World } from "../../seams/world.ts";
import { collect } from "../collect.ts";
import { globalArguments } from "./global-arguments.ts";
import { beginTranscript } from "./transcript.ts";

type Flags = GlobalFlags & {
  readonly name: string;
  readonly step?: string;
  readonly yes?: boolean;
  readonly transcript?: string;
  readonly set?: readonly string[];
};
type Needs = Pick<
  World,
  "runbooks" | "files" | "env" | "cwd" | "terminal" | "clock" | "keyturn" | "interrupt"
>;

export const runCommand = (bind: Bind) =>
  new Command("run")
    .addArgument(offering(new Argument("<name>", "as runbook list prints it"), "runbooks"))
    .addOption(offering(new Option("--step <step>", "step to run; runbook show lists them"), "steps"))
    .option("--yes", "do not confirm each command")
    .option(
      "--set <name=value>",
      "value for a word in capitals on the page, such as TICKET; repeatable",
      collect,
    )
    .option("--transcript <file>", "file (0600) for the commands and their output; a second run appends")
    .action(bind(run));

export async function run(flags: Flags, world: Needs): Promise<Report> {
  const page = parseRunbook(flags.name, await world.runbooks.read(flags.name));
  const name = chooseStep(page, flags.step);
  const gate = await openGate(flags, world);
  const again = `keyturn runbook run ${flags.name} --step ${name}`;
  if (!flags.yes && !world.terminal.interactive) {
    throw new HaltError(
      "ERR_CONFIRMATION",
      "each command needs a confirmation, and there is no terminal to confirm it on",
      [`${again} --yes`],
    );
  }
  const open = stepOf(parseRunbook(page.name, fillIn(page.text, gate)), name);
  const step = await withValues(
    open,
    flags.set ?? [],
    world.terminal,
    `${again}${flags.yes ? " --yes" : ""}`,
  );
  const { transcript: file } = flags;
  // Started before anything runs, so that an unwritable file is refused now and an interrupted step is recorded too.
  if (file !== undefined) await beginTranscript(file, page.name, step.name, world.files);
  const keep = async (ran: RanCommand) => {
    if (file !== undefined) await world.files.append(file, transcriptEntry(ran));
  };
  const rateLimit = { ask: !flags.yes, aside: flags.json === true, global: globalArguments(flags), keep };
  const transcript = await runStep(step, rateLimit, world);
  const result = { runbook: page.name, step: step.name, commands: transcript };
  const { exitCode } = transcript.at(-1) ?? { exitCode: 0 };
  const ended = transcript.every((each) => each.exitCode === each.expected);
  return { outcome: "done", result, findings: [], text: () => "", exitCode: ended ? undefined : exitCode };
}
