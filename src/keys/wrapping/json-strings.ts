/** The strings of a JSON text with their positions, so that one can change and the rest keeps its bytes. */
import { isDeepStrictEqual } from "node:util";
import { type Node, parseTree, visit } from "jsonc-parser";
import { isTooDeep } from "../../text/json-depth.ts";
import type { TextEdit } from "./edit.ts";

export interface JsonString {
  /** Member names and indexes from the root; empty for a text that is one string. */
  readonly path: readonly string[];
  /** The stretch between the quotes. */
  readonly from: number;
  readonly to: number;
  readonly value: string;
  /** Edits of the value, as edits of the JSON text. */
  lift(edits: readonly TextEdit[]): TextEdit[];
}

/** A member whose name occurs again later in its object: readers disagree about which one counts. */
export interface Duplicate {
  /** Member names from the root, joined by dots. */
  readonly name: string;
  /** Both have the same value. */
  readonly isSame: boolean;
  /** Removes the earlier of the two, with the comma after it. */
  readonly withoutEarlier: TextEdit;
  /** Removes the later of the two, with the comma before it. */
  readonly withoutLater: TextEdit;
}

export interface JsonStrings {
  readonly strings: readonly JsonString[];
  /** Members whose value is a number, a boolean or null. */
  readonly others: readonly (readonly string[])[];
  readonly duplicates: readonly Duplicate[];
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
  const names: Set<string>[] = [];
  let hasDuplicates = false;
  visit(
    json,
    {
      onObjectBegin: () => void names.push(new Set()),
      onObjectEnd: () => void names.pop(),
      onObjectProperty: (name) => {
        const seen = names.at(-1) as Set<string>;
        hasDuplicates ||= seen.has(name);
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
  // Only such a value needs the tree.
  const root = hasDuplicates ? parseTree(json) : undefined;
  return { strings, others, duplicates: root === undefined ? [] : duplicatesIn(root, json, start, []) };
}

function duplicatesIn(node: Node, json: string, start: number, path: readonly string[]): Duplicate[] {
  const { children = [] } = node;
  if (node.type !== "object") {
    return children.flatMap((child, at) => duplicatesIn(child, json, start, [...path, `${at}`]));
  }
  const earlier = new Map<string, number>();
  return children.flatMap((member, at) => {
    const [name, value] = member.children as [Node, Node];
    const pathTo = [...path, `${name.value}`];
    const inside = duplicatesIn(value, json, start, pathTo);
    const before = earlier.get(name.value);
    earlier.set(name.value, at);
    if (before === undefined) return inside;
    const first = children[before] as Node;
    const cut = (from: number, to: number): TextEdit => ({ from: start + from, to: start + to, text: "" });
    const parsed = (each: Node | undefined) =>
      each === undefined ? undefined : JSON.parse(json.slice(each.offset, endOf(each)));
    const duplicate = {
      name: pathTo.join("."),
      isSame: isDeepStrictEqual(parsed(first.children?.[1]), parsed(value)),
      withoutEarlier: cut(first.offset, (children[before + 1] as Node).offset),
      withoutLater: cut(endOf(children[at - 1] as Node), endOf(member)),
    };
    return [duplicate, ...inside];
  });
}

const endOf = ({ offset, length }: Node): number => offset + length;

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
  const lift = (edits: readonly TextEdit[]) =>
    edits.map(
      (edit): TextEdit => ({
        from: starts[edit.from] as number,
        to: starts[edit.to] as number,
        text: spelled(edit.text),
      }),
    );
  return { path, from, to, value, lift };
}
