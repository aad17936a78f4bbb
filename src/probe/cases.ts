/**
 * The denial matrix: every kind of request that a probe sends. The expected answers are not listed here:
 * `expect.ts` gets them from `edge/decide.ts`.
 */

/** Where the cookies of a case come from. */
type Cookies = "none" | "good" | "bad" | "retired";

export interface ProbeCase {
  /** For people; `--cases` takes the id, and so does `keyturn mint --bad` for a `bad` case. */
  readonly title: string;
  readonly cookies: Cookies;
  /** Signed by a key generated for this run, which takes a while. */
  readonly needsOtherKey?: true;
  /** How the request differs from a plain one. */
  readonly asks?: "preflight" | "plain-http" | "beside-query";
  /** A control: unless it passes, or is denied, as expected, the rest proves nothing. */
  readonly control?: "positive" | "negative";
  /** Why the outcome is reported but not judged: AWS documents no behavior. */
  readonly undocumented?: string;
}

const CASES = {
  none: { title: "no cookies", cookies: "none", control: "negative" },
  "missing-policy": { title: "policy missing", cookies: "bad" },
  "missing-signature": { title: "signature missing", cookies: "bad" },
  "missing-key-pair-id": { title: "key pair ID missing", cookies: "bad" },
  expired: { title: "expired", cookies: "bad" },
  "not-yet-valid": { title: "not yet valid", cookies: "bad" },
  "wrong-resource": { title: "another resource", cookies: "bad" },
  "wrong-ip": { title: "another IP", cookies: "bad" },
  "tampered-policy": { title: "policy tampered", cookies: "bad" },
  "tampered-signature": { title: "signature tampered", cookies: "bad" },
  "tampered-key-pair-id": { title: "key pair ID tampered", cookies: "bad" },
  "untrusted-key": { title: "signed by another key", cookies: "bad", needsOtherKey: true },
  "unknown-key": { title: "unknown key pair ID", cookies: "bad", needsOtherKey: true },
  "retired-key": { title: "retired key", cookies: "retired" },
  "canned-wildcard": { title: "canned for a wildcard", cookies: "bad" },
  base64url: { title: "base64url signature", cookies: "bad" },
  "wrong-hash": { title: "other hash named", cookies: "bad" },
  "beside-query": { title: "valid + ?Expires=", cookies: "good", asks: "beside-query" },
  preflight: {
    title: "OPTIONS preflight",
    cookies: "none",
    asks: "preflight",
    undocumented:
      "no AWS page says whether a preflight needs a signature; they only say that all requests do",
  },
  "http-none": { title: "http, no cookies", cookies: "none", asks: "plain-http" },
  "http-valid": { title: "http, valid for http", cookies: "good", asks: "plain-http" },
  valid: { title: "valid", cookies: "good", control: "positive" },
} as const satisfies Readonly<Record<string, ProbeCase>>;

export type CaseId = keyof typeof CASES;

export const CASE_IDS = Object.keys(CASES) as readonly CaseId[];

export function probeCase(id: CaseId): ProbeCase {
  return CASES[id];
}
