/** Set-Cookie attributes, and the lines that carry them. CloudFront knows none of them: only the browser does. */

import type { Seconds } from "../time.ts";

export interface CookieAttributes {
  /** The host that the viewer asks: what a host-only cookie is bound to. Without port. */
  readonly host: string;
  /** Absent: host-only. */
  readonly domain?: string;
  /** A prefix, never a glob. */
  readonly path: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: "Strict" | "Lax" | "None";
  /** CHIPS: a jar per top-level site. Needs Secure. */
  readonly partitioned: boolean;
  /** Absent: a session cookie, as AWS advises (DG:private-content-signed-cookies). */
  readonly maxAge?: Seconds;
}

/** Where a browser must hold and send a cookie that a policy for this Resource makes useful. */
export function defaultAttributes(host: string, path: string): CookieAttributes {
  return { host, path, secure: true, httpOnly: true, sameSite: "Lax", partitioned: false };
}

/** The value of one Set-Cookie header. */
export function setCookieValue(name: string, value: string, attributes: CookieAttributes): string {
  const { domain, path, secure, httpOnly, sameSite, partitioned, maxAge } = attributes;
  return [
    `${name}=${value}`,
    ...(domain === undefined ? [] : [`Domain=${domain}`]),
    `Path=${path}`,
    ...(maxAge === undefined ? [] : [`Max-Age=${Math.floor(maxAge)}`]),
    ...(secure ? ["Secure"] : []),
    ...(httpOnly ? ["HttpOnly"] : []),
    `SameSite=${sameSite}`,
    ...(partitioned ? ["Partitioned"] : []),
  ].join("; ");
}

/**
 * The narrowest Path under which a browser sends the cookie to everything that is allowed: of a URL its own path, of a
 * Resource pattern the folder in front of the first wildcard (a `?` may be one). A `;` would end the attribute.
 */
export function cookiePathOf({
  url,
  resource = url,
}: {
  readonly url?: string | undefined;
  readonly resource?: string | undefined;
}): string {
  const rest = /^[^/]*:\/\/[^/?#]*(\/[^#]*)?/.exec(resource ?? "")?.[1] ?? "/";
  const end = rest.search(/[*?;]/);
  if (end === -1) return rest;
  if (url !== undefined && rest[end] === "?") return rest.slice(0, end);
  return rest.slice(0, rest.lastIndexOf("/", end) + 1);
}
