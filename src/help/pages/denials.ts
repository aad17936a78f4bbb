/** Why the edge denies a request: data of `keyturn explain`. */
import type { ExplainPages } from "./page.ts";

export const DENIAL_PAGES: ExplainPages = {
  "cookie-duplicated": {
    means: "A cookie name was sent twice, and no AWS page says which one counts.",
    apart: "The cause is duplicated-name: two Paths or Domains.",
    fix: "Clear the cookie with the other Path or Domain; `keyturn mint --logout` prints the lines.",
    runbook: "one-user-gets-403",
  },
  "key-pair-id-malformed": {
    means: "The value sent as the key pair ID is not an ID: MissingKey.",
    apart: "key-pair-id-missing: nothing is sent; key-pair-id-unknown: the ID does not exist.",
    fix: "Send the id of the public key: K and 13 capital letters or digits.",
    runbook: "login-works-calls-fail",
  },
  "signature-missing": {
    means: "The credential has no Signature.",
    apart: "signature-undecodable: there is one, but with the wrong alphabet.",
    fix: "Set all three cookies; mint again.",
    runbook: "login-works-calls-fail",
  },
  "signature-undecodable": {
    means: "The Signature is not in CloudFront's base64: MalformedSignature.",
    apart: "signature-mismatch: it decodes, but does not verify.",
    fix: "Replace +, = and / with -, _ and ~.",
    runbook: "login-works-calls-fail",
  },
  "hash-algorithm-unsupported": {
    means: "Hash-Algorithm names something other than SHA1 or SHA256.",
    apart: "wrong-hash: a supported name, but not the hash that was used.",
    fix: "Send Hash-Algorithm=SHA256, or leave it out for SHA1.",
    runbook: "login-works-calls-fail",
  },
  "policy-missing": {
    means: "There is neither Policy nor Expires.",
    apart: "policy-and-expires: there are both.",
    fix: "Set one of them.",
    runbook: "login-works-calls-fail",
  },
  "policy-and-expires": {
    means: "There are both Policy and Expires; which one counts is undocumented.",
    apart: "old-cookie-left: one of them is left over from an earlier set.",
    fix: "Clear the one that you do not set: `keyturn mint --logout`.",
    runbook: "one-user-gets-403",
  },
  "policy-undecodable": {
    means: "The Policy is not in CloudFront's base64.",
    apart: "policy-malformed: it decodes, but is not a policy.",
    fix: "Replace +, = and / with -, _ and ~; do not URL-encode it again.",
    runbook: "login-works-calls-fail",
  },
  "policy-malformed": {
    means: "The Policy decodes, but is not a statement that CloudFront can read: MalformedPolicy.",
    apart: "policy-shape, time-in-milliseconds and duplicate members are the usual causes.",
    fix: "`keyturn mint` prints a correct one to compare.",
    runbook: "login-works-calls-fail",
  },
  "signature-mismatch": {
    means: "The signature does not verify with the trusted key: AccessDenied.",
    apart:
      "key-not-trusted gets InvalidKey. other-private-key, wrong-hash, tampered and policy-bytes-differ are possible causes.",
    fix: "`keyturn keys match FILE`: does the private key belong to that id?",
    runbook: "everyone-gets-403",
  },
  expired: {
    means: "DateLessThan is in the past.",
    apart:
      "not-yet-valid: DateGreaterThan is in the future. The usual causes here are not-renewed and clock-skew.",
    fix: "Mint again; renew before it expires.",
    runbook: "remint-loops",
  },
  "not-yet-valid": {
    means: "DateGreaterThan is in the future.",
    apart:
      "Two causes, told apart by how far ahead it is; `keyturn inspect FILE` says. Seconds: the policy starts the moment it is signed, without slack. Minutes or more: signer-clock-ahead, or a start that is intended.",
    fix: "Seconds: let policies start a few minutes earlier, or omit DateGreaterThan. More: correct the clock of the host that signs.",
    runbook: "one-user-gets-403",
  },
  "ip-mismatch": {
    means: "The viewer's address is outside AWS:SourceIp.",
    apart: "ipv6-viewer: the other address family; viewer-moved: another network.",
    fix: "Sign without an address, or turn IPv6 off.",
    runbook: "one-user-gets-403",
  },
  "resource-mismatch": {
    means: "The policy's Resource does not cover the URL.",
    apart: "other-host, other-path, other-scheme, other-query and port say where they differ.",
    fix: "Sign for the requested URL, or use a wildcard.",
    runbook: "login-works-calls-fail",
  },
  "denied-by-signature-check": {
    means: "The captured response is a denial by the signature check.",
    apart: "not-the-signature: something else answered.",
    fix: "Read the causes below it.",
    runbook: "edge-403-or-origin-403",
  },
  "not-the-signature": {
    means: "Something other than the signature check answered, so no cookie can change that.",
    apart: "denied-by-signature-check is the signature check's own denial.",
    fix: "`keyturn probe URL` shows who answers.",
    runbook: "edge-403-or-origin-403",
  },
  "answer-disagrees": {
    means: "The captured response contradicts the verdict on the cookies.",
    apart: "The cookies, the time, the address or the trusted keys must have been different.",
    fix: "Add --account or --gate; capture the request with its response.",
    runbook: "one-user-gets-403",
  },
  undocumented: {
    means: "The verdict depends on something that AWS does not document.",
    apart: "`keyturn explain RULE` describes each rule.",
    fix: "Avoid the construct.",
  },
};
