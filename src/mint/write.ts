/** A cookie set in every format that some client reads. Each function reveals the values, so its result is a secret. */
import { type CookieAttributes, setCookieValue } from "../browser/attributes.ts";
import { COOKIE_NAMES, type CookieSet, QUERY_NAMES } from "../policy/cookie-set.ts";
import { shellWord } from "../text/shell-word.ts";

export const COOKIE_FORMATS = [
  "header",
  "curl",
  "jar",
  "set-cookie",
  "json",
  "env",
  "playwright",
  "url",
  "headers-json",
  "ffmpeg",
  "httpie",
] as const;
export type CookieFormat = (typeof COOKIE_FORMATS)[number];

/** A set and where it belongs. */
export interface ScopedCookieSet {
  readonly set: CookieSet;
  readonly attributes: CookieAttributes;
}

type Pairs = readonly (readonly [name: string, value: string])[];

export const cookiePairs = (set: CookieSet): Pairs => pairsOf(set, COOKIE_NAMES);
const queryPairs = (set: CookieSet): Pairs => pairsOf(set, QUERY_NAMES);

/** `Cookie: a=1; b=2`: for `curl -H "$(keyturn mint ... --format header)"` and HTTP files. */
export function writeCookieHeader(set: CookieSet): string {
  return `Cookie: ${cookieText(set)}`;
}

const cookieText = (set: CookieSet): string =>
  cookiePairs(set)
    .map(([name, value]) => `${name}=${value}`)
    .join("; ");

/** The values of the Set-Cookie headers, one per cookie, without the header's name. */
function setCookieValues({ set, attributes }: ScopedCookieSet): string[] {
  return cookiePairs(set).map(([name, value]) => setCookieValue(name, value, attributes));
}

export function writeSetCookie(placed: ScopedCookieSet): string {
  return setCookieValues(placed)
    .map((value) => `Set-Cookie: ${value}`)
    .join("\n");
}

/** One member, for clients that take a map of headers: ExoPlayer, AVPlayer, hls.js, Playwright. */
export function writeHeadersJson(set: CookieSet): string {
  return JSON.stringify({ Cookie: cookieText(set) }, null, 2);
}

/** A command to paste; bash's $'...' turns \r\n into the line break that ffmpeg needs after each header. */
export function writeFfmpeg(url: string, set: CookieSet): string {
  return `ffmpeg -headers $'Cookie: ${cookieText(set)}\\r\\n' -i ${shellWord(url)}`;
}

/** A request item of HTTPie: `http URL "$(keyturn mint URL --format httpie)"`. */
export function writeHttpie(set: CookieSet): string {
  return `Cookie:${cookieText(set)}`;
}

/** One member per cookie, as `aws cloudfront sign-cookies` prints them. */
export function writeCookieJson(set: CookieSet): string {
  return JSON.stringify(Object.fromEntries(cookiePairs(set)), null, 2);
}

/**
 * `export CLOUDFRONT_POLICY='...'`: for `eval` or `.`. Quoted because a value may begin with `~`, which a shell
 * expands.
 */
export function writeEnv(set: CookieSet): string {
  return cookiePairs(set)
    .map(([name, value]) => `export ${envName(name)}='${value.replaceAll("'", "'\\''")}'`)
    .join("\n");
}

const envName = (cookieName: string): string => cookieName.toUpperCase().replaceAll("-", "_");

/**
 * A Netscape cookie file, as curl and wget read it. Scoped to the host. Session cookies (expiry 0), because the edge
 * judges the policy's end, and a jar that drops expired cookies would hide the edge's response to them.
 */
export function writeJar(sets: readonly ScopedCookieSet[]): string {
  const lines = sets.flatMap(({ set, attributes }) =>
    cookiePairs(set).map(([name, value]) => jarLine(name, value, attributes)),
  );
  return `# Netscape HTTP Cookie File\n${lines.join("\n")}\n`;
}

function jarLine(name: string, value: string, attributes: CookieAttributes): string {
  const { host, domain, path, secure, httpOnly } = attributes;
  const yes = (flag: boolean) => (flag ? "TRUE" : "FALSE");
  const scope = domain === undefined ? host : `.${domain.replace(/^\./, "")}`;
  const fields = [scope, yes(domain !== undefined), path, yes(secure), "0", name, value];
  return `${httpOnly ? "#HttpOnly_" : ""}${fields.join("\t")}`;
}

/** Playwright's storageState: `browser.newContext({ storageState: "state.json" })`. */
export function writePlaywright(sets: readonly ScopedCookieSet[]): string {
  const cookies = sets.flatMap(({ set, attributes }) =>
    cookiePairs(set).map(([name, value]) => ({
      name,
      value,
      domain: attributes.domain === undefined ? attributes.host : `.${attributes.domain.replace(/^\./, "")}`,
      path: attributes.path,
      expires: -1,
      httpOnly: attributes.httpOnly,
      secure: attributes.secure,
      sameSite: attributes.sameSite,
    })),
  );
  return JSON.stringify({ cookies, origins: [] }, null, 2);
}

/** The signed URL: `url` byte for byte, then the same values as query parameters. Drops the fragment. */
export function writeSignedUrl(url: string, set: CookieSet): string {
  const [bare = ""] = url.split("#", 1);
  const query = queryPairs(set)
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  return `${bare}${bare.includes("?") ? "&" : "?"}${query}`;
}

function pairsOf(set: CookieSet, names: typeof COOKIE_NAMES | typeof QUERY_NAMES): Pairs {
  const pairs: [string, string][] = [];
  if (set.policy !== undefined) pairs.push([names.policy, set.policy.reveal()]);
  if (set.expires !== undefined) pairs.push([names.expires, String(set.expires)]);
  pairs.push([names.signature, set.signature.reveal()], [names.keyPairId, set.keyPairId]);
  if (set.hashAlgorithm !== undefined) pairs.push([names.hashAlgorithm, set.hashAlgorithm]);
  // An empty part was left out on purpose (bad.ts): print no cookie, rather than one without a value.
  return pairs.filter(([, value]) => value !== "");
}
