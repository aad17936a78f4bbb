/** What may come next on a command line that is being typed. Pure: the names are brought along. */
import type { Command, Option } from "commander";
import { QUESTION_NAMES } from "../logs/question.ts";
import { CASE_IDS } from "../probe/cases.ts";
import { SHELLS } from "./scripts.ts";

export interface Names {
  readonly gates: readonly string[];
  readonly runbooks: readonly string[];
  /** Of the account as it was listed last. */
  readonly keyIds: readonly string[];
  readonly topics: readonly string[];
  /** Of the runbook that is named on the line. */
  readonly steps: readonly string[];
}

/** Words, or `files` for the shell's own completion; both where either may come. */
export interface Candidates {
  readonly words: readonly string[];
  readonly files: boolean;
}

/** A command of the table: its words, and its definition where it is loaded. */
export interface Entry {
  readonly words: string;
  readonly command?: Command;
}

const NONE: Candidates = { words: [], files: false };
const FILES: Candidates = { words: [], files: true };

/** The words of a command, without flags and what the global ones among them take. */
export function wordsIn(before: readonly string[], globals: readonly Option[]): string[] {
  const takesValue = (word: string | undefined) =>
    globals.some(({ long, required }) => required && long === word);
  return before.filter((word, at) => !word.startsWith("-") && !takesValue(before[at - 1]));
}

/** `--gate=app` as the two words that it stands for: bash hands it over as three, zsh and fish as one. */
export function split(typed: readonly string[]): string[] {
  return typed.flatMap((word, at) => {
    if (word === "=") return at === typed.length - 1 ? [""] : [];
    const [, flag, value] = /^(--[\w-]+)=(.*)$/.exec(word) ?? [];
    return flag === undefined || value === undefined ? [word] : [flag, value];
  });
}

/** `typed`: the words after `keyturn`, the one under the cursor last (maybe empty). `globals`: what every command takes. */
export function candidates(
  typed: readonly string[],
  entries: readonly Entry[],
  globals: readonly Option[],
  names: Names,
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
    return matching(valuesOf(previous, names), current);
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
function wordsAfter(plain: readonly string[], entries: readonly Entry[]): string[] {
  const next = entries
    .map(({ words }) => words.split(" "))
    .filter((words) => plain.every((word, at) => words[at] === word))
    .map((words) => words[plain.length] ?? "");
  return [...new Set(next)];
}

function valuesOf(option: Option, names: Names): Candidates {
  if (option.argChoices !== undefined) return { words: option.argChoices, files: false };
  switch (option.long) {
    case "--gate":
      return { words: names.gates, files: false };
    case "--key-pair-id":
    case "--keep":
      return { words: names.keyIds, files: false };
    case "--step":
      return { words: names.steps, files: false };
    case "--cases":
      return { words: CASE_IDS, files: false };
    default:
      return /file|dir|pem|path|plan/i.test(option.flags) || option.long === "--config" ? FILES : NONE;
  }
}

/** What may follow the words of a command: names that are known, files where it takes one, else nothing. */
function argumentsOf(
  { words, command }: Entry,
  plain: readonly string[],
  entries: readonly Entry[],
  names: Names,
): Candidates {
  if (words === "logs") return plain.length === 1 ? { words: QUESTION_NAMES, files: true } : FILES;
  if (words === "config schema") return { words: wordsAfter(plain.slice(2), entries), files: false };
  const given = plain.length - words.split(" ").length;
  if (given > 0 && words !== "help" && words !== "doctor") return NONE;
  if (words === "keys delete") return { words: names.keyIds, files: false };
  if (words === "runbook show" || words === "runbook run") return { words: names.runbooks, files: false };
  if (words === "help") return { words: names.topics, files: false };
  if (words === "completion") return { words: SHELLS, files: false };
  const wanted = command?.registeredArguments[given];
  return wanted !== undefined && /file|plan|input/.test(wanted.name()) ? FILES : NONE;
}

function matching({ words, files }: Candidates, current: string): Candidates {
  return { words: words.filter((word) => word !== "" && word.startsWith(current)), files };
}
