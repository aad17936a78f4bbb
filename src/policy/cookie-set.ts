/** The 3 or 4 cookies that CloudFront reads, or the query parameters that carry the same (DG:private-content-signed-cookies). */

import type { Sealed } from "../sealed.ts";
import type { EpochSeconds } from "../time.ts";
import type { HashAlgorithm } from "./policy.ts";

/** Values as they go on the wire, in CloudFront's base64 alphabet. */
export interface CookieSet {
  readonly kind: "canned" | "custom";
  /** Only canned. */
  readonly expires?: EpochSeconds;
  /** Only custom: the encoded policy. A usable half of a credential, hence sealed. */
  readonly policy?: Sealed<string>;
  readonly signature: Sealed<string>;
  readonly keyPairId: string;
  /** Sent only with SHA256: absent means SHA1 to the edge. */
  readonly hashAlgorithm?: HashAlgorithm;
}

export const COOKIE_NAMES = {
  expires: "CloudFront-Expires",
  policy: "CloudFront-Policy",
  signature: "CloudFront-Signature",
  keyPairId: "CloudFront-Key-Pair-Id",
  hashAlgorithm: "CloudFront-Hash-Algorithm",
} as const;

export const QUERY_NAMES = {
  expires: "Expires",
  policy: "Policy",
  signature: "Signature",
  keyPairId: "Key-Pair-Id",
  hashAlgorithm: "Hash-Algorithm",
} as const;

/** Does its query carry a signature, whole or not. */
export function isSignedUrl(url: string): boolean {
  return /[?&](?:Policy|Signature|Key-Pair-Id)=/.test(url);
}
