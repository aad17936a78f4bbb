/** Runs the commands of a step: each after a confirmation, and only if the previous one exited as the page says. */
import { HaltError } from "../errors.ts";
import type { Terminal, World } from "../seams/world.ts";
import { shellWord } from "../text/shell-word.ts";
import type { EpochSeconds } from "../time.ts";
import type { RunbookStep } from "./runbook.ts";

export interface RanCommand {
  readonly command: string;
  readonly startedAt: EpochSeconds;
  readonly exitCode: number;
  readonly expected: number;
  /** Its output, stdout and stderr interleaved as printed. */
  readonly output: string;
}
export interface StepOptions {
  readonly ask: boolean;
  /** Sends the commands' output to stderr, because stdout must hold a single document. */
  readonly aside: boolean;
  /** Appended to each command line. */
  readonly global: readonly string[];
  /** Called after each command, so that a transcript is complete even if the step is interrupted. */
  readonly keep: (ran: RanCommand) => Promise<void>;
}
type Needs = Pick<World, "terminal" | "clock" | "keyturn" | "interrupt">;

/** Stops at the first command that does not exit as the page says. Throws ERR_CONFIRMATION if one is not confirmed. */
export async function runStep(
  step: RunbookStep,
  options: StepOptions,
  world: Needs,
): Promise<readonly RanCommand[]> {
  const ran: RanCommand[] = [];
  for (const { argv, exitCode: expected } of step.commands) {
    world.interrupt.throwIfAborted();
    const command = ["keyturn", ...argv, ...options.global].map(shellWord).join(" ");
    if (options.ask) await confirm(command, world.terminal);
    else world.terminal.note(`$ ${command}`);
    const startedAt = world.clock.now();
    const { terminal, printed } = recording(world.terminal, options.aside);
    const exitCode = await world.keyturn([...argv, ...options.global], terminal);
    const ended = { command, startedAt, exitCode, expected, output: printed() };
    await options.keep(ended);
    ran.push(ended);
    if (exitCode === expected) continue;
    const rest = ran.length < step.commands.length ? "; the rest of the step was not run" : "";
    world.terminal.note(`it exited with ${exitCode}, but the runbook expects ${expected}${rest}`);
    break;
  }
  return ran;
}

async function confirm(command: string, terminal: Terminal): Promise<void> {
  terminal.insist(`$ ${command}`);
  const answer = await terminal.ask("Run it? Type yes: ");
  if (answer.trim() === "yes") return;
  throw new HaltError("ERR_CONFIRMATION", "not confirmed; this command and the following ones were not run", [
    "run it again, or add --yes",
  ]);
}

/** Prints as before and records the output. Live lines that replace each other are not recorded. */
function recording(terminal: Terminal, aside: boolean): { terminal: Terminal; printed: () => string } {
  const kept: string[] = [];
  const note = (text: string) => {
    kept.push(`${text}\n`);
    terminal.note(text);
  };
  const out = (text: string) => {
    kept.push(text);
    if (!aside) return terminal.out(text);
    terminal.note(text.replace(/\n$/, ""));
    return Promise.resolve();
  };
  return {
    printed: () => kept.join(""),
    terminal: {
      interactive: terminal.interactive,
      live: terminal.live,
      columns: terminal.columns,
      ask: (question) => terminal.ask(question),
      progress: (text) => terminal.progress(text),
      insist: (text) => terminal.insist(text),
      note,
      out,
      // One step's commands follow each other on the screen.
      page: out,
    },
  };
}
