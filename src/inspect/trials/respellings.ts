/** How clients, proxies and signers respell a path or a query: one change each, the usual ones first. */

export interface Respelling {
  readonly text: string;
  /** Completes "the URL ...": how the signed URL differs from the requested one. */
  readonly how: string;
}

type Change = readonly [how: string, change: (text: string) => string];

const hex = (character: string): string =>
  [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");

/** Characters that only some libraries encode. */
const DISPUTED = [..." '()*!~,:;@&=$+[]{}|^`\"<>\\#?/-_."];

const onEscapes = (text: string, change: (escaped: string) => string): string =>
  text.replace(/%[0-9A-Fa-f]{2}/g, change);
const encodeStrictly = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (character) => hex(character));

const CHANGES: readonly Change[] = [
  ["with %20 for a space", (text) => text.replaceAll(" ", "%20")],
  ["with % written %25", (text) => text.replaceAll("%", "%25")],
  ["decoded once, but doubly encoded in the request", (text) => text.replaceAll("%25", "%")],
  ["with %20 for +", (text) => text.replaceAll("+", "%20")],
  ["with + for %20", (text) => text.replaceAll("%20", "+")],
  ["with a space for +", (text) => text.replaceAll("+", " ")],
  ["with a space for %20", (text) => text.replaceAll("%20", " ")],
  ["with + for a space", (text) => text.replaceAll(" ", "+")],
  ["decoded", decodeURIComponent],
  ["encoded again", (text) => encodeURI(text)],
  ["with lower-case escapes", (text) => onEscapes(text, (escaped) => escaped.toLowerCase())],
  ["with upper-case escapes", (text) => onEscapes(text, (escaped) => escaped.toUpperCase())],
  ["decoded except for reserved characters", decodeURI],
  ["with non-ASCII characters encoded", (text) => text.replace(/[^ -~]+/gu, hex)],
  ["decoded from form encoding", (text) => decodeURIComponent(text.replaceAll("+", " "))],
  ["in Unicode form NFC", (text) => text.normalize("NFC")],
  ["in Unicode form NFD", (text) => text.normalize("NFD")],
  ["encoded from Unicode form NFC", (text) => encodeURI(decodeURI(text).normalize("NFC"))],
  ["encoded from Unicode form NFD", (text) => encodeURI(decodeURI(text).normalize("NFD"))],
  ["decoded, in Unicode form NFC", (text) => decodeURIComponent(text).normalize("NFC")],
  ["decoded, in Unicode form NFD", (text) => decodeURIComponent(text).normalize("NFD")],
  ["encoded from Latin-1", (text) => latin1(decodeURI(text))],
  ["decoded twice", (text) => decodeURIComponent(decodeURIComponent(text))],
  ["in lower case", (text) => text.toLowerCase()],
  ["with & written &amp;", (text) => text.replaceAll("&", "&amp;")],
  ["with & for &amp;", (text) => text.replaceAll("&amp;", "&")],
  ...DISPUTED.flatMap((character): Change[] => [
    [
      `with ${nameOfCharacter(character)} for ${hex(character)}`,
      (text) => decodeOnly(text, hex(character), character),
    ],
    [
      `with ${hex(character)} for ${nameOfCharacter(character)}`,
      (text) => text.replaceAll(character, hex(character)),
    ],
  ]),
];

