/** The command tree. Loads only the chosen command's file; the others are listed by name and summary. */
import { Command, CommanderError, Help } from "commander";
import { makeBind } from "./cli/bind.ts";
import type { CommandEntry } from "./cli/command-entry.ts";
import { COMMANDS } from "./cli/command-table.ts";
import { printError } from "./cli/error-report.ts";
import { globalOptions } from "./cli/global-options.ts";
import { GROUPS } from "./cli/groups.ts";
import { guarded } from "./cli/guarded-terminal.ts";
import { overview } from "./cli/overview.ts";
import { pagerOf } from "./cli/pager.ts";
import { isBrokenPipe } from "./errors.ts";
import { EXIT } from "./exit-codes.ts";
import type { World } from "./seams/world.ts";

/** Replaced at build time by the package's version. */
declare const KEYTURN_VERSION: string | undefined;
const VERSION = typeof KEYTURN_VERSION === "string" ? KEYTURN_VERSION : "0.0.0-source";

/** Runs one command line (without `node keyturn`) and resolves to its exit code. Never throws, never exits. */
export async function runProgram(argv: readonly string[], given: World): Promise<number> {
  const world: World = { ...given, terminal: guarded(given) };
  const typed = argv.length === 0 ? ["--help"] : helpAsFlag(argv);
  const chosen = chosenCommand(typed);
  let exitCode: number = EXIT.done;
  let help = "";
  const program = programOf(world, (text) => {
    help += text;
  });
  try {
    for (const entry of neededFor(typed, chosen)) {
      const command =
        entry === chosen ? await loaded(entry, world, (code) => (exitCode = code)) : stub(entry);
      attach(program, entry, command);
    }
    await program.parseAsync(typed, { from: "user" });
    return exitCode;
  } catch (thrown) {
    const words = chosen?.words ?? "";
    const failed = async (error: unknown) => {
      const reported =
        error instanceof CommanderError
          ? (await import("./cli/usage-error.ts")).usageErrorOf(
              error,
              words,
              typed,
              wordsOf(typed)[0] ?? "",
              program,
            )
          : error;
      return printError(reported, words, typed, world);
    };
    if (!(thrown instanceof CommanderError && thrown.exitCode === 0)) return failed(thrown);
    const said = isVersionAsJson(thrown, typed) ? await versionJson() : await pageOf(thrown, chosen, help);
    const pager = pagerOf(typed.includes("--no-pager") ? false : undefined, world);
    const printed = pager === undefined ? world.terminal.out(said) : world.terminal.page(said, pager);
    return printed.then(
      () => EXIT.done,
      (unwritten) => (isBrokenPipe(unwritten) ? EXIT.done : failed(unwritten)),
    );
  }
}

function isVersionAsJson({ code }: CommanderError, typed: readonly string[]): boolean {
  return code === "commander.version" && typed.includes("--json");
}

/** A command's help with its examples, which only help needs. */
async function pageOf(
  { code }: CommanderError,
  chosen: CommandEntry | undefined,
  help: string,
): Promise<string> {
  if (chosen === undefined || code === "commander.version") return help;
  const { withExamples } = await import("./cli/help-page.ts");
  return withExamples(help, chosen);
}

async function versionJson(): Promise<string> {
  const { envelopeOf, envelopeText } = await import("./report/json.ts");
  const report = {
    outcome: "done",
    result: { version: VERSION },
    findings: [],
    text: () => VERSION,
  } as const;
  return envelopeText(envelopeOf(report, "version"));
}

