/** The one list of what can be wrong with a cookie set; `edge/decide.ts` refuses each for the given reason. */

/** What each is, for help texts, and the edge's reason (`DenialReason`). */
export const BAD_CASES = {
  "missing-policy": { title: "without Policy and Expires", reason: "policy-missing" },
  "missing-signature": { title: "without Signature", reason: "signature-missing" },
  "missing-key-pair-id": { title: "without Key-Pair-Id", reason: "key-pair-id-missing" },
  expired: { title: "ended an hour ago", reason: "expired" },
  "not-yet-valid": { title: "begins in an hour", reason: "not-yet-valid" },
  "wrong-resource": { title: "for another host", reason: "resource-mismatch" },
  "wrong-ip": { title: "for an address that nobody uses (RFC 5737)", reason: "ip-mismatch" },
  "tampered-policy": {
    title: "the end moved by one second, the signature unchanged",
    reason: "signature-mismatch",
  },
  "tampered-signature": { title: "one bit of the signature flipped", reason: "signature-mismatch" },
  "tampered-key-pair-id": { title: "one character of the key pair ID changed", reason: "key-not-trusted" },
  "untrusted-key": { title: "the right key pair ID, signed by another key", reason: "signature-mismatch" },
  "unknown-key": { title: "a key pair ID that does not exist", reason: "key-not-trusted" },
  "canned-wildcard": { title: "a canned policy for a wildcard", reason: "signature-mismatch" },
  base64url: { title: "base64url instead of CloudFront's alphabet", reason: "signature-undecodable" },
  "wrong-hash": { title: "names the wrong hash", reason: "signature-mismatch" },
} as const;

export type BadCase = keyof typeof BAD_CASES;
export const BAD_CASE_IDS = Object.keys(BAD_CASES) as readonly BadCase[];
