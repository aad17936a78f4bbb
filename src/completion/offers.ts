/** What Tab offers for a value, declared with its option or argument; choices and file names need no such word. */
import type { Argument, Option } from "commander";

export interface Names {
  readonly gates: readonly string[];
  readonly runbooks: readonly string[];
  /** Of the account as it was listed last. */
  readonly keyIds: readonly string[];
  readonly topics: readonly string[];
  /** Of the runbook that is named on the line. */
  readonly steps: readonly string[];
}

/** An argument that takes one of these words, then files, or files alone. */
export interface WordsThenFiles {
  readonly first: readonly string[];
}

/** Names that are known here, words of commands, files, or words of its own. */
export type Offer = keyof Names | "commands" | "files" | readonly string[] | WordsThenFiles;

interface Offering {
  offer?: Offer;
}

export function offering<Declared extends Option | Argument>(
  declared: Declared,
  offer: Declared extends Option ? Exclude<Offer, WordsThenFiles> : Offer,
): Declared {
  return Object.assign<Declared, Offering>(declared, { offer });
}

/** A value that is called `<file>` or `<dir>` is one. */
export function offerOf(declared: Argument): Offer | undefined;
export function offerOf(declared: Option): Exclude<Offer, WordsThenFiles> | undefined;
export function offerOf(declared: Option | Argument): Offer | undefined {
  const value = "flags" in declared ? /[<[](.*)[>\]]/.exec(declared.flags)?.[1] : declared.name();
  const isFile = /^(?:file|dir)\b/.test(value ?? "");
  return (declared as Offering).offer ?? declared.argChoices ?? (isFile ? "files" : undefined);
}
