/** `keyturn completion`: Tab in bash, zsh and fish. */
import { Argument, Command } from "commander";
import type { Bind, GlobalFlags } from "../bind.ts";
import { COMMANDS } from "../command-table.ts";
import { candidates, type Names } from "../completion/candidates.ts";
import { FILES_MARK, SCRIPTS, SHELLS, type Shell } from "../completion/scripts.ts";
import { findGates } from "../gates/open.ts";
import { globalOptions } from "../global-options.ts";
import type { Report } from "../report/report.ts";
import type { World } from "../seams.ts";

type Needs = Pick<World, "files" | "env" | "cwd" | "cache" | "runbooks">;

interface CompletionFlags extends GlobalFlags {
  readonly shell: Shell | "words";
  readonly typed: readonly string[];
}

export const completionCommand = (bind: Bind) =>
  new Command("completion")
    .description(
      "Prints the completion script of a shell. What it offers is local; no Tab makes a network call.",
    )
    .addArgument(
      new Argument("<shell>", "shell to complete in; words is what the scripts ask").choices([
        ...SHELLS,
        "words",
      ]),
    )
    .argument("[typed...]", "after words: what has been typed so far")
    .action(bind(completion));

export async function completion({ shell, typed, ...flags }: CompletionFlags, world: Needs): Promise<Report> {
  const text = shell === "words" ? await offered(typed, flags, world) : SCRIPTS[shell];
  return { outcome: "done", result: { text }, findings: [], text: () => text };
}

/** One candidate a line. Whatever goes wrong, a Tab shows nothing rather than an error. */
async function offered(typed: readonly string[], flags: GlobalFlags, world: Needs): Promise<string> {
  const plain = typed.slice(0, -1).filter((word) => !word.startsWith("-"));
  const isChosen = (words: string) => words === plain.slice(0, 2).join(" ") || words === plain[0];
  const entries = await Promise.all(
    COMMANDS.map(async ({ words, load }) =>
      isChosen(words) ? { words, command: (await load())(() => async () => {}) } : { words },
    ),
  );
  const found = candidates(typed, entries, globalOptions(), await namesFor(flags, world));
  return [...(found.files ? [FILES_MARK] : []), ...found.words].join("\n");
}

async function namesFor(flags: GlobalFlags, world: Needs): Promise<Names> {
  const { pageNames } = await import("../help/page.ts");
  const gates = await findGates(flags, world).catch(() => undefined);
  const { topics, errorCodes } = pageNames();
  return {
    gates: [...(gates?.gates.keys() ?? [])],
    runbooks: await world.runbooks.names().catch(() => []),
    keyIds: ((await world.cache?.read("key-ids")) ?? "").split("\n").filter((id) => id !== ""),
    topics: [...topics, ...errorCodes],
  };
}
