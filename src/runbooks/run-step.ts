/** Runs the commands of a step: each after a confirmation, the next one only when the last ended as the page says. */
import { HaltError } from "../errors.ts";
import type { Terminal, World } from "../seams.ts";
import { shellWord } from "../text/shell-word.ts";
import type { EpochSeconds } from "../time.ts";
import type { RunbookStep } from "./runbook.ts";

export interface RanCommand {
  readonly command: string;
  readonly startedAt: EpochSeconds;
  readonly exitCode: number;
  readonly expected: number;
  /** What it printed, stdout and stderr in the order they came. */
  readonly output: string;
}
export interface StepOptions {
  readonly ask: boolean;
  /** What the commands print goes to stderr: stdout is for one document alone. */
  readonly aside: boolean;
  /** Added to each command line. */
  readonly global: readonly string[];
  /** Told of each command once it has ended: what was run is kept even when the step is broken off. */
  readonly keep: (ran: RanCommand) => Promise<void>;
}
type Needs = Pick<World, "terminal" | "clock" | "keyturn" | "interrupt">;

/** Ends at the first command that ends otherwise than the page says. Throws ERR_CONFIRMATION when one is not confirmed. */
export async function runStep(
  step: RunbookStep,
  manners: StepOptions,
  world: Needs,
): Promise<readonly RanCommand[]> {
  const ran: RanCommand[] = [];
  for (const { argv, exitCode: expected } of step.commands) {
    world.interrupt.throwIfAborted();
    const command = ["keyturn", ...argv, ...manners.global].map(shellWord).join(" ");
    if (manners.ask) await confirm(command, world.terminal);
    else world.terminal.note(`$ ${command}`);
    const startedAt = world.clock.now();
    const { terminal, printed } = recording(world.terminal, manners.aside);
    const exitCode = await world.keyturn([...argv, ...manners.global], terminal);
    const ended = { command, startedAt, exitCode, expected, output: printed() };
    await manners.keep(ended);
    ran.push(ended);
    if (exitCode === expected) continue;
    const rest = ran.length < step.commands.length ? ": the rest of the step is not run" : "";
    world.terminal.note(`it ended with ${exitCode}; the runbook shows ${expected}${rest}`);
    break;
  }
  return ran;
}

async function confirm(command: string, terminal: Terminal): Promise<void> {
  terminal.insist(`$ ${command}`);
  const answer = await terminal.ask("Run it? Type yes: ");
  if (answer.trim() === "yes") return;
  throw new HaltError("ERR_CONFIRMATION", "not confirmed; this command and those after it are not run", [
    "run it again, or add --yes",
  ]);
}

/** Prints as before and keeps what was printed. Live lines that replace each other are not kept. */
function recording(terminal: Terminal, aside: boolean): { terminal: Terminal; printed: () => string } {
  const kept: string[] = [];
  const note = (text: string) => {
    kept.push(`${text}\n`);
    terminal.note(text);
  };
  return {
    printed: () => kept.join(""),
    terminal: {
      interactive: terminal.interactive,
      columns: terminal.columns,
      ask: (question) => terminal.ask(question),
      progress: (text) => terminal.progress(text),
      insist: (text) => terminal.insist(text),
      note,
      out: (text) => {
        kept.push(text);
        if (!aside) return terminal.out(text);
        terminal.note(text.replace(/\n$/, ""));
        return Promise.resolve();
      },
    },
  };
}
