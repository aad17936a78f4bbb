/** A bare policy: the JSON, or its encoded form. There is no signature to it. */
import { decodeBase64, encodeBase64 } from "../policy/base64.ts";
import { COOKIE_NAMES } from "../policy/cookie-set.ts";
import type { CapturedRequest } from "./capture.ts";

export const looksLikePolicyJson = (text: string): boolean =>
  /^\s*\{\s*(?:"(?:Version|Id)"\s*:\s*"[^"]{0,200}"\s*,\s*){0,2}"Statement"/.test(text.slice(0, 4096));

/** The text stays as it is: what a signature would cover is these bytes. */
export function readPolicyJson(text: string): CapturedRequest {
  const value = encodeBase64(Buffer.from(text.trim()));
  return {
    form: "policy",
    source: "bare policy",
    cookies: [{ name: COOKIE_NAMES.policy, value }],
    remarks: [],
  };
}

/** `eyJ...`: undefined when it is not CloudFront's base64 of a policy. */
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
