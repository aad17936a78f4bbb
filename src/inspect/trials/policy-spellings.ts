/** One policy as different languages' JSON serializers would write it, the usual ones first. */
import { type JsonNode, parseJson } from "../../policy/json.ts";
import { LAYOUTS, type Layout, layOutJson } from "./json-layouts.ts";

export interface PolicySpelling {
  readonly text: string;
  /** Completes "the signature covers the policy ...". */
  readonly how: string;
  /** What to change in the signer, if there is a known setting. */
  readonly fix?: string;
}

/** Every spelling except `text` itself; single changes before combinations. Empty unless `text` is JSON. */
export function* policySpellings(text: string): Generator<PolicySpelling> {
  const seen = new Set([text]);
  const fresh = (spelling: PolicySpelling) => seen.size < seen.add(spelling.text).size;
  for (const spelling of plainChanges(text)) if (fresh(spelling)) yield spelling;
  const document = parseJson(text);
  if (document === undefined) return;
  const unescaped = withoutWhat(text);
  const shapes = shapesOf(document);
  const asIs = shapes.slice(0, 1);
  const stages: readonly Parameters<typeof combinations>[] = [
    [asIs, ESCAPES.slice(0, 1), LAYOUTS, ENDINGS.slice(0, 2), unescaped],
    [asIs, ESCAPES, LAYOUTS.slice(0, 1), ENDINGS.slice(0, 2), unescaped],
    [shapes, ESCAPES.slice(0, 1), LAYOUTS.slice(0, 4), ENDINGS.slice(0, 1), unescaped],
    [asIs, ESCAPES, LAYOUTS, ENDINGS, unescaped],
    [shapes, ESCAPES, LAYOUTS.slice(0, 4), ENDINGS.slice(0, 2), unescaped],
  ];
  for (const stage of stages)
    for (const spelling of combinations(...stage)) if (fresh(spelling)) yield spelling;
}

/** What the text has that JSON.stringify would not write. */
function withoutWhat(text: string): string {
  const isEscaped = /\\\/|\\u[0-9a-f]{4}/i.test(text);
  const isSpaced = /[{}[\],:]\s|\s[{}[\],:]/.test(text);
  if (!isEscaped) return "without its whitespace";
  return isSpaced ? "without its escapes and whitespace" : "without its escapes (\\/ or \\u)";
}

/** Changes to the text itself, whose layout may match no serializer here. */
function* plainChanges(text: string): Generator<PolicySpelling> {
  for (const [ending, how, fix] of ENDINGS.slice(1)) yield spelled(text + ending, [how], fix);
  yield spelled(text.trim(), ["without the whitespace around it"]);
  yield spelled(text.replace(/\s+/g, ""), ["without its whitespace"], "sign exactly what is encoded");
  yield spelled(text.replace(/\r\n/g, "\n"), ["with LF for CRLF"]);
  yield spelled(text.replace(/\r?\n/g, "\r\n"), ["with CRLF for LF"]);
  yield spelled(text.replace(/\r?\n/g, ""), ["without its line breaks"]);
  yield spelled(
    `${text}\\n`,
    ["with \\n as two characters at its end"],
    "use printf '%s', or echo without -e's escapes",
  );
  yield spelled(encodeURIComponent(text), ["after it was percent-encoded"], "sign the JSON, then encode it");
  yield spelled(`\uFEFF${text}`, ["with a leading byte order mark"], "write UTF-8 without a BOM");
  yield spelled(text.replaceAll('"', "'"), ["in single quotes (Python's str of a dict)"], "use json.dumps");
  for (const encode of [(each: string) => Buffer.from(each).toString("base64"), cloudfrontBase64])
    yield spelled(encode(text), ["after it was base64-encoded"], "sign the JSON, then encode it");
}

const cloudfrontBase64 = (text: string): string =>
  Buffer.from(text).toString("base64").replaceAll("+", "-").replaceAll("=", "_").replaceAll("/", "~");

