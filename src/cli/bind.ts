/** `bind` hands a command its world, prints its report and sets the exit code; nothing else does. */
import type { Command } from "commander";
import { isBrokenPipe, KeyturnError } from "../errors.ts";
import { exitCodeOfOutcome } from "../exit-codes.ts";
import type { Report } from "../report/report.ts";
import type { Terminal, World } from "../seams/world.ts";
import type { GlobalFlags } from "./global-flags.ts";
import { PAGED, pagerOf } from "./pager.ts";
import { terminalWith } from "./terminal-with.ts";

export type { GlobalFlags } from "./global-flags.ts";

/**
 * Turns `run` into a commander action. `flags` holds the command's options, the global ones, and its positional
 * arguments under their declared names: `new Command("mint").argument("[url]")` gives `flags.url`.
 */
export type Bind = <Flags>(
  run: (flags: Flags & GlobalFlags, world: World) => Promise<Report>,
) => (...commanderArguments: unknown[]) => Promise<void>;

/** `ended` receives the exit code; the entry's words name the command in the JSON envelope. */
export function makeBind(
  world: World,
  { words }: { readonly words: string },
  ended: (exitCode: number) => void,
): Bind {
  return <Flags>(run: (flags: Flags & GlobalFlags, world: World) => Promise<Report>) =>
    async (...commanderArguments: unknown[]) => {
      const command = commanderArguments.at(-1) as Command;
      const flags = flagsOf(command) as Flags & GlobalFlags;
      const terminal = flags.quiet ? silenced(world.terminal) : world.terminal;
      const report = await run(flags, { ...world, terminal });
      const { printReport } = await import("../report/print.ts");
      // A reader that left early (`| head`) does not change how the command ended.
      const pager = PAGED.has(words) ? pagerOf(flags.pager, world) : undefined;
      await printReport(report, { command: words, pager, flags }, { ...world, terminal }).catch(
        (thrown: unknown) => {
          if (isBrokenPipe(thrown)) return;
          if (!(report.isAfterwards && thrown instanceof KeyturnError)) throw thrown;
          terminal.insist(`warning: ${thrown.message}; the work itself is done`);
        },
      );
      ended(report.exitCode ?? exitCodeOfOutcome[report.outcome]);
    };
}

/** Options, global options and positional arguments by name; omitted ones are absent. */
function flagsOf(command: Command): Record<string, unknown> {
  const positional = command.registeredArguments.map(
    (argument, at) => [camelCase(argument.name()), command.processedArgs[at]] as const,
  );
  const entries = [...Object.entries(command.optsWithGlobals()), ...positional];
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Under --quiet prints only results and errors, but still asks necessary questions. */
const silenced = (terminal: Terminal) => terminalWith(terminal, { note: () => {}, progress: () => {} });
