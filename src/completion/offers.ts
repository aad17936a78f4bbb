/** What Tab offers for a value, declared with its option or argument; choices and file names need no declaration. */
import type { Argument, Option } from "commander";

export interface LocalNames {
  readonly gates: readonly string[];
  readonly runbooks: readonly string[];
  /** Keys of the account, as last listed. */
  readonly keyIds: readonly string[];
  readonly topics: readonly string[];
  /** All ids that `keyturn explain` accepts; empty on other command lines. */
  readonly ids: readonly string[];
  /** Steps of the runbook named on the line. */
  readonly steps: readonly string[];
}

/** An argument that takes one of these words, then files, or files alone. */
export interface WordsThenFiles {
  readonly first: readonly string[];
}

/** Names known locally, command words, files, or its own words. */
export type Offer = keyof LocalNames | "commands" | "files" | readonly string[] | WordsThenFiles;

interface Offering {
  offer?: Offer;
}

export function offering<Declared extends Option | Argument>(
  declared: Declared,
  offer: Declared extends Option ? Exclude<Offer, WordsThenFiles> : Offer,
): Declared {
  return Object.assign<Declared, Offering>(declared, { offer });
}

/** A value named `<file>` or `<dir>` is a path. */
export function offerOf(declared: Argument): Offer | undefined;
export function offerOf(declared: Option): Exclude<Offer, WordsThenFiles> | undefined;
export function offerOf(declared: Option | Argument): Offer | undefined {
  const value = "flags" in declared ? /[<[](.*)[>\]]/.exec(declared.flags)?.[1] : declared.name();
  const isFile = /^(?:file|dir)\b/.test(value ?? "");
  return (declared as Offering).offer ?? declared.argChoices ?? (isFile ? "files" : undefined);
}
