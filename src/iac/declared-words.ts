/** CloudFront's words as the domain's unions, the same in both formats. */
import type { CacheBehavior, Distribution, Origin } from "../cloudfront/distribution.ts";
import { Unresolved } from "./unresolved.ts";

export const isOn = (value: string | Unresolved | undefined, otherwise: boolean): boolean =>
  value === undefined || value instanceof Unresolved ? otherwise : value.toLowerCase() === "true";

export const viewerProtocol = (word: string): CacheBehavior["viewerProtocolPolicy"] =>
  word === "https-only" || word === "redirect-to-https" ? word : "allow-all";

export const originProtocol = (word: string): Origin["protocolPolicy"] =>
  word === "http-only" || word === "https-only" || word === "match-viewer" ? word : undefined;

export const geoRestriction = (word: string): Distribution["geoRestriction"] =>
  word === "whitelist" || word === "blacklist" ? word : "none";

export const forwardedCookies = (word: string) => (word === "all" || word === "whitelist" ? word : "none");

export const wholeNumber = (text: string): number | undefined =>
  /^\d+$/.test(text) ? Number(text) : undefined;
