/** What can come next on a command line being typed. Pure: names are passed in. */
import type { Command, Option } from "commander";
import { type LocalNames, type Offer, offerOf, type WordsThenFiles } from "./offers.ts";

/** Words, or `files` for the shell's own completion; both if either may follow. */
export interface Candidates {
  readonly words: readonly string[];
  readonly files: boolean;
}

/** A command of the table: its words, and its definition if loaded. */
export interface CompletableCommand {
  readonly words: string;
  readonly command?: Command;
}

const NONE: Candidates = { words: [], files: false };
const FILES: Candidates = { words: [], files: true };

/** The words of a command, without flags and the values of global flags. */
export function wordsIn(before: readonly string[], globals: readonly Option[]): string[] {
  const takesValue = (word: string | undefined) =>
    globals.some(({ long, required }) => required && long === word);
  return before.filter((word, at) => !word.startsWith("-") && !takesValue(before[at - 1]));
}

/** Splits `--gate=app` into two words: bash passes it as three, zsh and fish as one. */
export function split(typed: readonly string[]): string[] {
  return typed.flatMap((word, at) => {
    if (word === "=") return at === typed.length - 1 ? [""] : [];
    const [, flag, value] = /^(--[\w-]+)=(.*)$/.exec(word) ?? [];
    return flag === undefined || value === undefined ? [word] : [flag, value];
  });
}

/** `typed`: the words after `keyturn`, the one under the cursor last (maybe empty). `globals`: the global options. */
export function candidates(
  typed: readonly string[],
  entries: readonly CompletableCommand[],
  globals: readonly Option[],
  names: LocalNames,
): Candidates {
  const current = typed.at(-1) ?? "";
  const before = typed.slice(0, -1);
  if (before.includes("--")) return FILES;
  const plain = wordsIn(before, globals);
  const entry =
    entries.find(({ words }) => words === plain.slice(0, 2).join(" ")) ??
    entries.find(({ words }) => words === plain[0]);
  const options = [...(entry?.command?.options ?? []), ...globals];
  const last = before.at(-1) ?? "";
  const previous = options.find(({ long, short }) => last !== "" && (long === last || short === last));
  if (previous !== undefined && (previous.required || previous.optional))
    return matching(offered(offerOf(previous), names, []), current);
  if (current.startsWith("-")) {
    const flags = options
      .filter((option) => !option.hidden)
      .map((option) => option.long ?? option.short ?? "");
    return matching({ words: flags, files: false }, current);
  }
  if (entry !== undefined) return matching(argumentsOf(entry, plain, entries, names), current);
  return matching({ words: wordsAfter(plain, entries), files: false }, current);
}

/** The next words of the tree: groups and commands, then the commands of the group. */
function wordsAfter(plain: readonly string[], entries: readonly CompletableCommand[]): string[] {
  const next = entries
    .map(({ words }) => words.split(" "))
    .filter((words) => plain.every((word, at) => words[at] === word))
    .map((words) => words[plain.length] ?? "");
  return [...new Set(next)];
}

/** Candidates for a command's next argument. */
function argumentsOf(
  { words, command }: CompletableCommand,
  plain: readonly string[],
  entries: readonly CompletableCommand[],
  names: LocalNames,
): Candidates {
  const given = plain.slice(words.split(" ").length);
  const declared = command?.registeredArguments ?? [];
  const last = declared.at(-1);
  const next = declared[given.length] ?? (last?.variadic ? last : undefined);
  if (next === undefined) return NONE;
  const offer = offerOf(next);
  if (typeof offer === "object" && "first" in offer)
    return { words: given.length === 0 ? offer.first : [], files: true };
  return offered(offer, names, wordsAfter(given, entries));
}

function offered(
  offer: Exclude<Offer, WordsThenFiles> | undefined,
  names: LocalNames,
  commands: readonly string[],
): Candidates {
  if (offer === undefined) return NONE;
  if (offer === "files") return FILES;
  if (offer === "commands") return { words: commands, files: false };
  return { words: typeof offer === "string" ? names[offer] : offer, files: false };
}

function matching({ words, files }: Candidates, current: string): Candidates {
  return { words: words.filter((word) => word !== "" && word.startsWith(current)), files };
}
