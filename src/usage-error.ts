/** Commander's complaints in our shape: a sentence, what was meant, and a line that can be typed. */
import type { CommanderError } from "commander";
import { COMMANDS, GROUPS } from "./command-table.ts";
import { UsageError } from "./errors.ts";
import { nearest } from "./text/nearest.ts";

/** `words` are those of the command that was found, `typed` all that stood before any `--`. */
export function usageErrorOf(thrown: CommanderError, words: string, typed: readonly string[]): UsageError {
  const [group = ""] = typed;
  const known = words === "" && Object.hasOwn(GROUPS, group) ? group : words;
  const help = ["keyturn", known, "--help"].filter((word) => word !== "").join(" ");
  if (thrown.code === "commander.help") return new UsageError("ERR_USAGE", missingWord(known), [help]);
  const [sentence = "", suggestion = ""] = thrown.message.replace(/^error: /, "").split("\n");
  if (words === "" && VERSION.test(sentence))
    return new UsageError("ERR_USAGE", inOurWords(sentence), ["keyturn --version", help]);
  const meant = /^\(Did you mean (?:one of )?(.*)\?\)$/.exec(suggestion)?.[1] ?? choiceMeant(sentence);
  const hints = [
    ...(meant === undefined ? [] : [`did you mean ${meant}?`]),
    ...(MISSING.has(thrown.code) ? exampleOf(known) : []),
    help,
  ];
  return new UsageError("ERR_USAGE", inOurWords(sentence), hints, thrown);
}

/** As other programs spell it. A command may be given curl's -v, which asks for something else. */
const VERSION = /^unknown (?:command 'version'|option '-v')$/;

function missingWord(group: string): string {
  if (group === "") return "a command is missing";
  const second = COMMANDS.flatMap(({ words }) =>
    words.startsWith(`${group} `) ? [words.slice(group.length + 1)] : [],
  );
  return `"keyturn ${group}" needs one more word: ${second.join(", ")}`;
}

const MISSING: ReadonlySet<string> = new Set([
  "commander.missingArgument",
  "commander.missingMandatoryOptionValue",
]);

/** Whoever leaves something out is told quickest by a whole line. */
function exampleOf(known: string): readonly string[] {
  const [example] = COMMANDS.find(({ words }) => words === known)?.examples ?? [];
  return example === undefined ? [] : [`${example[0]} (${example[1]})`];
}

const CHOICES = /'([^']*)' is invalid(?: for argument '[^']*')?\. Allowed choices are (.*?)\.?$/;

function choiceMeant(sentence: string): string | undefined {
  const [, typed, choices] = CHOICES.exec(sentence) ?? [];
  return typed === undefined || choices === undefined ? undefined : nearest(typed, choices.split(", "));
}

function inOurWords(sentence: string): string {
  return sentence
    .replace(
      /^command-argument value ('[^']*') is invalid for argument ('[^']*')/,
      "$1 is no $2 that is known",
    )
    .replace(/\.$/, "");
}
