/** The signed statement, as a value. Canned: a URL and an end. Custom: a Resource pattern and conditions (DG:private-content-signed-cookies). */
import type { EpochSeconds } from "../time.ts";

export interface Policy {
  /** Absent: every file of every distribution that trusts the key. */
  readonly resource?: string;
  /** The only required condition; integer seconds. */
  readonly dateLessThan: EpochSeconds;
  /** Denied on or before this second. */
  readonly dateGreaterThan?: EpochSeconds;
  /** One IPv4 CIDR. */
  readonly ipAddress?: string;
}

/** How a policy is hashed before it is signed. Without `CloudFront-Hash-Algorithm` the edge takes SHA1. */
export type HashAlgorithm = "SHA1" | "SHA256";
