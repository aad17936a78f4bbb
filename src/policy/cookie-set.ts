/** The 3 or 4 cookies that CloudFront reads, or the query parameters that carry the same (DG:private-content-signed-cookies). */

import type { Sealed } from "../sealed.ts";
import type { EpochSeconds } from "../time.ts";
import type { HashAlgorithm } from "./policy.ts";

/** Values as they go on the wire, in CloudFront's base64 alphabet. */
export interface CookieSet {
  readonly kind: "canned" | "custom";
  /** Canned policies only. */
  readonly expires?: EpochSeconds;
  /** Custom policies only: the encoded policy. Half of a credential, hence sealed. */
  readonly policy?: Sealed<string>;
  readonly signature: Sealed<string>;
  readonly keyPairId: string;
  /** Sent only with SHA256; absent means SHA1. */
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

/** Whether the query carries a signature, complete or not. */
export function isSignedUrl(url: string): boolean {
  return /[?&](?:Policy|Signature|Key-Pair-Id)=/.test(url);
}