function nameOfCharacter(character: string): string {
  return character === " " ? "a blank" : character;
}
function decodeOnly(text: string, escaped: string, character: string): string {
  return text.replace(new RegExp(escaped, "gi"), () => character);
}
function latin1(text: string): string {
  return text.replace(/[\u0080-\u00ff]/g, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** `path` includes its leading slash; also covers rewrites by a signer's or proxy's routing. */
export function pathRespellings(path: string): Respelling[] {
  const segments = path.slice(1).split("/");
  const listed = segments.slice(0, MOST_PARTS);
  const without = listed.map(
    (segment, at): Change => [
      segment === "" ? "with / for //" : `without the path segment ${segment}`,
      () => `/${segments.filter((_, other) => other !== at).join("/")}`,
    ],
  );
  const eachEncoded = (encode: (text: string) => string) => (text: string) =>
    text
      .split("/")
      .map((segment) => encode(decodeURIComponent(segment)))
      .join("/");
  return changed(path, [
    ...CHANGES,
    ["without the trailing slash", (text) => text.replace(/\/+$/, "")],
    ["with a trailing slash", (text) => `${text}/`],
    ["with // collapsed to /", (text) => text.replace(/\/{2,}/g, "/")],
    ["with its dot segments removed", (text) => new URL(`http://h${text}`).pathname],
    ["with a second leading slash", (text) => `/${text}`],
    ["with each segment encoded", eachEncoded(encodeURIComponent)],
    ["with each segment encoded strictly", eachEncoded(encodeStrictly)],
    ["form-encoded", eachEncoded((text) => encodeURIComponent(text).replaceAll("%20", "+"))],
    ["encoded including its slashes", (text) => `/${encodeURIComponent(decodeURIComponent(text.slice(1)))}`],
    ...without,
    ...listed.map(
      (_, at): Change => [
        `without its first ${at + 1} segments`,
        () => `/${segments.slice(at + 1).join("/")}`,
      ],
    ),
    ["with index.html appended", (text) => `${text.replace(/\/$/, "")}/index.html`],
    ["without index.html", (text) => text.replace(/index\.html?$/, "")],
    ["with .html appended", (text) => `${text}.html`],
    ["with its extension in upper case", (text) => text.replace(/\.\w+$/, (found) => found.toUpperCase())],
    ["with its extension in lower case", (text) => text.replace(/\.\w+$/, (found) => found.toLowerCase())],
    ["with \\ for /", (text) => `/${text.slice(1).replaceAll("/", "\\\\")}`],
    ["with %5C for /", (text) => `/${text.slice(1).replaceAll("/", "%5C")}`],
    ["with / for %5C", (text) => text.replace(/%5C/gi, "/")],
    ["with /./ before it", (text) => `/.${text}`],
    ["without its extension", (text) => text.replace(/\.\w+$/, "")],
  ]);
}

/** A hostile URL may have thousands of segments or parameters. */
const MOST_PARTS = 24;

/** `query` includes its question mark; empty if there is none. */
export function queryRespellings(query: string): Respelling[] {
  if (query === "")
    return [
      { text: "?", how: "with a trailing ?" },
      { text: "#", how: "with a trailing #" },
    ];
  const parameters = query.slice(1).split("&");
  const listed = parameters.slice(0, MOST_PARTS);
  const joined = (some: readonly string[]) => (some.length === 0 ? "" : `?${some.join("&")}`);
  const parts = (change: (part: string) => string) => (text: string) =>
    `?${text.slice(1).split("&").map(change).join("&")}`;
  const bothSides = (encode: (text: string) => string) =>
    parts((pair) => {
      const [key = "", ...value] = pair.split("=");
      return [key, ...(value.length === 0 ? [] : [value.join("=")])]
        .map((side) => encode(decodeURIComponent(side.replaceAll("+", " "))))
        .join("=");
    });
  return changed(query, [
    ["without its query", () => ""],
    ...listed.map(
      (parameter, at): Change => [
        `without the parameter ${nameOf(parameter)}`,
        () => joined(parameters.filter((_, other) => other !== at)),
      ],
    ),
    ...(parameters.length < 2 ? [] : ordersOf(listed, parameters).map(reordered)),
    ...listed.map(
      (_, at): Change => [`with only its first ${at} parameters`, () => joined(parameters.slice(0, at))],
    ),
    ...CHANGES.map(([how, change]): Change => [how, (text) => `?${change(text.slice(1))}`]),
    ["without the trailing ? or &", (text) => text.replace(/[?&]+$/, "")],
    ["with a trailing &", (text) => `${text}&`],
    ["without empty parameters", () => joined(parameters.filter((each) => each !== ""))],
    ["without = after empty parameters", parts((pair) => pair.replace(/=$/, ""))],
    ["with = after empty parameters", parts((pair) => (pair.includes("=") ? pair : `${pair}=`))],
    ["without repeated parameters", () => joined([...new Set(parameters)])],
    ["form-encoded", (text) => `?${new URLSearchParams(text.slice(1))}`],
    ["with names and values encoded", bothSides(encodeURIComponent)],
    ["with names and values encoded strictly", bothSides(encodeStrictly)],
    ["with ; for &", (text) => text.replaceAll("&", ";")],
    ["with its question mark encoded", (text) => `%3F${text.slice(1)}`],
  ]);
}

const nameOf = (parameter: string): string => parameter.split("=", 1)[0] || "that is empty";
const ANOTHER_ORDER = "with the same parameters in a different order";
const reordered = (order: readonly string[]): Change => [ANOTHER_ORDER, () => `?${order.join("&")}`];

/** Every order if there are few parameters, otherwise the orders that libraries produce. */
function ordersOf(listed: readonly string[], all: readonly string[]): string[][] {
  if (all.length <= 4) return permutations(all);
  const moved = listed.flatMap((parameter, at) => {
    const others = all.filter((_, other) => other !== at);
    const swapped = [...all];
    [swapped[at], swapped[at - 1]] = [all[at - 1] ?? parameter, parameter];
    return [[parameter, ...others], [...others, parameter], ...(at === 0 ? [] : [swapped])];
  });
  const byName = (one: string, other: string) => (nameOf(one) < nameOf(other) ? -1 : 1);
  return [all.toSorted(), all.toSorted(byName), all.toReversed(), all.toSorted().toReversed(), ...moved];
}

function permutations(parameters: readonly string[]): string[][] {
  if (parameters.length < 2) return [[...parameters]];
  return parameters.flatMap((first, at) =>
    permutations(parameters.filter((_, other) => other !== at)).map((rest) => [first, ...rest]),
  );
}

/** Skips changes that do not apply, and duplicates. */
function changed(text: string, changes: readonly Change[]): Respelling[] {
  const found = new Map<string, string>();
  for (const [how, change] of changes) {
    const respelled = attempt(change, text);
    if (respelled !== text && !found.has(respelled)) found.set(respelled, how);
  }
  return [...found].map(([respelled, how]) => ({ text: respelled, how }));
}

/** A lone % or a host that no parser accepts. */
function attempt(change: (text: string) => string, text: string): string {
  try {
    return change(text);
  } catch {
    return text;
  }
}
