/** The credential of a request: five fields, in cookies or in the query. Decoded, not verified. */
import { COOKIE_NAMES, QUERY_NAMES } from "../policy/cookie-set.ts";
import type { EdgeRules, RuleName } from "./rules.ts";
import type { Carrier, EdgeRequest } from "./verdict.ts";

type Field = keyof typeof COOKIE_NAMES;
/** Undocumented rules that mattered so far; every judging step adds to it. */
export type UndocumentedRules = Set<RuleName>;

export interface Credential {
  readonly carrier: Carrier;
  /** The viewer's own URL, without CloudFront's parameters and without a trailing `?`. */
  readonly url: string;
  readonly fields: Readonly<Partial<Record<Field, string>>>;
  /** CloudFront's parameter names in the query, in order; a single one makes it a signed URL. */
  readonly signingNames: readonly string[];
  /** Fields that occur more than once with different values. */
  readonly duplicated: readonly Field[];
}

const fieldsByName = (names: Readonly<Record<Field, string>>): ReadonlyMap<string, Field> =>
  new Map(Object.entries(names).map(([field, name]) => [name, field as Field]));
const COOKIE_FIELDS = fieldsByName(COOKIE_NAMES);
const QUERY_FIELDS = fieldsByName(QUERY_NAMES);

/**
 * One parameter with one of CloudFront's five names is enough: the request is a signed URL and its cookies are ignored
 * (DG:private-content-choosing-signed-urls-cookies). Names are case-sensitive, values raw: nothing is percent-decoded.
 */
export function readCredential(
  request: EdgeRequest,
  rules: EdgeRules,
  doubts: UndocumentedRules,
): Credential {
  const { url, signing } = splitSigningParameters(request.url);
  const isSignedUrl = signing.length > 0;
  const found = isSignedUrl ? signing : cookieFields(request.cookies, rules, doubts);
  const carrier = found.length === 0 ? "none" : isSignedUrl ? "query" : "cookies";
  const signingNames = signing.map(([field]) => QUERY_NAMES[field]);
  return { carrier, url, signingNames, ...chooseFields(found, rules, doubts) };
}

type Found = (readonly [field: Field, value: string])[];

/** Separates CloudFront's parameters from a raw URL; every other byte stays. */
export function splitSigningParameters(rawUrl: string): { readonly url: string; readonly signing: Found } {
  const mark = rawUrl.indexOf("?");
  if (mark < 0) return { url: rawUrl, signing: [] };
  const base = rawUrl.slice(0, mark);
  const signing: Found = [];
  const own: string[] = [];
  for (const parameter of rawUrl.slice(mark + 1).split("&")) {
    const equals = parameter.indexOf("=");
    const field = QUERY_FIELDS.get(equals < 0 ? parameter : parameter.slice(0, equals));
    if (field === undefined) own.push(parameter);
    else signing.push([field, equals < 0 ? "" : parameter.slice(equals + 1)]);
  }
  const query = own.join("&");
  return { url: query === "" ? base : `${base}?${query}`, signing };
}

/** The URL sent to the origin: CloudFront removes its own parameters (DG:QueryStringParameters). */
export function originUrl(rawUrl: string, rules: EdgeRules): string {
  const { url, signing } = splitSigningParameters(rawUrl);
  const hash = signing.find(([field]) => field === "hashAlgorithm");
  if (hash === undefined || rules["hash-algorithm-to-origin"] === "stripped") return url;
  return `${url}${url.includes("?") ? "&" : "?"}${QUERY_NAMES.hashAlgorithm}=${hash[1]}`;
}

function cookieFields(cookies: EdgeRequest["cookies"], rules: EdgeRules, doubts: UndocumentedRules): Found {
  const found: Found = [];
  for (const [name, value] of cookies) {
    const field = COOKIE_FIELDS.get(name);
    if (field === undefined) continue;
    const isQuoted = value.length > 1 && value.startsWith('"') && value.endsWith('"');
    if (isQuoted) doubts.add("quoted-cookie");
    found.push([field, isQuoted && rules["quoted-cookie"] === "stripped" ? value.slice(1, -1) : value]);
  }
  return found;
}

function chooseFields(
  found: Found,
  rules: EdgeRules,
  doubts: UndocumentedRules,
): Pick<Credential, "fields" | "duplicated"> {
  const fields: Partial<Record<Field, string>> = {};
  const duplicated: Field[] = [];
  for (const [field, value] of found) {
    const earlier = fields[field];
    if (earlier === undefined) {
      fields[field] = value;
    } else if (earlier !== value) {
      doubts.add("duplicated-name");
      if (!duplicated.includes(field)) duplicated.push(field);
      if (rules["duplicated-name"] === "last") fields[field] = value;
    }
  }
  return { fields, duplicated };
}
