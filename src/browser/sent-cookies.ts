/** Which stored cookies a browser would send to a URL, and why it holds the others back. The only door to tough-cookie. */
import { canonicalDomain, defaultPath, domainMatch, getPublicSuffix, pathMatch } from "tough-cookie";
import type { CapturedCookie, StoredAttributes } from "../capture/capture.ts";
import type { EpochSeconds } from "../time.ts";
import { invalidDomainPart } from "./domain-part.ts";

type BlockReason =
  | "domain-malformed"
  | "public-suffix"
  | "foreign-domain"
  | "same-site-none-insecure"
  | "partitioned-insecure"
  | "secure-over-http"
  | "too-large"
  | "domain"
  | "host-only"
  | "path"
  | "secure"
  | "expired"
  | "same-site";

export interface BlockedCookie {
  readonly name: string;
  readonly obstacle: BlockReason;
  /** One sentence, without any cookie value. */
  readonly sentence: string;
}
export interface CookieSelection {
  /** Longer paths first, then in the order given (RFC 6265, 5.4). */
  readonly sent: readonly CapturedCookie[];
  readonly withheld: readonly BlockedCookie[];
}
export interface BrowserContext {
  /** The requested URL. */
  readonly url: string;
  readonly now: EpochSeconds;
  /** The page that makes the request; same site by default. */
  readonly from?: string;
}

/** Name and value; the common limit of browsers (RFC 6265bis, 5.6). */
const LARGEST = 4096;

/** Cookies without attributes were already sent, so they pass. An unparsable URL sends everything. */
export function selectCookies(cookies: readonly CapturedCookie[], context: BrowserContext): CookieSelection {
  const url = parseUrl(context.url);
  if (url === undefined) return { sent: cookies, withheld: [] };
  const sent: CapturedCookie[] = [];
  const withheld: BlockedCookie[] = [];
  const hold = ({ name }: CapturedCookie, [obstacle, sentence]: NonNullable<Found>) =>
    withheld.push({ name, obstacle, sentence });
  /** Keyed by identity. A later cookie replaces an earlier one, and keeps its position in the sending order. */
  const store = new Map<unknown, CapturedCookie>();
  for (const cookie of cookies) {
    const { name, stored } = cookie;
    const refusal = stored && refusalOf(cookie, stored);
    if (refusal) hold(cookie, refusal);
    else store.set(stored === undefined ? cookie : identityOf(name, stored), cookie);
  }
  for (const cookie of store.values()) {
    const obstacle = cookie.stored && obstacleTo(cookie.stored, url, context);
    if (obstacle) hold(cookie, obstacle);
    else sent.push(cookie);
  }
  const pathLength = ({ stored }: CapturedCookie) => stored?.path?.length ?? 0;
  return { sent: sent.sort((one, other) => pathLength(other) - pathLength(one)), withheld };
}

/** RFC 6265bis, 5.7: name, domain, host-only and path. */
export function identityOf(name: string, stored: StoredAttributes): string {
  const { domain, hostOnly, partitioned, setBy } = stored;
  const scope = hostOnly ? [domain ?? setBy, "host-only"] : [domain];
  return JSON.stringify([name, pathOf(stored), partitioned ?? false, ...scope]);
}

function pathOf({ path, setBy }: StoredAttributes): string {
  const setter = setBy === undefined ? undefined : parseUrl(setBy);
  return path ?? (setter === undefined ? "/" : defaultPath(setter.pathname));
}

type Found = readonly [obstacle: BlockReason, sentence: string] | undefined;

/** Why a browser would not even store it; undefined if it would. */
export function refusalOf({ name, value }: CapturedCookie, stored: StoredAttributes): Found {
  const { domain, hostOnly, sameSite, secure, partitioned, setBy } = stored;
  if (name.length + value.length > LARGEST) {
    return [
      "too-large",
      `name and value have ${name.length + value.length} bytes; browsers accept ${LARGEST}`,
    ];
  }
  if (sameSite === "None" && secure === false) {
    return ["same-site-none-insecure", "SameSite=None without Secure: browsers refuse the cookie"];
  }
  if (partitioned && secure === false) {
    return ["partitioned-insecure", "Partitioned without Secure: browsers refuse the cookie"];
  }
  const setter = setBy === undefined ? undefined : parseUrl(setBy);
  if (secure && setter?.protocol === "http:" && !isLoopback(setter.hostname)) {
    return ["secure-over-http", "Secure, but set over http: browsers refuse the cookie"];
  }
  if (domain === undefined || hostOnly) return undefined;
  const part = invalidDomainPart(domain);
  if (part !== undefined) {
    return [
      "domain-malformed",
      `Domain=${domain} ${part}, but Domain takes only a host name: browsers refuse the cookie`,
    ];
  }
  if (siteOf(domain) === undefined) {
    return ["public-suffix", `Domain=${domain} is a public suffix: browsers refuse the cookie`];
  }
  if (setter !== undefined && !domainMatch(setter.hostname, domain)) {
    return [
      "foreign-domain",
      `Domain=${domain} was set by ${setter.hostname}, which is not inside it: browsers refuse it`,
    ];
  }
  return undefined;
}

/** Why a browser holds a stored cookie back. */
function obstacleTo(stored: StoredAttributes, url: URL, { now, from }: BrowserContext): Found {
  const { domain, hostOnly, secure, expires } = stored;
  const host = canonicalDomain(url.hostname) ?? url.hostname;
  const setter = stored.setBy === undefined ? undefined : parseUrl(stored.setBy);
  const owner = domain ?? setter?.hostname;
  if (owner !== undefined && hostOnly && owner !== host) {
    return ["host-only", `without Domain it goes back to ${owner} only, not to ${host}`];
  }
  if (owner !== undefined && !domainMatch(host, owner))
    return ["domain", `Domain=${owner} does not cover ${host}`];
  const path = pathOf(stored);
  if (!pathMatch(url.pathname, path)) {
    const glob = path.includes("*") ? "; Path is a prefix, and * is literal" : "";
    return ["path", `Path=${path} does not cover ${url.pathname}${glob}`];
  }
  if (secure && url.protocol !== "https:" && !isLoopback(host))
    return ["secure", "Secure: not sent over http"];
  if (expires !== undefined && expires <= now)
    return ["expired", "the cookie's own Expires or Max-Age has passed"];
  return sameSiteObstacle(stored, url, from);
}

function sameSiteObstacle({ sameSite }: StoredAttributes, url: URL, from: string | undefined): Found {
  const page = from === undefined ? undefined : parseUrl(from);
  if (page === undefined || sameSite === "None") return undefined;
  const isSameSite = page.protocol === url.protocol && siteOrHost(page.hostname) === siteOrHost(url.hostname);
  if (isSameSite) return undefined;
  const named = sameSite === undefined ? "without SameSite (Lax in most browsers)" : `SameSite=${sameSite}`;
  const unless = sameSite === "Strict" ? "" : ", except when the user navigates there";
  return ["same-site", `${named}: not sent to ${url.hostname} from a page of ${page.hostname}${unless}`];
}

/** The registrable domain; undefined for a public suffix. Addresses and local names are returned unchanged. */
function siteOf(host: string): string | undefined {
  if (isLoopback(host) || /^[\d.]+$/.test(host) || host.includes(":")) return host;
  return getPublicSuffix(host, { allowSpecialUseDomain: true, ignoreError: true });
}

const siteOrHost = (host: string): string => siteOf(host) ?? host;

const isLoopback = (host: string): boolean => host === "localhost" || host.endsWith(".localhost");

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