const spelled = (text: string, how: readonly string[], fix?: string): PolicySpelling => ({
  text,
  how: how.filter((each) => each !== "").join(", "),
  fix,
});

type Ending = readonly [text: string, how: string, fix?: string];
const ENDINGS: readonly Ending[] = [
  ["", ""],
  ["\n", "with a trailing line break", "printf '%s' instead of echo, or strip the trailing line break"],
  ["\r\n", "with a trailing CRLF", "strip the trailing line break before signing"],
  [" ", "with a trailing space"],
];

function* combinations(
  shapes: readonly Shape[],
  escapes: typeof ESCAPES,
  layouts: readonly Layout[],
  endings: readonly Ending[],
  unescaped: string,
): Generator<PolicySpelling> {
  for (const shape of shapes)
    for (const [escapeText, escapeHow, escapeFix] of escapes)
      for (const layout of layouts)
        for (const [ending, endingHow, endingFix] of endings) {
          const text = layOutJson(shape.document, layout, escapeText) + ending;
          const how = [shape.how, escapeHow, layout.how, endingHow];
          const fixes = [escapeFix, layout.fix, endingFix].filter((fix) => fix !== undefined);
          const named = how.some((each) => each !== "") ? how : [unescaped];
          yield spelled(text, named, fixes.length === 0 ? undefined : [...new Set(fixes)].join("; "));
        }
}

type Escape = (quoted: string) => string;
const unicode = (character: string): string => character.charCodeAt(0).toString(16).padStart(4, "0");
const lower = (characters: RegExp): Escape => {
  return (text) => text.replace(characters, (found) => `\\u${unicode(found)}`);
};
const upper = (characters: RegExp): Escape => {
  return (text) => text.replace(characters, (found) => `\\u${unicode(found).toUpperCase()}`);
};
const slashes: Escape = (text) => text.replaceAll("/", "\\/");
const quotes: Escape = (text) => text.replaceAll('\\"', "\\u0022");
const both =
  (one: Escape, other: Escape): Escape =>
  (text) =>
    one(other(text));

const HTML = /[&<>]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of everything that needs escaping.
const NON_ASCII = /[^\u0000-\u007f]/g;
const PHP = "PHP: json_encode($policy, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE)";
const GO = "Go: json.Encoder with SetEscapeHTML(false)";
const NET = ".NET: JavaScriptEncoder.UnsafeRelaxedJsonEscaping";
const GSON = "Gson: disableHtmlEscaping()";

