/** JSON objects and quoted strings with escaped quotes inside a text of any syntax: `CONFIG='{"privateKey": "..."}'`. */
import { type JsonStrings, jsonStringsIn } from "./json-strings.ts";

export interface Embedded extends JsonStrings {
  readonly from: number;
  readonly to: number;
}

const START = /\{\s*"|"(?=(?:\\.|[^"\\])*\\")/g;
/** A text with more openings is not a settings file, and each costs a look ahead. */
const MOST = 200;

/** In reading order, never one inside another; offsets are those of the text. */
export function embeddedIn(text: string): Embedded[] {
  const found: Embedded[] = [];
  START.lastIndex = 0;
  for (let tries = 0; tries < MOST; tries += 1) {
    const from = START.exec(text)?.index;
    if (from === undefined) break;
    const to = text[from] === "{" ? endOfObject(text, from) : endOfString(text, from);
    const json = to === undefined ? undefined : jsonStringsIn(text.slice(from, to), from);
    if (to === undefined || json === undefined) continue;
    found.push({ ...json, from, to });
    START.lastIndex = to;
  }
  return found;
}

const TOKEN = /"(?:\\.|[^"\\])*"|[{}]/gs;

function endOfObject(text: string, from: number): number | undefined {
  let depth = 0;
  TOKEN.lastIndex = from;
  for (let token = TOKEN.exec(text); token !== null; token = TOKEN.exec(text)) {
    if (token[0] === "{") depth += 1;
    else if (token[0] === "}") depth -= 1;
    if (depth === 0) return TOKEN.lastIndex;
  }
  return undefined;
}

function endOfString(text: string, from: number): number | undefined {
  TOKEN.lastIndex = from;
  const token = TOKEN.exec(text);
  return token?.index === from ? TOKEN.lastIndex : undefined;
}
