/** `keyturn completion`: tab completion in bash, zsh, fish and PowerShell. */
import { Argument, Command } from "commander";
import type { Bind, GlobalFlags } from "../cli/bind.ts";
import type { CommandEntry } from "../cli/command-entry.ts";
import { globalOptions } from "../cli/global-options.ts";
import { candidates, split, wordsIn } from "../completion/candidates.ts";
import { namesFor } from "../completion/names.ts";
import { offering } from "../completion/offers.ts";
import { FILES_MARK, SCRIPTS, SHELLS, type Shell } from "../completion/scripts.ts";
import type { Report } from "../report/report.ts";
import type { World } from "../seams/world.ts";

type Needs = Pick<World, "files" | "env" | "cwd" | "cache" | "runbooks">;

interface CompletionFlags extends GlobalFlags {
  readonly shell: Shell | "words";
  readonly typed: readonly string[];
}

/** The commands to complete. */
export const completionOf = (commands: readonly CommandEntry[]) => (bind: Bind) =>
  new Command("completion")
    .description(
      "Prints the completion script for a shell. Completion is local: pressing Tab never makes a network call.",
    )
    .addArgument(
      offering(
        new Argument("<shell>", "shell to complete in; words is for the scripts themselves").choices([
          ...SHELLS,
          "words",
        ]),
        SHELLS,
      ),
    )
    .argument("[typed...]", "with words: what has been typed so far")
    .action(bind((flags: CompletionFlags, world) => completion(flags, world, commands)));

async function completion(
  { shell, typed, ...flags }: CompletionFlags,
  world: Needs,
  commands: readonly CommandEntry[],
): Promise<Report> {
  const text = shell === "words" ? await offered(typed, flags, world, commands) : SCRIPTS[shell];
  return { outcome: "done", result: { text }, findings: [], text: () => text };
}

/** One candidate per line. If anything fails, Tab shows nothing rather than an error. */
async function offered(
  line: readonly string[],
  flags: GlobalFlags,
  world: Needs,
  commands: readonly CommandEntry[],
): Promise<string> {
  const globals = globalOptions();
  const typed = split(line);
  const plain = wordsIn(typed.slice(0, -1), globals);
  const isChosen = (words: string) => words === plain.slice(0, 2).join(" ") || words === plain[0];
  const entries = await Promise.all(
    commands.map(async ({ words, load }) =>
      isChosen(words) ? { words, command: (await load())(() => async () => {}) } : { words },
    ),
  );
  const found = candidates(typed, entries, globals, await namesFor(typed, plain, flags, world));
  // A shell that keeps `--gate=` in the word replaces the whole word.
  const [kept = ""] = /^--[\w-]+=/.exec(line.at(-1) ?? "") ?? [];
  return [...(found.files ? [FILES_MARK] : []), ...found.words.map((word) => kept + word)].join("\n");
}
