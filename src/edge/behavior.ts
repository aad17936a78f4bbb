/** Which distribution serves a host, and which of its cache behaviors a path: the first whose pattern matches. */

import type { CacheBehavior, Distribution, DistributionSummary } from "../cloudfront/distribution.ts";
import { matchesPathPattern } from "../gates/path-pattern.ts";

/**
 * The behavior for a raw path (a query is ignored). CloudFront matches the path normalized by RFC 3986, though it
 * forwards and verifies the raw one (DG:DownloadDistValuesCacheBehavior).
 */
export function behaviorFor(
  distribution: Pick<Distribution, "behaviors">,
  rawPath: string,
): CacheBehavior | undefined {
  const path = normalisePath(rawPath);
  return distribution.behaviors.find((behavior) => matchesPathPattern(behavior.pathPattern, path));
}

/** The distribution that serves a Host header: its own domain name, an alias, or the longest wildcard alias. */
export function distributionFor<Known extends DistributionSummary>(
  distributions: readonly Known[],
  hostHeader: string,
): Known | undefined {
  const host = hostHeader.replace(/:\d+$/, "").toLowerCase();
  const names = (each: Known) => [each.domainName, ...each.aliases].map((name) => name.toLowerCase());
  const exact = distributions.find((each) => names(each).includes(host));
  if (exact) return exact;
  let best: Known | undefined;
  let longest = 0;
  for (const each of distributions) {
    for (const name of names(each)) {
      if (name.startsWith("*.") && host.endsWith(name.slice(1)) && name.length > longest) {
        best = each;
        longest = name.length;
      }
    }
  }
  return best;
}

const UNRESERVED = /[A-Za-z0-9\-._~]/;

/** RFC 3986, 6.2.2: decodes unreserved characters, removes dot segments, merges slashes. */
export function normalisePath(rawPath: string): string {
  const path = rawPath.split(/[?#]/, 1)[0] as string;
  if (!path.includes("%") && !path.includes("//") && !path.includes("/.")) return path === "" ? "/" : path;
  const decoded = path.replace(/%([0-9A-Fa-f]{2})/g, (escaped, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return UNRESERVED.test(character) ? character : escaped.toUpperCase();
  });
  const kept: string[] = [];
  const segments = decoded.split("/");
  for (const segment of segments) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  const last = segments.at(-1);
  const isFolder = kept.length > 0 && (last === "" || last === "." || last === "..");
  return `/${kept.join("/")}${isFolder ? "/" : ""}`;
}
