/** A Cookie header as name and value pairs, in order, raw: nothing is unquoted or decoded (RFC 6265, 5.4). */
import type { CapturedCookie } from "./capture.ts";

/** The value of a Cookie header. Pieces without `=` are no cookies to CloudFront and are left out. */
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
