/** What is checked before minting (cookie attributes, policy, Resource, key): data of `keyturn explain`. */
import type { ExplainPages } from "./page.ts";

export const MINT_PAGES: ExplainPages = {
  "cookie-domain-malformed": {
    means: "Domain is not a domain.",
    apart: "cookie-domain-mismatch: it is another site's.",
    fix: "Use a name without scheme, port or path.",
  },
  "cookie-domain-mismatch": {
    means: "Domain does not cover the host that sets the cookie.",
    apart: "cookie-domain-public-suffix: it covers too much.",
    fix: "Use the host's parent domain.",
    runbook: "login-works-calls-fail",
  },
  "cookie-domain-public-suffix": {
    means: "Browsers refuse cookies for a public suffix.",
    apart: "The audit reports this as cookie-domain-refused.",
    fix: "Use a name of your own.",
    runbook: "login-works-calls-fail",
  },
  "cookie-host-only": {
    means: "Without Domain, the cookie is sent only to the host that set it.",
    apart: "cookie-domain-mismatch: there is a Domain, but the wrong one.",
    fix: "Add Domain if signer and distribution have different hosts.",
    runbook: "login-works-calls-fail",
  },
  "cookie-none-without-secure": {
    means: "SameSite=None without Secure is refused.",
    apart: "cookie-not-secure: allowed, but unsafe.",
    fix: "Add Secure.",
    runbook: "login-works-calls-fail",
  },
  "cookie-not-http-only": {
    means: "Scripts can read the cookie.",
    apart: "cookie-not-secure: it can be read on the network.",
    fix: "Add HttpOnly.",
  },
  "cookie-not-secure": {
    means: "The cookie is sent over plain HTTP.",
    apart: "cookie-not-http-only: scripts can read it.",
    fix: "Add Secure.",
  },
  "cookie-outlives-policy": {
    means: "The cookie outlives its policy.",
    apart: "policy-outlives-gate: the policy is too long.",
    fix: "Set Max-Age to the policy's remaining lifetime.",
  },
  "cookie-path-absent": {
    means: "Without Path, it defaults to the folder of the URL that set the cookie.",
    apart: "cookie-path-mismatch: the wrong Path.",
    fix: "Add Path.",
    runbook: "login-works-calls-fail",
  },
  "cookie-path-malformed": {
    means: "Path contains characters that browsers reject.",
    apart: "cookie-path-relative: there is no leading slash.",
    fix: "Percent-encode them.",
  },
  "cookie-path-mismatch": {
    means: "Path does not cover the URL.",
    apart: "cookie-path-absent: none was given.",
    fix: "Set Path to a folder above every protected path; / covers all.",
    runbook: "login-works-calls-fail",
  },
  "cookie-path-relative": {
    means: "Path does not begin with a slash, so it is ignored.",
    apart: "cookie-path-malformed: it contains invalid characters.",
    fix: "Start it with /.",
  },
  "cookie-path-wildcard": {
    means: "Path is a prefix; * is taken literally.",
    apart: "Only Resource takes wildcards.",
    fix: "Remove the *.",
    runbook: "login-works-calls-fail",
  },
  "cookie-same-site-absent": {
    means: "Without SameSite browsers use Lax.",
    apart: "cookie-none-without-secure: None, refused.",
    fix: "Set Lax, or None with Secure.",
  },
  "cookie-too-large": {
    means: "The cookie is larger than browsers store.",
    apart: "headers-near-limit: the request is too large.",
    fix: "Shorten the policy.",
  },
  "attachment-forwarding": {
    means: "response-content-disposition works only if the query is forwarded.",
    apart: "other-query: the Resource must cover the query.",
    fix: "Forward it to S3.",
  },
  "cookie-partitioned-lost": {
    means: "The output format cannot express Partitioned.",
    apart: "The cookie itself is fine.",
    fix: "Use --format set-cookie.",
  },
  "cookie-paths-overlap": {
    means: "Two sets are sent together, because one Path is inside the other.",
    apart: "This leads to duplicated-name.",
    fix: "Give them Paths that do not contain each other.",
    runbook: "one-user-gets-403",
  },
  "headers-near-limit": {
    means: "The cookies approach CloudFront's limit on headers.",
    apart: "cookie-too-large: the browser's limit.",
    fix: "Shorten the policy.",
  },
  "ip-no-viewer": {
    means: "No viewer can have that address.",
    apart: "ip-malformed: not an address.",
    fix: "Sign for a public address.",
  },
  "signed-url-too-long": {
    means: "The signed URL is longer than CloudFront accepts.",
    apart: "url-too-long: too long even before signing.",
    fix: "Shorten it, or use cookies.",
  },
  "key-size": {
    means: "CloudFront does not accept a key of this size.",
    apart: "The audit reports this as key-kind-unusable.",
    fix: "keyturn keys generate",
  },
  "copies-stay-valid": {
    means: "Logout clears this browser; copied cookies stay valid until they expire.",
    apart: "expired-cookies-pass: they still work after they expire.",
    fix: "Keep lifetimes short; revoke by rotating the key.",
    runbook: "logout-does-not-clear",
  },
  "already-expired": {
    means: "The policy ends in the past.",
    apart: "expired is the resulting denial.",
    fix: "Set a later expiry.",
  },
  "ip-is-ipv6": {
    means: "AWS:SourceIp takes IPv4 only.",
    apart: "ip-malformed: neither IPv4 nor IPv6.",
    fix: "Sign without an address.",
    runbook: "one-user-gets-403",
  },
  "ip-malformed": {
    means: "AWS:SourceIp is not an address or range.",
    apart: "ip-without-mask is a single address.",
    fix: "Write 192.0.2.0/24.",
  },
  "ip-without-mask": {
    means: "An address without a mask is undocumented.",
    apart: "The undocumented rule is bare-ip.",
    fix: "Add /32.",
  },
  "over-max-ttl": {
    means: "The lifetime is longer than the gate allows.",
    apart: "ttl-over-max is the same in keyturn.yaml itself.",
    fix: "Shorten it, or raise cookie.maxTtl.",
  },
  "start-after-end": {
    means: "The start is after the expiry.",
    apart: "not-yet-valid: it becomes valid later.",
    fix: "Swap the times.",
  },
  "time-in-milliseconds": {
    means: "A time is in milliseconds: MalformedPolicy.",
    apart: "milliseconds is the same mistake, found in a request.",
    fix: "Divide by 1000.",
  },
  "query-name-reserved": {
    means: "The URL uses one of CloudFront's parameter names.",
    apart: "This leads to query-overrides-cookies.",
    fix: "Rename the parameter.",
  },
  "resource-dot-segments": {
    means: "The Resource contains . or .. segments, which clients remove.",
    apart: "resource-rewritten: any other rewriting.",
    fix: "Use the normalized path.",
  },
  "resource-fragment": {
    means: "The Resource contains a fragment, which no client sends.",
    apart: "resource-question-mark: a query.",
    fix: "Remove it.",
  },
  "resource-host-case": {
    means: "The host contains capital letters.",
    apart: "resource-host-case is also the name of the undocumented rule.",
    fix: "Write it in lower case.",
  },
  "resource-not-a-url": {
    means: "The Resource is not a URL.",
    apart: "resource-without-scheme: only the scheme is missing.",
    fix: "Write https://HOST/PATH.",
  },
  "resource-port": {
    means: "The Resource names a port; whether it is compared is undocumented.",
    apart: "resource-port is also the name of the rule.",
    fix: "Remove it.",
  },
  "resource-question-mark": {
    means: "? in a Resource matches any one character.",
    apart: "resource-fragment: #.",
    fix: "Nothing, if that is intended: it also matches a literal ?.",
  },
  "resource-rewritten": {
    means: "Clients send this URL in a different form.",
    apart: "resource-dot-segments is one case.",
    fix: "Sign the URL as clients send it.",
  },
  "resource-scheme-wildcard": {
    means: "The scheme is a wildcard; undocumented for cookies.",
    apart: "The undocumented rule is http-star.",
    fix: "Write https://.",
  },
  "resource-space": {
    means: "The Resource contains a space.",
    apart: "resource-rewritten: clients encode it.",
    fix: "Write %20.",
  },
  "resource-user-info": {
    means: "The Resource contains user information, which is never sent.",
    apart: "resource-port: the same for a port.",
    fix: "Remove it.",
  },
  "resource-without-path": {
    means: "The Resource has no path.",
    apart: "resource-without-scheme: no scheme.",
    fix: "End it with / or /*.",
  },
  "resource-without-scheme": {
    means: "The Resource has no scheme.",
    apart: "resource-not-a-url: not a URL at all.",
    fix: "Start it with https://.",
  },
  "url-too-long": {
    means: "The URL is longer than CloudFront accepts.",
    apart: "signed-url-too-long: too long once signed.",
    fix: "Shorten it.",
  },
  "url-with-star": {
    means: "The URL contains a *, which is a wildcard in a policy.",
    apart: "resource-question-mark: the same for a ?.",
    fix: "Percent-encode it if you mean it literally.",
  },
  "key-not-in-account": {
    means: "No public key in the account matches the file.",
    apart: "key-not-trusted: there is one, but no group contains it.",
    fix: "keyturn keys upload FILE",
  },
  "key-repaired": {
    means: "The PEM had no line breaks and was repaired when read.",
    apart: "The audit reports this as private-key-mangled.",
    fix: "Write it with line breaks.",
  },
  "key-pair-id-doubtful": {
    means: "The key pair ID looks like something else.",
    apart: "key-pair-id-unchecked: the format is right.",
    fix: "keyturn keys match FILE",
  },
  "key-pair-id-unchecked": {
    means: "The key and its ID were not checked against each other.",
    apart: "key-mismatch: they were checked, and do not match.",
    fix: "keyturn keys match FILE",
  },
};
