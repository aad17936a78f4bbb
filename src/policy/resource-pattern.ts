/**
 * Does a policy's Resource cover the URL that the viewer requested? Two pages of the documentation disagree:
 * with signed URLs a wildcard stays inside its section of the URL (scheme, host, path, query), with signed cookies it
 * is allowed "anywhere in the string". Whether the edge has two matchers is unknown, so both readings are here.
 */
import { globMatches } from "./glob.ts";

export interface ResourceReading {
  /** `sectioned`: DG:private-content-creating-signed-url-custom-policy. `whole`: DG:private-content-setting-signed-cookie-custom-policy. */
  readonly reading: "sectioned" | "whole";
  /** Undocumented; ignored by default, as in DNS. Path and query are always exact. */
  readonly hostCase?: "ignored" | "exact";
}

/** The edge answers 414 to a longer URL before it checks any policy (DG:cloudfront-limits). */
const LONGEST_URL = 8192;

/**
 * `url` is raw, as the viewer sent it: nothing is decoded or normalized on either side, as at the edge. Total: a
 * pattern that is not a URL simply matches nothing (in the sectioned reading), a URL over 8,192 characters never does.
 */
export function matchResource(pattern: string, url: string, { reading, hostCase }: ResourceReading): boolean {
  if (url.length > LONGEST_URL) return false;
  if (pattern === "*") return true;
  const requested = hostCase === "exact" ? url : lowerCaseHost(url);
  const wanted = hostCase === "exact" ? pattern : lowerCaseHost(pattern);
  return reading === "whole" ? globMatches(wanted, requested) : matchSections(wanted, requested);
}

export const hasWildcard = (resource: string): boolean => /[*?]/.test(resource);

function matchSections(pattern: string, url: string): boolean {
  const requested = splitUrl(url);
  if (requested === undefined) return false;
  // The scheme may be missing if the host starts with a star: `*example.com` is `*://*example.com/`.
  const wanted = splitUrl(pattern) ?? (pattern.startsWith("*") ? splitUrl(`*://${pattern}`) : undefined);
  if (wanted === undefined) return false;
  if (!globMatches(wanted.scheme, requested.scheme) || !globMatches(wanted.host, requested.host))
    return false;
  // A trailing star in the host covers path and query.
  if (wanted.rest === "") return wanted.host.endsWith("*") || requested.rest === "/" || requested.rest === "";
  // The first `?` ends the path. Wildcards do not cross it, except that a trailing star also covers any query.
  return globMatches(wanted.rest, requested.rest, { barrier: requested.rest.indexOf("?"), escapes: true });
}

interface Sections {
  readonly scheme: string;
  readonly host: string;
  /** Path and query, starting with a slash; empty if there is neither. */
  readonly rest: string;
}

function splitUrl(url: string): Sections | undefined {
  const colon = url.indexOf("://");
  if (colon === -1) return undefined;
  const slash = url.indexOf("/", colon + 3);
  const end = slash === -1 ? url.length : slash;
  return { scheme: url.slice(0, colon), host: url.slice(colon + 3, end), rest: url.slice(end) };
}

function lowerCaseHost(url: string): string {
  const colon = url.indexOf("://");
  const slash = url.indexOf("/", colon === -1 ? 0 : colon + 3);
  return slash === -1 ? url.toLowerCase() : url.slice(0, slash).toLowerCase() + url.slice(slash);
}
