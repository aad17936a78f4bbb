/** Set-Cookie attributes, and the lines that carry them. Only browsers obey them; CloudFront never sees them. */

import type { Seconds } from "../time.ts";

export interface CookieAttributes {
  /** The host that the viewer requests, without port: a host-only cookie is bound to it. */
  readonly host: string;
  /** Absent: host-only. */
  readonly domain?: string;
  /** A prefix, not a glob. */
  readonly path: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: "Strict" | "Lax" | "None";
  /** CHIPS: a jar per top-level site. Needs Secure. */
  readonly partitioned: boolean;
  /** Absent: a session cookie, as AWS advises (DG:private-content-signed-cookies). */
  readonly maxAge?: Seconds;
}

/** The scope that a cookie needs so that browsers send it wherever this Resource applies. */
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
 * The narrowest Path with which a browser sends the cookie everywhere it is valid: a URL's own path, or for a
 * Resource pattern the folder before the first wildcard (which may be `?`). A `;` would end the attribute.
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
