/** Cookies in JSON: a map of names, lists of cookie objects, exports of browsers and Playwright. */
import { isRecord } from "../is-record.ts";
import type { CapturedCookie, CapturedRequest, StoredAttributes } from "./capture.ts";

/** Reads a parsed document; undefined if it has no cookies in any known shape. */
export function readCookieJson(document: unknown): CapturedRequest[] | undefined {
  if (Array.isArray(document)) {
    return cookieSets(document) ?? one("cookie-json", "list of cookies", cookieList(document));
  }
  if (!isRecord(document)) return undefined;
  if (Array.isArray(document.sets)) return cookieSets(document.sets);
  if (isRecord(document.cookies)) return cookieSets([document]);
  if (Array.isArray(document.cookies)) {
    const isPlaywright = Array.isArray(document.origins);
    return isPlaywright
      ? one("storage-state", "Playwright storage state", cookieList(document.cookies))
      : one("cookie-json", "list of cookies", cookieList(document.cookies));
  }
  // `--json` wraps a command's result.
  if (isRecord(document.result) && "schemaVersion" in document) return readCookieJson(document.result);
  for (const [member, source] of FIREFOX) {
    if (isRecord(document[member])) return one("cookie-json", source, cookieMap(document[member]));
  }
  // Any object has strings: without a CloudFront name it could be a response, a log line or settings.
  if (!Object.keys(document).some((name) => /^cloudfront-/i.test(name))) return undefined;
  return one("cookie-json", "JSON map of cookies", cookieMap(document));
}

/** What `mint` prints for several Resources, with or without its envelope: each set with its URL. */
function cookieSets(list: readonly unknown[]): CapturedRequest[] | undefined {
  const requests = list.flatMap((item) => {
    const cookies = isRecord(item) && isRecord(item.cookies) ? cookieMap(item.cookies) : undefined;
    if (!isRecord(item) || cookies === undefined) return [];
    const url = textOf(item.url);
    return [{ form: "cookie-json" as const, source: "JSON of keyturn mint", url, cookies, remarks: [] }];
  });
  return requests.length === 0 ? undefined : requests;
}

/** Firefox: network panel, Cookies tab, Copy All. */
const FIREFOX = [
  ["Request Cookies", "request cookies copied from Firefox"],
  ["requestCookies", "request cookies copied from Firefox"],
  ["Response Cookies", "response cookies copied from Firefox"],
  ["responseCookies", "response cookies copied from Firefox"],
] as const;

function one(
  form: CapturedRequest["form"],
  source: string,
  cookies: readonly CapturedCookie[] | undefined,
): CapturedRequest[] | undefined {
  return cookies === undefined ? undefined : [{ form, source, cookies, remarks: [] }];
}

/** `{"CloudFront-Policy": "..."}`, or with an object that has a `value` instead of the string. */
function cookieMap(map: Readonly<Record<string, unknown>>): CapturedCookie[] | undefined {
  const cookies: CapturedCookie[] = [];
  for (const [name, value] of Object.entries(map)) {
    if (typeof value === "string" || typeof value === "number") cookies.push({ name, value: String(value) });
    else if (isRecord(value) && typeof value.value === "string")
      cookies.push(cookieOf(name, value.value, value));
  }
  return cookies.length === 0 ? undefined : cookies;
}

/** Playwright, Puppeteer, Chrome's DevTools protocol, cookie-editor extensions: objects with name and value. */
function cookieList(list: readonly unknown[]): CapturedCookie[] | undefined {
  const cookies: CapturedCookie[] = [];
  for (const item of list) {
    if (!isRecord(item)) continue;
    const { name, value } = item;
    if (typeof name === "string" && typeof value === "string") cookies.push(cookieOf(name, value, item));
  }
  return cookies.length === 0 ? undefined : cookies;
}

function cookieOf(name: string, value: string, item: Readonly<Record<string, unknown>>): CapturedCookie {
  const domain = textOf(item.domain) ?? textOf(item.host);
  if (domain === undefined && item.path === undefined) return { name, value };
  const expires = [item.expires, item.expirationDate, item.expiry].find((each) => typeof each === "number");
  const sameSite = sameSiteOf(item.sameSite);
  // Chrome and Playwright mark a cookie with a Domain by a leading dot; extensions have a member for it.
  const isHostOnly = item.hostOnly === undefined ? !domain?.startsWith(".") : item.hostOnly === true;
  const stored: StoredAttributes = {
    domain: domain?.replace(/^\./, ""),
    hostOnly: domain === undefined ? undefined : isHostOnly,
    path: textOf(item.path),
    secure: typeof item.secure === "boolean" ? item.secure : undefined,
    sameSite,
    expires: expires !== undefined && expires > 0 ? expires : undefined,
    partitioned: item.partitionKey ? true : undefined,
  };
  return { name, value, stored };
}

function sameSiteOf(value: unknown): StoredAttributes["sameSite"] {
  const text = typeof value === "string" ? value.toLowerCase() : "";
  if (text === "strict") return "Strict";
  if (text === "lax") return "Lax";
  return text === "none" || text === "no_restriction" ? "None" : undefined;
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
