/** Is a domain a public suffix, for which browsers refuse cookies? The only door to tldts. */
import { parse } from "tldts";

/** The list's private section counts: `cloudfront.net` and `github.io` are as public as `com`. */
export function isPublicSuffix(domain: string): boolean {
  const { publicSuffix } = parse(domain, { allowPrivateDomains: true });
  return publicSuffix === domain.toLowerCase();
}
