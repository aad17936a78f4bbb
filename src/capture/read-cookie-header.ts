/** A Cookie header as name and value pairs, in order, raw: nothing is unquoted or decoded (RFC 6265, 5.4). */
import type { CapturedCookie, CapturedRequest } from "./capture.ts";

/** The value of a Cookie header. Skips pieces without `=`, which CloudFront does not count as cookies. */
export function parseCookieHeader(value: string): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  for (const piece of value.split(";")) {
    const equals = piece.indexOf("=");
    if (equals < 0) continue;
    const name = piece.slice(0, equals).trim();
    if (name !== "") pairs.push([name, piece.slice(equals + 1).trim()]);
  }
  return pairs;
}

export const asCookies = (pairs: readonly (readonly [name: string, value: string])[]): CapturedCookie[] =>
  pairs.map(([name, value]) => ({ name, value }));

/** `document.cookie` as copied from a console or code: a prompt, quotes, or an assignment around it. */
const CONSOLE =
  /^(?:[>»›]\s*)?(?:document\.cookie\s*;?\s*=?\s*(?:[\r\n]+\s*)?)?(?:[<«←]\s*[·.]?\s*)?(["'`])([^\r\n]*)\1\s*;?$/;
/** Unquoted, but with the property's name. */
const NAMED = /^(?:[>»›]\s*)?document\.cookie\s*[:=]?\s*(?:[\r\n]+\s*)?(?:[<«←]\s*[·.]?\s*)?([^\r\n]*)$/;

/** Undefined unless the text is one line of cookies; HttpOnly cookies are never in it. */
export function readDocumentCookie(text: string): CapturedRequest | undefined {
  const shown = CONSOLE.exec(text)?.[2] ?? NAMED.exec(text)?.[1];
  if (shown === undefined) return undefined;
  const pairs = parseCookieHeader(shown);
  if (pairs.length === 0 && !(shown.trim() === "" && text.includes("document.cookie"))) return undefined;
  return {
    form: "cookie-header",
    source: DOCUMENT_COOKIE,
    cookies: asCookies(pairs),
    remarks: [],
  };
}

export const DOCUMENT_COOKIE = "document.cookie of a page";
