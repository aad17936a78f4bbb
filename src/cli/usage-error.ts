/** Commander's errors in our shape: its sentence, what was probably meant, and a line to type. Only its codes tell them apart. */
import type { Command, CommanderError, Option } from "commander";
import { UsageError } from "../errors.ts";
import { nearest } from "../text/nearest.ts";
import { COMMANDS } from "./command-table.ts";
import { GROUPS } from "./groups.ts";

/** `words`: the command that was found; `argv`: everything typed; `first`: its first word; `program`: knows the options. */
export function usageErrorOf(
  thrown: CommanderError,
  words: string,
  argv: readonly string[],
  first: string,
  program: Command,
): UsageError {
  const end = argv.indexOf("--");
  const typed = end === -1 ? argv : argv.slice(0, end);
  const known = words === "" && Object.hasOwn(GROUPS, first) ? first : words;
  const help = ["keyturn", known, "--help"].filter((word) => word !== "").join(" ");
  if (thrown.code === "commander.help") return new UsageError("ERR_USAGE", missingWord(known), [help]);
  const command = known
    .split(" ")
    .reduce((parent, name) => parent.commands.find((each) => each.name() === name) ?? parent, program);
  const { sentence = thrown.message.replace(/^error: /, "").replace(/\.$/, ""), meant } =
    mistakeOf(thrown.code, typed, command) ?? {};
  const hints = [
    ...(meant === undefined ? [] : [meant.startsWith("keyturn ") ? meant : `did you mean ${meant}?`]),
    ...(MISSING.has(thrown.code) ? exampleOf(known) : []),
    help,
  ];
  return new UsageError("ERR_USAGE", sentence, hints, thrown);
}

interface Mistake {
  /** Replaces commander's. */
  readonly sentence?: string;
  readonly meant: string | undefined;
}

function mistakeOf(code: string, typed: readonly string[], command: Command): Mistake | undefined {
  if (code === "commander.unknownCommand") return unknownWord(command);
  if (code === "commander.unknownOption") return unknownFlag(typed, command);
  return code === "commander.invalidArgument" ? wrongChoice(typed, command) : undefined;
}

function unknownWord(command: Command): Mistake {
  const [word = ""] = command.args;
  if (command.parent === null && word === "version") return { meant: "keyturn --version" };
  const meant = nearest(
    word,
    command.commands.map((each) => each.name()),
  );
  if (command.parent !== null) return { meant };
  return { meant: meant === undefined ? subcommand(word) : withSecondWord(meant, command.args[1] ?? "") };
}

/** `keyturn roate status` is most likely `keyturn rotate status`. */
function withSecondWord(first: string, second: string): string {
  const isCommand = COMMANDS.some(({ words }) => words === `${first} ${second}`);
  return isCommand ? `keyturn ${first} ${second}` : first;
}

/** `keyturn status` is most likely `keyturn rotate status`. */
function subcommand(word: string): string | undefined {
  const pairs = COMMANDS.map(({ words }) => words.split(" ")).filter(([, second]) => second !== undefined);
  const meant = nearest(
    word,
    pairs.map(([, second]) => second as string),
  );
  const found = pairs.find(([, second]) => second === word) ?? pairs.find(([, second]) => second === meant);
  return found === undefined ? undefined : `keyturn ${found.join(" ")}`;
}

function unknownFlag(typed: readonly string[], command: Command): Mistake {
  const options = optionsOf(command);
  const flags = options.flatMap(({ long, short }) => [long, short]).filter((flag) => flag !== undefined);
  const word = typed.find((each) => each.startsWith("-") && !flags.includes(each.replace(/=.*/, ""))) ?? "";
  // As in other programs. On a command, -v may be meant for curl, where it means verbose.
  if (command.parent === null && word === "-v") return { meant: "keyturn --version" };
  const isLong = word.startsWith("--");
  return { meant: isLong ? nearest(word.replace(/=.*/, ""), flags) : undefined };
}

function optionsOf(command: Command): readonly Option[] {
  return command.parent === null ? command.options : [...command.options, ...optionsOf(command.parent)];
}

/** The choices of the option or argument that got a value outside them. */
function wrongChoice(typed: readonly string[], command: Command): Mistake | undefined {
  for (const option of optionsOf(command)) {
    const value = givenTo(option, typed);
    if (value !== undefined && option.argChoices?.includes(value) === false)
      return { meant: nearest(value, option.argChoices) };
  }
  for (const [at, argument] of command.registeredArguments.entries()) {
    const value = command.args[at];
    const choices = argument.argChoices;
    if (value === undefined || choices === undefined || choices.includes(value)) continue;
    const sentence = `'${value}' is not a known ${argument.name()}. Allowed choices are ${choices.join(", ")}`;
    return { sentence, meant: nearest(value, choices) };
  }
  return undefined;
}

function givenTo({ long, short }: Option, typed: readonly string[]): string | undefined {
  const at = typed.findIndex((word) => word === long || word === short);
  const joined = typed.find((word) => word.startsWith(`${long}=`));
  return at === -1 ? joined?.slice(`${long}=`.length) : typed[at + 1];
}

function missingWord(group: string): string {
  if (group === "") return "missing command";
  const second = COMMANDS.flatMap(({ words }) =>
    words.startsWith(`${group} `) ? [words.slice(group.length + 1)] : [],
  );
  return `"keyturn ${group}" needs one more word: ${second.join(", ")}`;
}

const MISSING: ReadonlySet<string> = new Set([
  "commander.missingArgument",
  "commander.missingMandatoryOptionValue",
]);

/** A complete example line is the quickest answer to something missing. */
function exampleOf(known: string): readonly string[] {
  const [example] = COMMANDS.find(({ words }) => words === known)?.examples ?? [];
  return example === undefined ? [] : [example[0]];
}
