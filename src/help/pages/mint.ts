/** What is found before minting: cookie attributes, policy, Resource, key: data of `keyturn explain`. */
import type { Pages } from "./page.ts";

export const MINT_PAGES: Pages = {
  "cookie-domain-malformed": {
    means: "Domain is not a domain.",
    apart: "cookie-domain-mismatch: another site's.",
    fix: "Write a name without scheme, port or path.",
  },
  "cookie-domain-mismatch": {
    means: "Domain does not cover the host that sets the cookie.",
    apart: "cookie-domain-public-suffix: covers too much.",
    fix: "Use the host's parent domain.",
    runbook: "login-works-calls-fail",
  },
  "cookie-domain-public-suffix": {
    means: "Browsers refuse cookies for a public suffix.",
    apart: "cookie-domain-refused is the audit's word.",
    fix: "Use a name of your own.",
    runbook: "login-works-calls-fail",
  },
  "cookie-host-only": {
    means: "Without Domain the cookie goes to the setting host alone.",
    apart: "cookie-domain-mismatch: there is one.",
    fix: "Add Domain if signer and distribution have other hosts.",
    runbook: "login-works-calls-fail",
  },
  "cookie-none-without-secure": {
    means: "SameSite=None without Secure is refused.",
    apart: "cookie-not-secure: merely unsafe.",
    fix: "Add Secure.",
    runbook: "login-works-calls-fail",
  },
  "cookie-not-http-only": {
    means: "Script can read the cookie.",
    apart: "cookie-not-secure: the network can.",
    fix: "Add HttpOnly.",
  },
  "cookie-not-secure": {
    means: "The cookie travels over plain HTTP.",
    apart: "cookie-not-http-only: script can read it.",
    fix: "Add Secure.",
  },
  "cookie-outlives-policy": {
    means: "The cookie stays longer than its policy.",
    apart: "policy-outlives-gate: the policy is too long.",
    fix: "Set Max-Age to the policy's rest.",
  },
  "cookie-path-absent": {
    means: "Without Path it is the folder of the setting URL.",
    apart: "cookie-path-mismatch: another Path.",
    fix: "Add Path.",
    runbook: "login-works-calls-fail",
  },
  "cookie-path-malformed": {
    means: "Path holds characters that a browser does not take.",
    apart: "cookie-path-relative: no leading slash.",
    fix: "Percent-encode them.",
  },
  "cookie-path-mismatch": {
    means: "Path does not cover the URL.",
    apart: "cookie-path-absent: none was given.",
    fix: "Shorten Path.",
    runbook: "login-works-calls-fail",
  },
  "cookie-path-relative": {
    means: "Path does not begin with a slash, so it is ignored.",
    apart: "cookie-path-malformed: other characters.",
    fix: "Begin with /.",
  },
  "cookie-path-wildcard": {
    means: "Path is a prefix; * is taken literally.",
    apart: "Resource takes wildcards.",
    fix: "Leave the * out.",
    runbook: "login-works-calls-fail",
  },
  "cookie-same-site-absent": {
    means: "Without SameSite browsers take Lax.",
    apart: "cookie-none-without-secure: None, refused.",
    fix: "Say Lax, or None with Secure.",
  },
  "cookie-too-large": {
    means: "The cookie is larger than browsers keep.",
    apart: "headers-near-limit: the request is.",
    fix: "Shorten the policy.",
  },
  "attachment-forwarding": {
    means: "response-content-disposition works only if the query is forwarded.",
    apart: "other-query: the Resource.",
    fix: "Forward it to S3.",
  },
  "cookie-partitioned-lost": {
    means: "The form cannot carry Partitioned.",
    apart: "It is no fault of the cookie.",
    fix: "Use set-cookie.",
  },
  "cookie-paths-overlap": {
    means: "Two sets are sent together, because one Path lies in the other.",
    apart: "duplicated-name is what follows.",
    fix: "Give them Paths beside each other.",
    runbook: "one-user-gets-403",
  },
  "headers-near-limit": {
    means: "The cookies near CloudFront's limit for headers.",
    apart: "cookie-too-large: the browser's limit.",
    fix: "Shorten the policy.",
  },
  "ip-no-viewer": {
    means: "No viewer can have that address.",
    apart: "ip-malformed: no address.",
    fix: "Sign for a public address.",
  },
  "signed-url-too-long": {
    means: "The signed URL is longer than CloudFront takes.",
    apart: "url-too-long: before signing.",
    fix: "Shorten it, or use cookies.",
  },
  "key-size": {
    means: "The key's size is not one that CloudFront takes.",
    apart: "key-kind-unusable is the audit's word.",
    fix: "keyturn keys generate",
  },
  "copies-stay-valid": {
    means: "Logout clears this browser; copied cookies stay valid until they expire.",
    apart: "expired-cookies-pass: they do not even expire.",
    fix: "Keep lifetimes short; revoke by rotating the key.",
    runbook: "logout-does-not-clear",
  },
  "already-expired": {
    means: "The policy ends in the past.",
    apart: "expired is the denial.",
    fix: "Give a later end.",
  },
  "ip-is-ipv6": {
    means: "AWS:SourceIp takes IPv4 only.",
    apart: "ip-malformed: neither.",
    fix: "Sign without an address.",
    runbook: "one-user-gets-403",
  },
  "ip-malformed": {
    means: "AWS:SourceIp is not an address or range.",
    apart: "ip-without-mask is one address.",
    fix: "Write 192.0.2.0/24.",
  },
  "ip-without-mask": {
    means: "An address without a mask; undocumented.",
    apart: "bare-ip is the rule.",
    fix: "Add /32.",
  },
  "over-max-ttl": {
    means: "It lives longer than the gate allows.",
    apart: "ttl-over-max is the file's own.",
    fix: "Shorten it, or raise cookie.maxTtl.",
  },
  "start-after-end": {
    means: "It begins after its end.",
    apart: "not-yet-valid: it will begin.",
    fix: "Swap the times.",
  },
  "time-in-milliseconds": {
    means: "A time is in milliseconds: MalformedPolicy.",
    apart: "milliseconds is the same, found in a request.",
    fix: "Divide by 1000.",
  },
  "query-name-reserved": {
    means: "The URL uses one of CloudFront's parameter names.",
    apart: "query-overrides-cookies is what follows.",
    fix: "Rename the parameter.",
  },
  "resource-dot-segments": {
    means: "The Resource holds . or .. segments, which clients take out.",
    apart: "resource-rewritten: other rewriting.",
    fix: "Write the plain path.",
  },
  "resource-fragment": {
    means: "The Resource holds a fragment, which no client sends.",
    apart: "resource-question-mark: a query.",
    fix: "Leave it out.",
  },
  "resource-host-case": {
    means: "The host has capitals.",
    apart: "resource-host-case is also the name of the undocumented rule.",
    fix: "Write it in small letters.",
  },
  "resource-not-a-url": {
    means: "The Resource is not a URL.",
    apart: "resource-without-scheme: only the scheme is missing.",
    fix: "Write https://HOST/PATH.",
  },
  "resource-port": {
    means: "The Resource names a port; whether it is compared is undocumented.",
    apart: "resource-port is also the name of the rule.",
    fix: "Leave it out.",
  },
  "resource-question-mark": {
    means: "? in a Resource stands for any one character.",
    apart: "resource-fragment: #.",
    fix: "It matches a real ? too.",
  },
  "resource-rewritten": {
    means: "Clients send this URL in another form.",
    apart: "resource-dot-segments is one case.",
    fix: "Sign the form that clients send.",
  },
  "resource-scheme-wildcard": {
    means: "The scheme is a wildcard; undocumented for cookies.",
    apart: "http-star is the rule.",
    fix: "Write https://.",
  },
  "resource-space": {
    means: "The Resource holds a space.",
    apart: "resource-rewritten: clients encode it.",
    fix: "Write %20.",
  },
  "resource-user-info": {
    means: "The Resource holds user information, which is never sent.",
    apart: "resource-port: the port.",
    fix: "Leave it out.",
  },
  "resource-without-path": {
    means: "The Resource has no path.",
    apart: "resource-without-scheme: no scheme.",
    fix: "End it with / or /*.",
  },
  "resource-without-scheme": {
    means: "The Resource has no scheme.",
    apart: "resource-not-a-url: no URL at all.",
    fix: "Begin it with https://.",
  },
  "url-too-long": {
    means: "The URL is longer than CloudFront takes.",
    apart: "signed-url-too-long: by its signature.",
    fix: "Shorten it.",
  },
  "url-with-star": {
    means: "The URL holds a star, which a policy takes for a wildcard.",
    apart: "resource-question-mark: the same for ?.",
    fix: "Percent-encode it if it is meant literally.",
  },
  "key-not-in-account": {
    means: "No public key of the account matches the file.",
    apart: "key-not-trusted: there is one, but no group holds it.",
    fix: "keyturn keys upload FILE",
  },
  "key-repaired": {
    means: "The key's PEM was not written in lines and was repaired when read.",
    apart: "private-key-mangled is the audit's word.",
    fix: "Write it with line breaks.",
  },
  "key-pair-id-doubtful": {
    means: "The key pair ID looks like something else.",
    apart: "key-pair-id-unchecked: the form is right.",
    fix: "keyturn keys match FILE",
  },
  "key-pair-id-unchecked": {
    means: "Nothing checked that key and id belong together.",
    apart: "key-mismatch was checked.",
    fix: "keyturn keys match FILE",
  },
};
