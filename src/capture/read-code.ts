/** Header maps in source code or as runtimes print them: ExoPlayer, AVPlayer, React Native, Flutter, requests. */
import type { CapturedCookie, CapturedRequest } from "./capture.ts";
import { asCookies, parseCookieHeader } from "./read-cookie-header.ts";

/** `"Cookie" to "..."`, `"Cookie", "..."`, `Cookie: '...'`, `@"Cookie": @"..."`, `'Cookie' => "..."`. */
const COOKIE_ENTRY =
  /(?:^|[\s{[(,@])@?(["']?)cookie\1\]?\s{0,9}(?::|,|=>|=|\bto\b)\s{0,9}(?:[\w.]{0,40}\(\s{0,9})?@?(["'`])((?:\\.|(?!\2)[^\\\r\n]){1,20000})\2/gi;
/** A map as Java and Kotlin print it: `{Cookie=CloudFront-...; ..., User-Agent=x}`. */
const PRINTED_MAP = /[{\s]cookie=((?:[\w-]{1,100}=[^;,}\s]{0,9000};?\s?){1,20})[,}]/i;
/** NSHTTPCookie's description, and `HTTPCookie` properties. */
const NS_COOKIE =
  /<NSHTTPCookie[^>]{0,80}name:"?([^"\s]{1,100})"?\s+value:"?([^"\s]{1,9000})"?[^>]{0,2000}>/g;
/** Chrome's "Copy as PowerShell". */
const NET_COOKIE = /System\.Net\.Cookie\(\s{0,9}"([^"]{1,100})",\s{0,9}"([^"]{0,9000})"/g;
const SINGLE_ENTRY =
  /@?(["'])(CloudFront-(?:Policy|Signature|Key-Pair-Id|Expires|Hash-Algorithm))\1\s{0,9}(?::|,|=>|=|\bto\b)\s{0,9}@?(["'])([^"'\r\n]{1,20000})\3/g;

export const looksLikeCode = (text: string): boolean =>
  new RegExp(COOKIE_ENTRY.source, "i").test(text) ||
  PRINTED_MAP.test(text) ||
  /System\.Net\.Cookie\("CloudFront-|<NSHTTPCookie|CloudFront-(?:Signature|Policy)["']\s{0,9}(?::|,|=>|=|to\b)/.test(
    text,
  );

/** Assumes that the first URL in the code is the requested one. Undefined if there are no cookies. */
export function readCode(text: string): CapturedRequest | undefined {
  const cookies: CapturedCookie[] = [...text.matchAll(COOKIE_ENTRY)].flatMap(([, , , value = ""]) =>
    asCookies(parseCookieHeader(value.replaceAll('\\"', '"'))),
  );
  const printed = PRINTED_MAP.exec(text)?.[1];
  if (cookies.length === 0 && printed !== undefined)
    for (const cookie of asCookies(parseCookieHeader(printed))) cookies.push(cookie);
  for (const [, name = "", value = ""] of text.matchAll(NS_COOKIE)) cookies.push({ name, value });
  for (const [, name = "", value = ""] of text.matchAll(NET_COOKIE)) cookies.push({ name, value });
  const headers: [string, string][] = [];
  if (cookies.length === 0) {
    for (const [, , name = "", , value = ""] of text.matchAll(SINGLE_ENTRY)) {
      // In a map of request headers these are separate headers, which the edge does not read.
      if (/setDefaultRequestProperties|HTTPHeaderFields|headers|addRequestHeader|putHeader/i.test(text))
        headers.push([name, value]);
      else cookies.push({ name, value });
    }
  }
  if (cookies.length === 0 && headers.length === 0) return undefined;
  const url = /https?:\/\/[^\s"'`<>)\\]{1,8192}/i.exec(text)?.[0];
  const [bare, fragment] = url?.split("#", 2) ?? [];
  return {
    form: "http-request",
    source: "header map in code",
    method: "GET",
    url: bare,
    fragment,
    cookies,
    headers,
    remarks:
      !text.includes("WebRequestSession") && /\$\{|\\\(|\$\w+|" ?\+ ?\w/.test(text)
        ? ["the code fills in values at run time; only the literal text was read"]
        : [],
  };
}
