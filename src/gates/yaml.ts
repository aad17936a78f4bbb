/** The only door to yaml: a document as a value, with the position of each part. */
import { isMap, isPair, isScalar, LineCounter, parseDocument, visit } from "yaml";
import { DEEPEST_JSON, isTooDeep } from "../text/json-depth.ts";

export type YamlPath = readonly PropertyKey[];

export interface YamlPosition {
  readonly line: number;
  readonly column: number;
}
export interface YamlDocument {
  readonly value: unknown;
  /** The position of the value at the path, or of whatever encloses it. With `key`: of the name itself. */
  placeOf(path: YamlPath, part?: "key" | "value"): YamlPosition;
  /** The first syntax error, as a phrase after the file's name; then `value` means nothing. */
  readonly fault?: { readonly message: string; readonly place: YamlPosition };
}

/** Never throws. Aliases and nesting are bounded, so that a small file cannot grow into a large value. */
export function readYaml(text: string): YamlDocument {
  if (isTooDeep(text)) return tooDeep();
  try {
    return readShallow(text);
  } catch (thrown) {
    // Block sequences nest without brackets (`- - - -`), and the parser recurses.
    if (thrown instanceof RangeError) return tooDeep();
    throw thrown;
  }
}

function tooDeep(): YamlDocument {
  const start = { line: 1, column: 1 };
  const message = `nests deeper than ${DEEPEST_JSON} levels`;
  return { value: undefined, placeOf: () => start, fault: { message, place: start } };
}

function readShallow(text: string): YamlDocument {
  const lines = new LineCounter();
  // The parser compares every key with every other one: a map of 70,000 names takes minutes.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const place = (offset: number | undefined): YamlPosition => {
    const { line, col } = lines.linePos(offset ?? 0);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const placeOf = (path: YamlPath, part: "key" | "value" = "value"): YamlPosition => {
    for (let length = path.length; length > 0; length -= 1) {
      const parentPath = path.slice(0, length);
      const node =
        part === "key" && length === path.length ? keyNode(parentPath) : document.getIn(parentPath, true);
      const range = rangeOf(node);
      if (range !== undefined) return place(range);
    }
    return place(rangeOf(document.contents));
  };
  const keyNode = (path: YamlPath): unknown => {
    const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
    if (!isMap(parent)) return undefined;
    const pair = parent.items.find(
      (item) => isPair(item) && isScalar(item.key) && item.key.value === path.at(-1),
    );
    return pair?.key;
  };
  const [first] = document.errors;
  if (first?.message.includes("call stack")) return tooDeep();
  if (first !== undefined) {
    return {
      value: undefined,
      placeOf,
      fault: {
        message:
          first.code === "MULTIPLE_DOCS"
            ? "contains a second document: put all gates under one gates:"
            : `is not valid YAML: ${sentence(first.message)}`,
        place: place(first.pos[0]),
      },
    };
  }
  const repeated = repeatedKey(document);
  if (repeated !== undefined) {
    const fault = { message: "is not valid YAML: map keys must be unique", place: place(repeated) };
    return { value: undefined, placeOf, fault };
  }
  try {
    return { value: document.toJS({ maxAliasCount: 100 }), placeOf };
  } catch {
    const unknown = unknownAlias(document);
    const message =
      unknown === undefined ? "contains too many aliases" : "refers to an anchor that does not exist";
    return { value: undefined, placeOf, fault: { message, place: place(unknown) } };
  }
}

/** The position of a name that its map already contains. */
function repeatedKey(document: ReturnType<typeof parseDocument>): number | undefined {
  let offset: number | undefined;
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) {
          offset = key.range?.[0];
          return visit.BREAK;
        }
        seen.add(key.value);
      }
      return undefined;
    },
  });
  return offset;
}

/** The position of an alias without an earlier anchor. */
function unknownAlias(document: ReturnType<typeof parseDocument>): number | undefined {
  let offset: number | undefined;
  visit(document, {
    Alias(_, node) {
      if (node.resolve(document) !== undefined) return undefined;
      offset = rangeOf(node);
      return visit.BREAK;
    },
  });
  return offset;
}

function rangeOf(node: unknown): number | undefined {
  const range = (node as { range?: readonly number[] | null } | null | undefined)?.range;
  return range?.[0];
}

/** The parser's messages end with an excerpt, which might contain a secret. */
function sentence(message: string): string {
  const first = (message.split("\n")[0] ?? "").replace(/ at line.*$/, "").replace(/[:.]$/, "");
  return first.charAt(0).toLowerCase() + first.slice(1);
}
