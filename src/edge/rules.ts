/**
 * Undocumented behavior of the edge: each choice as a named rule, with its default, the alternatives and the source
 * of the doubt. `decide.ts` takes a whole set; a verdict names the rules that it depends on.
 */

export interface EdgeRule<Choice extends string = string> {
  /** The question to CloudFront. */
  readonly asks: string;
  readonly default: Choice;
  /** Every possible answer and its meaning. */
  readonly choices: Readonly<Record<Choice, string>>;
  /** What is documented, observed or unknown (DG: a page of the CloudFront Developer Guide). */
  readonly doubt: string;
}

const rule = <Choice extends string>(
  asks: string,
  choices: Readonly<Record<Choice, string>>,
  fallback: NoInfer<Choice>,
  doubt: string,
): EdgeRule<Choice> => ({ asks, choices, default: fallback, doubt });

export const EDGE_RULES = {
  "expiry-second": rule(
    "is a request in exactly the second of DateLessThan still allowed?",
    { refused: "refused from that second on", allowed: "refused only after that second" },
    "refused",
    'DG:private-content-setting-signed-cookie-custom-policy says "less than"; the exact second is not described',
  ),
  "expires-and-policy": rule(
    "which one counts when both Expires and Policy are present?",
    {
      refused: "neither: MalformedPolicy",
      policy: "the custom policy",
      expires: "Expires, as a canned policy",
    },
    "refused",
    "no page covers both; emulators refuse",
  ),
  "duplicated-name": rule(
    "which of two cookies (or parameters) with the same name counts?",
    { first: "the first one sent", last: "the last one sent", refused: "none: AccessDenied" },
    "first",
    "no page says; browsers send the longer Path first, then the older cookie (RFC 6265)",
  ),
  "quoted-cookie": rule(
    'are double quotes around a cookie value part of it (CloudFront-Policy="...")?',
    { literal: "part of the value, which then cannot be decoded", stripped: "removed" },
    "literal",
    "no page says; the values never need quotes",
  ),
  "key-pair-id-shape": rule(
    "which Key-Pair-Id does not count as an id and gets MissingKey?",
    {
      word: "anything but letters, digits, - and _",
      strict: "anything but K or APKA and capitals or digits",
    },
    "word",
    "the format is not guaranteed; a PEM in its place got MissingKey, an unknown id InvalidKey",
  ),
  "missing-signature": rule(
    "which code answers a request without a Signature?",
    { MalformedSignature: "MalformedSignature", AccessDenied: "AccessDenied", MissingKey: "MissingKey" },
    "MalformedSignature",
    "no transcript is known",
  ),
  "hash-algorithm-case": rule(
    "is the value of Hash-Algorithm case-sensitive?",
    { exact: "exactly SHA1 or SHA256", any: "in any case" },
    "exact",
    "the pages write SHA1 and SHA256; emulators disagree",
  ),
  "hash-algorithm-empty": rule(
    "is an empty Hash-Algorithm the same as none?",
    { unsupported: "an unsupported value", absent: "absent: SHA1" },
    "unsupported",
    "no page says",
  ),
  "unsupported-hash-algorithm": rule(
    "which code answers an unsupported Hash-Algorithm?",
    {
      AccessDenied: "AccessDenied",
      MalformedSignature: "MalformedSignature",
      MalformedPolicy: "MalformedPolicy",
    },
    "AccessDenied",
    "no transcript is known",
  ),
  "undecodable-policy": rule(
    "which code answers a Policy that is not in CloudFront's base64?",
    {
      MalformedPolicy: "MalformedPolicy",
      AccessDenied: "AccessDenied",
      MalformedSignature: "MalformedSignature",
    },
    "MalformedPolicy",
    "no transcript is known",
  ),
  "policy-before-signature": rule(
    "is the policy's structure checked before its signature?",
    { policy: "shape first: MalformedPolicy", signature: "signature first: AccessDenied" },
    "policy",
    "DG:private-content-signed-cookies checks validity first, contents second; the order of codes is not described",
  ),
  "unknown-member": rule(
    "what do unknown policy members do (Id, Version, Effect)?",
    { ignored: "nothing", malformed: "MalformedPolicy" },
    "ignored",
    "the pages only show Statement, Resource and Condition",
  ),
  "wildcards-in-cookies": rule(
    "does a wildcard in a cookie's Resource stay inside its section of the URL?",
    { sectioned: "within protocol, host, path or query, as in signed URLs", whole: "across the string" },
    "sectioned",
    "the signed-URL page splits the pattern, the signed-cookie page says anywhere in the string",
  ),
  "scheme-wildcard-in-cookies": rule(
    "may a cookie's Resource start with *?",
    { matches: "as in signed URLs", never: "it matches nothing" },
    "matches",
    "the signed-cookie page requires http:// or https://, the signed-URL page allows *:// and a lone *",
  ),
  "http-star": rule(
    "does http*:// match http and https?",
    { matches: "both", never: "it matches nothing" },
    "matches",
    "widely used and reported to work, but on neither page",
  ),
  "resource-port": rule(
    "is a port in the Resource or URL compared?",
    { literal: "compared as written", ignored: "ignored on both sides" },
    "literal",
    "no page says",
  ),
  "resource-host-case": rule(
    "is the host in the Resource case-sensitive?",
    { ignored: "case is ignored, as in DNS", exact: "compared as written" },
    "ignored",
    "no page says",
  ),
  "host-trailing-dot": rule(
    "is example.com. the same host as example.com?",
    { literal: "compared as written", dropped: "a trailing dot is dropped" },
    "literal",
    "no page says",
  ),
  "bare-ip": rule(
    "does an AWS:SourceIp without a mask match that one address?",
    { address: "as /32", never: "it matches nobody", malformed: "MalformedPolicy" },
    "address",
    "the pages always write a mask; some SDKs sign a bare address",
  ),
  "unreadable-source-ip": rule(
    "what does an AWS:SourceIp other than an IPv4 range do (IPv6, a host name)?",
    { malformed: "MalformedPolicy", never: "it matches nobody: AccessDenied" },
    "malformed",
    "the pages say IPv4 only, not what happens otherwise",
  ),
  "hash-algorithm-to-origin": rule(
    "does the origin see the Hash-Algorithm parameter?",
    { stripped: "removed like the other four", forwarded: "forwarded" },
    "stripped",
    "DG:QueryStringParameters lists only the other four",
  ),
} as const;

export type RuleName = keyof typeof EDGE_RULES;

/** One choice per rule. */
export type EdgeRules = {
  readonly [Name in RuleName]: keyof (typeof EDGE_RULES)[Name]["choices"];
};

export const DEFAULT_RULES: EdgeRules = Object.freeze(
  Object.fromEntries(Object.entries(EDGE_RULES).map(([name, { default: choice }]) => [name, choice])),
) as EdgeRules;

/** The same set with each other choice of one rule in turn. */
export function alternatives(rules: EdgeRules, name: RuleName): EdgeRules[] {
  return Object.keys(EDGE_RULES[name].choices)
    .filter((choice) => choice !== rules[name])
    .map((choice) => ({ ...rules, [name]: choice }));
}
