/** Why the edge denies a request: data of `keyturn explain`. */
import type { Pages } from "./page.ts";

export const DENIAL_PAGES: Pages = {
  "cookie-duplicated": {
    means: "One cookie name came twice, and no page says which one counts.",
    apart: "duplicated-name is the cause: two Paths or Domains.",
    fix: "Clear the cookie at the other Path or Domain: keyturn mint --logout prints the lines.",
    runbook: "one-user-gets-403",
  },
  "key-pair-id-malformed": {
    means: "What is sent as the key pair ID is no id: MissingKey.",
    apart: "key-pair-id-missing: nothing is sent; key-pair-id-unknown: an id that does not exist.",
    fix: "Send the id of the public key: K and 13 capitals or digits.",
    runbook: "login-works-calls-fail",
  },
  "signature-missing": {
    means: "The credential has no Signature.",
    apart: "signature-undecodable: there is one, in the wrong alphabet.",
    fix: "Set all three cookies; mint again.",
    runbook: "login-works-calls-fail",
  },
  "signature-undecodable": {
    means: "The Signature is not in CloudFront's base64: MalformedSignature.",
    apart: "signature-mismatch decodes, but does not verify.",
    fix: "Replace +, = and / with -, _ and ~.",
    runbook: "login-works-calls-fail",
  },
  "hash-algorithm-unsupported": {
    means: "Hash-Algorithm names something other than SHA1 or SHA256.",
    apart: "wrong-hash: a supported name, but not the one that signed.",
    fix: "Send Hash-Algorithm=SHA256, or leave it out for SHA1.",
    runbook: "login-works-calls-fail",
  },
  "policy-missing": {
    means: "There is neither Policy nor Expires.",
    apart: "policy-and-expires has both.",
    fix: "Set one of them.",
    runbook: "login-works-calls-fail",
  },
  "policy-and-expires": {
    means: "There are both Policy and Expires; which one counts is undocumented.",
    apart: "old-cookie-left: one of them is left over from before.",
    fix: "Clear the one that you do not set: keyturn mint --logout.",
    runbook: "one-user-gets-403",
  },
  "policy-undecodable": {
    means: "The Policy is not in CloudFront's base64.",
    apart: "policy-malformed decodes, but is no policy.",
    fix: "Replace +, = and / with -, _ and ~; do not URL-encode it again.",
    runbook: "login-works-calls-fail",
  },
  "policy-malformed": {
    means: "The Policy decodes, but is not a statement that CloudFront reads: MalformedPolicy.",
    apart: "policy-shape, time-in-milliseconds and duplicate members are its usual causes.",
    fix: "keyturn mint makes a correct one to compare with.",
    runbook: "login-works-calls-fail",
  },
  "signature-mismatch": {
    means: "The signature does not verify with the trusted key: AccessDenied.",
    apart:
      "key-not-trusted gets InvalidKey. other-private-key, wrong-hash, tampered and policy-bytes-differ are its causes.",
    fix: "keyturn keys match FILE: does the private key belong to that id?",
    runbook: "everyone-gets-403",
  },
  expired: {
    means: "DateLessThan is past.",
    apart: "not-yet-valid: it has not begun. not-renewed and clock-skew are its causes.",
    fix: "Mint again; renew before the end.",
    runbook: "remint-loops",
  },
  "not-yet-valid": {
    means: "DateGreaterThan is ahead.",
    apart: "signer-clock-ahead is its usual cause.",
    fix: "Leave DateGreaterThan out, or set it a minute back.",
    runbook: "one-user-gets-403",
  },
  "ip-mismatch": {
    means: "The viewer's address is outside AWS:SourceIp.",
    apart: "ipv6-viewer: the other family; viewer-moved: another network.",
    fix: "Sign without an address, or turn IPv6 off.",
    runbook: "one-user-gets-403",
  },
  "resource-mismatch": {
    means: "The policy's Resource does not cover the URL.",
    apart: "other-host, other-path, other-scheme, other-query and port say where they differ.",
    fix: "Sign for what is asked, or use a wildcard.",
    runbook: "login-works-calls-fail",
  },
  "denied-by-signature-check": {
    means: "The answer at hand is a denial by the signature check.",
    apart: "not-the-signature: somebody else answered.",
    fix: "Read the causes below it.",
    runbook: "edge-403-or-origin-403",
  },
  "not-the-signature": {
    means: "Somebody other than the signature check answered, so no cookie changes it.",
    apart: "denied-by-signature-check is the check's own answer.",
    fix: "keyturn probe URL names who answers.",
    runbook: "edge-403-or-origin-403",
  },
  "answer-disagrees": {
    means: "The answer at hand contradicts the verdict on the cookies.",
    apart: "The cookies, the time, the address or the trusted keys were others.",
    fix: "Add --account or --gate; capture request and answer together.",
    runbook: "one-user-gets-403",
  },
  undocumented: {
    means: "The verdict hangs on something that no AWS page promises.",
    apart: "`keyturn explain RULE` tells about each rule.",
    fix: "Avoid the construct.",
  },
};
