/** A bare policy, as JSON or encoded, without a signature. */
import { decodeBase64, encodeBase64 } from "../policy/base64.ts";
import { COOKIE_NAMES } from "../policy/cookie-set.ts";
import type { CapturedRequest } from "./capture.ts";

export const looksLikePolicyJson = (text: string): boolean =>
  /^\s*\{\s*(?:"(?:Version|Id)"\s*:\s*"[^"]{0,200}"\s*,\s*){0,2}"Statement"/.test(text.slice(0, 4096));

/** Keeps the text unchanged, because a signature would cover these bytes. */
export function readPolicyJson(text: string): CapturedRequest {
  const value = encodeBase64(Buffer.from(text.trim()));
  return {
    form: "policy",
    source: "bare policy",
    cookies: [{ name: COOKIE_NAMES.policy, value }],
    remarks: [],
  };
}

/** `eyJ...`; undefined unless it is a policy in CloudFront's base64. */
export function readEncodedPolicy(text: string): CapturedRequest | undefined {
  const bytes = decodeBase64(text.trim());
  if (bytes === undefined || !looksLikePolicyJson(Buffer.from(bytes).toString("utf8"))) return undefined;
  return {
    form: "policy",
    source: "encoded policy",
    cookies: [{ name: COOKIE_NAMES.policy, value: text.trim() }],
    remarks: [],
  };
}
