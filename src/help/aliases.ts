/** Each thing has one id. Earlier spellings and other commands' names lead to the same page. */

/** Old id -> current id. */
export const ALIASES: Readonly<Record<string, string>> = {
  "answered-by-edge-waf": "blocked-by-waf",
  "answered-by-edge-geo": "blocked-by-geo",
  "answered-by-edge-method": "method-not-allowed",
  "answered-by-edge-function": "answered-by-function",
  "answered-by-edge-redirect": "redirected-by-edge",
  "answered-by-edge-refusal": "refused-by-cloudfront",
  "answered-by-edge-no-origin": "origin-unreachable",
  "answered-by-error-page": "valid-masked",
  "answered-by-cache": "refusal-from-cache",
  "answered-by-s3": "valid-refused-by-s3",
  "answered-by-api-gateway": "valid-refused-by-api-gateway",
  "answered-by-lambda-url": "valid-refused-by-lambda-url",
  "answered-by-load-balancer": "valid-refused-by-load-balancer",
  "answered-by-origin-verification": "edge-not-verified-by-origin",
  "answered-by-application": "valid-refused-by-application",
  "answered-by-unsure": "valid-answer-unrecognised",
  "edge-unreachable": "unreachable",
  "edge-does-not-know-key": "valid-denied-invalid-key",
  "fresh-cookie-denied": "valid-denied-access-denied",
  "gate-open": "unsigned-allowed",
  "ipv6-under-ip-policy": "ipv6-with-ip-policy",
};
