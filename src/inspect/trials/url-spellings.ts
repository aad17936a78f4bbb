/** What a signer may have signed as the requested URL: path, query and host respelled, one or two at a time. */
import { pathRespellings, queryRespellings } from "./respellings.ts";

export interface UrlSpelling {
  readonly url: string;
  /** Completes "the URL ...": how the signed one differs. */
  readonly how: string;
}

/** The edge accepts no longer URL (DG:cloudfront-limits). */
const LONGEST_URL = 8192;

/**
 * Every spelling except `url` itself; one change before two. `hosts`: the distribution's other names. `others`: other
 * URLs in the input.
 */
export function* urlSpellings(
  url: string,
  { hosts, others }: { readonly hosts: readonly string[]; readonly others: readonly UrlSpelling[] },
): Generator<UrlSpelling> {
  if (url.length > LONGEST_URL) return;
  const seen = new Set([url]);
  for (const spelling of chained(others, allSpellings(url, hosts))) {
    if (seen.size < seen.add(spelling.url).size) yield spelling;
  }
}

function* chained<Item>(...lists: readonly Iterable<Item>[]): Generator<Item> {
  for (const list of lists) yield* list;
}

function* allSpellings(url: string, hosts: readonly string[]): Generator<UrlSpelling> {
  const [, scheme = "", host = "", path = "/", query = ""] =
    /^([^:]+):\/\/([^/?]*)([^?]*)(.*)$/s.exec(url) ?? [];
  const own = `${scheme}://${host}`;
  const paths = pathRespellings(path);
  const queries = queryRespellings(query);
  const origins = originsOf(scheme, host, hosts);
  for (const { text, how } of paths) yield { url: own + text + query, how: partly("path", how) };
  for (const { text, how } of queries) yield { url: own + path + text, how: partly("query", how) };
  for (const { url: origin, how } of origins) yield { url: origin + path + query, how };
  for (const [how, change] of WHOLE) yield { url: attempt(change, url), how };
  yield* withoutParts(host, path, query);
  yield* wildcards(scheme, [host, ...hosts], path);
  for (const one of paths)
    for (const other of queries)
      yield {
        url: own + one.text + other.text,
        how: `${partly("path", one.how)}, and ${partly("query", other.how)}`,
      };
  for (const { url: origin, how } of origins) {
    for (const each of paths)
      yield { url: origin + each.text + query, how: `${how}, and ${partly("path", each.how)}` };
    for (const each of queries)
      yield { url: origin + path + each.text, how: `${how}, and ${partly("query", each.how)}` };
  }
}

/** Phrases that already name their component. */
function partly(part: "path" | "query", how: string): string {
  if (/^without|path|query|parameter|segment|at its end/.test(how)) return how;
  return how.startsWith("with") ? `${how} in its ${part}` : `with its ${part} ${how}`;
}

function originsOf(scheme: string, host: string, hosts: readonly string[]): UrlSpelling[] {
  const bare = host.replace(/:\d+$/, "");
  const [other, port] = scheme === "https" ? ["http", "443"] : ["https", "80"];
  const named: readonly (readonly [name: string, how: string])[] = [
    [bare, "without the port"],
    [`${bare}:${port}`, `with the port ${port}`],
    [host.toLowerCase(), "with its host in lower case"],
    [bare.toLowerCase(), "with its host in lower case and without the port"],
    [host.toUpperCase(), "with its host in upper case"],
    [bare.replace(/^www\./, ""), "without www."],
    [`www.${bare}`, "with www."],
    [bare.replace(/\.$/, ""), "without the trailing dot on the host"],
    [`${bare}.`, "with a trailing dot on the host"],
    [attempt((name) => new URL(`http://${name}`).host, bare), "with its host as browsers write it"],
    ...hosts.map((name) => [name, `for the distribution's other name ${name}`] as const),
  ];
  const alike = named.map(([name, how]) => ({ url: `${scheme}://${name}`, how }));
  return [
    { url: `${other}://${host}`, how: `with ${other}` },
    ...alike,
    ...named.map(([name, how]) => ({ url: `${other}://${name}`, how: `with ${other} and ${how}` })),
    { url: `${scheme.toUpperCase()}://${host}`, how: "with its scheme in upper case" },
  ];
}

const WHOLE: readonly (readonly [how: string, change: (url: string) => string])[] = [
  ["as a browser's URL parser writes it", (url) => new URL(url).href],
  ["decoded", decodeURIComponent],
  ["decoded except for reserved characters", decodeURI],
  ["encoded again", encodeURI],
  ["percent-encoded as a whole", encodeURIComponent],
  ["with / written \\/", (url) => url.replaceAll("/", "\\/")],
  ["with a trailing line break", (url) => `${url}\\n`],
  ["with a raw line break at its end", (url) => `${url}\n`],
  ["with a trailing CRLF", (url) => `${url}\\r\\n`],
  ["with a raw CRLF at its end", (url) => `${url}\r\n`],
  ["with an encoded line break at its end (%0A)", (url) => `${url}%0A`],
  ["with an encoded CRLF at its end (%0D%0A)", (url) => `${url}%0D%0A`],
  ["with an encoded carriage return at its end (%0D)", (url) => `${url}%0D`],
  ["with a trailing space", (url) => `${url} `],
  ["with an encoded space at its end (%20)", (url) => `${url}%20`],
  ["with a leading space", (url) => ` ${url}`],
  ["in quotes", (url) => `\\"${url}\\"`],
  ["in lower case", (url) => url.toLowerCase()],
];

function* withoutParts(host: string, path: string, query: string): Generator<UrlSpelling> {
  yield { url: path + query, how: "without scheme and host" };
  yield { url: path, how: "without scheme, host and query" };
  yield { url: path.slice(1) + query, how: "as a path without its leading slash" };
  yield { url: path.slice(1), how: "as a path without its leading slash and query" };
  yield { url: `//${host}${path}${query}`, how: "without its scheme" };
  yield { url: host + path + query, how: "without its scheme" };
}

/** Patterns that a canned policy was signed for; since they are not URLs, they never match the request. */
function* wildcards(scheme: string, hosts: readonly string[], path: string): Generator<UrlSpelling> {
  const how = "as a pattern";
  for (const folder of foldersOf(path))
    for (const any of [scheme, "http*", "*"]) {
      for (const host of hosts) yield { url: `${any}://${host}${folder}*`, how };
      yield { url: `${any}://*${folder}*`, how };
    }
  for (const name of ["/*", "*"]) yield { url: name, how };
  for (const folder of foldersOf(path)) yield { url: `${folder}*`, how };
  for (const any of [scheme, "http*", "*"]) yield { url: `${any}://*`, how };
  const extension = /\.\w+$/.exec(path)?.[0];
  for (const host of hosts)
    for (const folder of foldersOf(path))
      if (extension !== undefined) yield { url: `${scheme}://${host}${folder}*${extension}`, how };
}

/** `/a/b/c` -> `/`, `/a/`, `/a/b/`, and the path itself. */
function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let at = path.indexOf("/"); at >= 0 && folders.length < 16; at = path.indexOf("/", at + 1)) {
    folders.push(path.slice(0, at + 1));
  }
  return [...new Set([...folders, path])];
}

/** A URL that cannot be respelled stays unchanged. */
function attempt(respell: (url: string) => string, url: string): string {
  try {
    return respell(url);
  } catch {
    return url;
  }
}