function programOf(world: World, writeHelp: (text: string) => void): Command {
  const columns = world.terminal.columns ?? 80;
  const program = new Command("keyturn")
    .description("Operations for CloudFront signing keys and signed cookies.")
    .exitOverride()
    .configureOutput({
      writeOut: writeHelp,
      writeErr: writeHelp,
      outputError: () => {},
      getOutHelpWidth: () => columns,
      getErrHelpWidth: () => columns,
      // Help has no colors; asking the streams whether they support them would load them.
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .configureHelp({
      formatHelp: (command, help) =>
        command.parent === null ? overview(help) : Help.prototype.formatHelp.call(help, command, help),
    })
    .helpCommand(false)
    .showSuggestionAfterError(false)
    .helpOption("-h, --help", "show help")
    .version(VERSION, "-V, --version", "print the version");
  for (const option of globalOptions()) program.addOption(option);
  return program;
}

/** Global flags that take a value: when one precedes the words, its value is not a word. */
const VALUED = new Set(globalOptions().flatMap(({ required, long }) => (required && long ? [long] : [])));

/** The words typed, before any `--`: `["keys", "upload", "reader.pem"]`. */
function wordsOf(argv: readonly string[]): string[] {
  const words: string[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const each = argv[at] as string;
    if (each === "--") break;
    if (VALUED.has(each)) at += 1;
    else if (!each.startsWith("-")) words.push(each);
  }
  return words;
}

function chosenCommand(argv: readonly string[]): CommandEntry | undefined {
  const [first, second] = wordsOf(argv);
  return (
    COMMANDS.find(({ words }) => words === `${first} ${second}`) ??
    COMMANDS.find(({ words }) => words === first)
  );
}

/**
 * `help keys upload` and `keys help upload` mean `keys upload --help`; help on a topic is a separate command.
 * No help page for an unknown subcommand: report the error instead.
 */
function helpAsFlag(argv: readonly string[]): readonly string[] {
  const typed = wordsOf(argv);
  const [first = "", second] = typed;
  // A group without a subcommand lists its commands.
  if (typed.length === 1 && Object.hasOwn(GROUPS, first) && !argv.includes("--")) {
    return argv.includes("--help") || argv.includes("-h") ? argv : [...argv, "--help"];
  }
  const isAsked = first === "help" || (second === "help" && Object.hasOwn(GROUPS, first));
  if (!isAsked || argv.includes("--help") || argv.includes("-h")) return argv;
  const rest = typed.filter((each) => each !== "help");
  const isWhole = rest.length === 0 || (rest.length === 1 && Object.hasOwn(GROUPS, rest[0] as string));
  const withoutHelp = argv.filter((each) => each !== "help");
  if (isWhole || chosenCommand(rest) !== undefined) return [...withoutHelp, "--help"];
  return Object.hasOwn(GROUPS, rest[0] as string) ? withoutHelp : argv;
}

/** A known command loads alone; a mistyped one needs all names, to suggest the nearest. */
function neededFor(typed: readonly string[], chosen: CommandEntry | undefined): readonly CommandEntry[] {
  if (chosen !== undefined) return [chosen];
  const asksProgram = typed.every((each) => PROGRAM_FLAGS.has(each));
  return asksProgram ? [] : COMMANDS;
}

const PROGRAM_FLAGS = new Set(["-h", "--help", "-V", "--version", "--no-color", "--no-pager", "--json"]);

async function loaded(entry: CommandEntry, world: World, ended: (code: number) => void): Promise<Command> {
  const make = await entry.load();
  return make(makeBind(world, entry, ended));
}

function stub(entry: CommandEntry): Command {
  return new Command(entry.words.split(" ").at(-1)).description(entry.summary);
}

function attach(program: Command, { words, summary }: CommandEntry, command: Command): void {
  const [group] = words.split(" ");
  let parent = program;
  if (group !== words) {
    parent = program.commands.find((each) => each.name() === group) ?? newGroup(program, group as string);
  }
  if (command.description() === "") command.description(sentenceOf(summary));
  command.summary(summary);
  parent.addCommand(command.copyInheritedSettings(program));
}

/** A file name is kept as typed. */
function sentenceOf(summary: string): string {
  if (/^\S+\.\w/.test(summary)) return `${summary}.`;
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}

function newGroup(program: Command, name: string): Command {
  return program
    .command(name)
    .description(sentenceOf(GROUPS[name] ?? name))
    .helpCommand(false);
}
