/** The strings of a JSON text with their positions, so that one can change and the rest keeps its bytes. */
import { visit } from "jsonc-parser";
import { isTooDeep } from "../../text/json-depth.ts";
import type { Edit } from "./edit.ts";

export interface JsonString {
  /** Member names and indexes from the root; empty for a text that is one string. */
  readonly path: readonly string[];
  /** The stretch between the quotes. */
  readonly from: number;
  readonly to: number;
  readonly value: string;
  /** Edits of the value, as edits of the JSON text. */
  lift(edits: readonly Edit[]): Edit[];
}

export interface JsonStrings {
  readonly strings: readonly JsonString[];
  /** Members whose value is a number, a boolean or null. */
  readonly others: readonly (readonly string[])[];
  /** Names that occur twice in an object: readers disagree about which one counts. */
  readonly duplicates: readonly string[];
}

/**
 * Undefined unless it is a JSON object, array or string, nested at most 100 deep. Allows a leading byte order mark. `offset`:
 * where the JSON begins in the text that positions refer to.
 */
export function jsonStringsIn(text: string, offset = 0): JsonStrings | undefined {
  const start = text.startsWith("\ufeff") ? 1 : 0;
  const json = text.slice(start);
  if (!/^\s*[[{"]/.test(json) || isTooDeep(json) || !isJson(json)) return undefined;
  return scan(json, offset + start);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // The parser's message quotes the text, which may be a key.
    return false;
  }
}

function scan(json: string, start: number): JsonStrings {
  const strings: JsonString[] = [];
  const others: string[][] = [];
  const duplicates: string[] = [];
  const names: Set<string>[] = [];
  visit(
    json,
    {
      onObjectBegin: () => void names.push(new Set()),
      onObjectEnd: () => void names.pop(),
      onObjectProperty: (name, _offset, _length, _line, _column, pathTo) => {
        const seen = names.at(-1) as Set<string>;
        if (seen.has(name)) duplicates.push([...pathTo(), name].join("."));
        seen.add(name);
      },
      onLiteralValue: (value, offset, length, _line, _column, pathTo) => {
        const path = pathTo().map(String);
        const spelling = json.slice(offset + 1, offset + length - 1);
        if (typeof value === "string") strings.push(stringAt(spelling, start + offset + 1, path));
        else others.push(path);
      },
    },
    { disallowComments: true },
  );
  return { strings, others, duplicates };
}

const CHARACTER = /\\(?:u[0-9a-fA-F]{4}|.)|[^\\]/gs;

function stringAt(raw: string, from: number, path: readonly string[]): JsonString {
  let value = "";
  const starts: number[] = [];
  const spellings = new Map<string, string>();
  for (const { 0: spelling, index } of raw.matchAll(CHARACTER)) {
    const character = spelling.length === 1 ? spelling : (JSON.parse(`"${spelling}"`) as string);
    starts.push(from + index);
    value += character;
    if (!spellings.has(character)) spellings.set(character, spelling);
  }
  const to = from + raw.length;
  starts.push(to);
  // Serializers differ in what they escape (`\/`, `\u002b`, non-ASCII): write characters as the old value did.
  const spelled = (next: string) =>
    [...next].map((each) => spellings.get(each) ?? JSON.stringify(each).slice(1, -1)).join("");
  const lift = (edits: readonly Edit[]) =>
    edits.map(
      (edit): Edit => ({
        from: starts[edit.from] as number,
        to: starts[edit.to] as number,
        text: spelled(edit.text),
      }),
    );
  return { path, from, to, value, lift };
}
