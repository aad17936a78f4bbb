/**
 * A small cookie jar for one site: what a browser keeps of Set-Cookie and sends back (RFC 6265, 5.2 to 5.4), as far as
 * signed cookies need it. The tests hold it against a browser.
 */
import type { EpochSeconds } from "../../time.ts";

interface Kept {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly hostOnly: boolean;
  readonly path: string;
  readonly secure: boolean;
  readonly expiresAt: EpochSeconds;
}

export class CookieJar {
  #kept: Kept[] = [];

  /** Takes in the Set-Cookie headers of one answer. */
  store(setCookies: readonly string[], url: URL, now: EpochSeconds): void {
    for (const line of setCookies) {
      const cookie = parse(line, url, now);
      if (!cookie) continue;
      this.#kept = this.#kept.filter((each) => !isSame(each, cookie));
      if (cookie.expiresAt > now) this.#kept.push(cookie);
    }
  }

  /** The Cookie header for a request; undefined when nothing is to be sent. Longer paths first, then older cookies. */
  header(url: URL, now: EpochSeconds): string | undefined {
    const sent = this.#kept
      .filter((each) => each.expiresAt > now && isFor(each, url))
      .toSorted((left, right) => right.path.length - left.path.length);
    return sent.length === 0 ? undefined : sent.map(({ name, value }) => `${name}=${value}`).join("; ");
  }

  /** Names still held, expired or not: for telling what a logout forgot. */
  names(now: EpochSeconds): string[] {
    return this.#kept.filter((each) => each.expiresAt > now).map(({ name }) => name);
  }
  clear(): void {
    this.#kept = [];
  }
}

function parse(line: string, url: URL, now: EpochSeconds): Kept | undefined {
  const [pair = "", ...rest] = line.split(";").map((part) => part.trim());
  const at = pair.indexOf("=");
  if (at <= 0) return undefined;
  const attributes = new Map(
    rest.map((part) => {
      const equals = part.indexOf("=");
      return equals < 0
        ? [part.toLowerCase(), ""]
        : [part.slice(0, equals).toLowerCase(), part.slice(equals + 1)];
    }),
  );
  const declared = attributes.get("domain")?.replace(/^\./, "").toLowerCase() ?? "";
  if (declared !== "" && !isWithin(url.hostname, declared)) return undefined;
  const path = attributes.get("path") ?? "";
  return {
    name: pair.slice(0, at),
    value: pair.slice(at + 1),
    domain: declared === "" ? url.hostname : declared,
    hostOnly: declared === "",
    path: path.startsWith("/") ? path : defaultPath(url.pathname),
    secure: attributes.has("secure"),
    expiresAt: expiry(attributes, now),
  };
}

/** Max-Age wins over Expires; neither means until the browser closes. */
function expiry(attributes: ReadonlyMap<string, string>, now: EpochSeconds): EpochSeconds {
  const maxAge = attributes.get("max-age");
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return now + Number(maxAge);
  const expires = Date.parse(attributes.get("expires") ?? "");
  return Number.isNaN(expires) ? Number.POSITIVE_INFINITY : expires / 1000;
}

function isFor(cookie: Kept, url: URL): boolean {
  if (cookie.secure && url.protocol !== "https:") return false;
  if (cookie.hostOnly ? url.hostname !== cookie.domain : !isWithin(url.hostname, cookie.domain)) return false;
  const { path } = cookie;
  if (!url.pathname.startsWith(path)) return false;
  return url.pathname.length === path.length || path.endsWith("/") || url.pathname[path.length] === "/";
}

const isWithin = (host: string, domain: string) => host === domain || host.endsWith(`.${domain}`);
const isSame = (left: Kept, right: Kept) =>
  left.name === right.name && left.domain === right.domain && left.path === right.path;
const defaultPath = (pathname: string) => pathname.slice(0, Math.max(1, pathname.lastIndexOf("/")));
