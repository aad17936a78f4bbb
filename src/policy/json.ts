/**
 * JSON as it is written: members in order with their repetitions, numbers as their text. JSON.parse silently keeps
 * the last of two equal names and turns `1e9` into an integer; keyturn must read a policy exactly as the edge does.
 */

export type JsonNode =
  | { readonly kind: "object"; readonly members: readonly (readonly [name: string, value: JsonNode])[] }
  | { readonly kind: "array"; readonly items: readonly JsonNode[] }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "literal"; readonly value: boolean | null };

/** No policy nests deeper than five; the limit protects the call stack from hostile input. */
const DEEPEST = 32;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them bare inside a string.
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const LITERALS = [
  ["true", true],
  ["false", false],
  ["null", null],
] as const;

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;

/** Reads RFC 8259 JSON in linear time; undefined if invalid or nested too deep. */
export function parseJson(text: string): JsonNode | undefined {
  let at = 0;

  const skipSpace = (): void => {
    for (let code = text.charCodeAt(at); isSpace(code); code = text.charCodeAt(at)) at += 1;
  };
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return undefined;
    const found = text.slice(at, pattern.lastIndex);
    at = pattern.lastIndex;
    return found;
  };
  const next = (character: string): boolean => {
    skipSpace();
    if (text[at] !== character) return false;
    at += 1;
    return true;
  };
  const string = (): string | undefined => {
    skipSpace();
    const quoted = take(STRING);
    if (quoted === undefined) return undefined;
    return quoted.includes("\\") ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
  };

  const value = (depth: number): JsonNode | undefined => {
    if (depth > DEEPEST) return undefined;
    if (next("{")) return object(depth);
    if (next("[")) return array(depth);
    if (text[at] === '"') {
      const value = string();
      return value === undefined ? undefined : { kind: "string", value };
    }
    for (const [word, value] of LITERALS) {
      if (text.startsWith(word, at)) {
        at += word.length;
        return { kind: "literal", value };
      }
    }
    const number = take(NUMBER);
    return number === undefined ? undefined : { kind: "number", text: number };
  };
  const object = (depth: number): JsonNode | undefined => {
    const members: [string, JsonNode][] = [];
    if (next("}")) return { kind: "object", members };
    do {
      const name = string();
      if (name === undefined || !next(":")) return undefined;
      const member = value(depth + 1);
      if (member === undefined) return undefined;
      members.push([name, member]);
    } while (next(","));
    return next("}") ? { kind: "object", members } : undefined;
  };
  const array = (depth: number): JsonNode | undefined => {
    const items: JsonNode[] = [];
    if (next("]")) return { kind: "array", items };
    do {
      const item = value(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
    } while (next(","));
    return next("]") ? { kind: "array", items } : undefined;
  };

  const whole = value(0);
  skipSpace();
  return at === text.length ? whole : undefined;
}