/** How serializers escape characters that JSON allows raw, the most common first. */
const ESCAPES: readonly (readonly [escapeText: Escape, how: string, fix?: string])[] = [
  [(text) => text, ""],
  [slashes, "with / written \\/", PHP],
  [lower(/&/g), "with & written \\u0026", GO],
  [lower(HTML), "with &, < and > written \\u0026, \\u003c and \\u003e", GO],
  [upper(HTML), "with &, < and > written \\u0026, \\u003C and \\u003E", NET],
  [lower(/[&<>']/g), "with &, <, > and ' written as \\u escapes", NET],
  [upper(/[&<>']/g), "with &, <, > and ' written as \\u escapes", NET],
  [lower(/[&<>'=]/g), "with &, =, <, > and ' written as \\u escapes", GSON],
  [lower(/'/g), "with ' written \\u0027", NET],
  [both(quotes, upper(/[&<>'+`]/g)), "with & ' + < > and quotes written as \\u escapes", NET],
  [both(quotes, upper(/[&<>'+`]|[^\u0020-\u007f]/g)), "with all but plain ASCII written as \\u escapes", NET],
  [lower(NON_ASCII), "with non-ASCII characters written as \\u escapes", "Python: ensure_ascii=False"],
  [upper(NON_ASCII), "with non-ASCII characters written as \\u escapes"],
  [both(slashes, lower(NON_ASCII)), "with / written \\/ and non-ASCII characters as \\u escapes", PHP],
  [both(slashes, lower(HTML)), "with / written \\/, and & < > as \\u escapes", PHP],
  [both(slashes, upper(HTML)), "with / written \\/, and & < > as \\u escapes", PHP],
  [both(slashes, upper(/[&<>']/g)), "with / written \\/, and & < > ' as \\u escapes", PHP],
  [both(quotes, (text) => text), "with quotes written \\u0022"],
  [both(slashes, both(quotes, upper(/[&<>']/g))), "with / written \\/, and & < > ' \" as \\u escapes", PHP],
];

interface Shape {
  readonly document: JsonNode;
  readonly how: string;
}

/** The document itself, then with its members reordered, then other ways in which people build it. */
function shapesOf(document: JsonNode): Shape[] {
  const shapes: Shape[] = [{ document, how: "" }];
  const statement = statementIn(document);
  if (statement === undefined) return shapes;
  const add = (members: Members, how: string) => shapes.push({ document: policyOf(object(members)), how });
  const order = "with its members in a different order";
  const conditions = statement.find(([name]) => name === "Condition")?.[1];
  const orders = conditions?.kind === "object" ? permutations(conditions.members) : [];
  for (const operators of orders.length === 0 ? [undefined] : orders) {
    const members = statement.map(([name, value]): Members[number] =>
      name === "Condition" && operators !== undefined ? [name, object(operators)] : [name, value],
    );
    add(members, order);
    add(members.toReversed(), order);
  }
  shapes.push({ document: object([["Statement", object(statement)]]), how: "with Statement as an object" });
  const version: Members[number] = ["Version", { kind: "string", value: "2012-10-17" }];
  const list: Members[number] = ["Statement", { kind: "array", items: [object(statement)] }];
  shapes.push({ document: object([version, list]), how: "with a Version" });
  shapes.push({ document: object([list, version]), how: "with a Version" });
  const quoted = respellNumbers(statement, (text) => ({ kind: "string", value: text }));
  add(quoted, "with AWS:EpochTime in quotes");
  const decimal = respellNumbers(statement, (text) => ({ kind: "number", text: `${text}.0` }));
  add(decimal, "with AWS:EpochTime as a decimal");
  if (conditions?.kind !== "object") return shapes;
  const range = object([["AWS:SourceIp", { kind: "string", value: "0.0.0.0/0" }]]);
  const address: Members[number] = ["IpAddress", range];
  for (const operators of [
    [...conditions.members, address],
    [address, ...conditions.members],
  ]) {
    const members = statement.map(([name, value]): Members[number] =>
      name === "Condition" ? [name, object(operators)] : [name, value],
    );
    add(members, "with IpAddress 0.0.0.0/0, as a custom one");
  }
  return shapes;
}

type Members = readonly (readonly [name: string, value: JsonNode])[];
const object = (members: Members): JsonNode => ({ kind: "object", members });
const policyOf = (statement: JsonNode): JsonNode =>
  object([["Statement", { kind: "array", items: [statement] }]]);

function statementIn(document: JsonNode): Members | undefined {
  const list =
    document.kind === "object" ? document.members.find(([name]) => name === "Statement") : undefined;
  const only = list?.[1].kind === "array" ? list[1].items[0] : undefined;
  return only?.kind === "object" ? only.members : undefined;
}

function respellNumbers(members: Members, respell: (text: string) => JsonNode): Members {
  return members.map(([name, value]): Members[number] => {
    if (value.kind === "number") return [name, respell(value.text)];
    return value.kind === "object" ? [name, object(respellNumbers(value.members, respell))] : [name, value];
  });
}

/** A Condition has at most three operators. */
function permutations(members: Members): Members[] {
  if (members.length < 2 || members.length > 3) return members.length < 2 ? [members] : [];
  return members.flatMap((first, at) =>
    permutations(members.filter((_, other) => other !== at)).map((rest) => [first, ...rest]),
  );
}
