/** What is there, what is missing, and which fault is told first: the decision step by step. */
import type { SigningKeys } from "./openssl-signer.ts";
import {
  added,
  asCookies,
  asQuery,
  type Change,
  cannedPolicy,
  customPolicy,
  type Draft,
  encode,
  HOST,
  NOW,
  partsOf,
  type Row,
  replaced,
  requestOf,
  trustedKeys,
  VIEWER,
  without,
} from "./signed-request.ts";

const FILE = `${HOST}/private/film.mp4`;
const POLICY = customPolicy({ resource: `${HOST}/private/*` });
type Expect = Row["expect"];

/** The 64 bytes r and s of an ASN.1 signature, as WebCrypto writes them. */
function rawSignature(der: Buffer): Buffer {
  const length = der[3] as number;
  const integer = (bytes: Buffer) => Buffer.concat([Buffer.alloc(32), bytes]).subarray(-32);
  return Buffer.concat([integer(der.subarray(4, 4 + length)), integer(der.subarray(6 + length))]);
}

/** Faults of one part, in both carriers. */
function partFaults(keys: SigningKeys): readonly (readonly [string, Change, Expect, string?])[] {
  const rsaSignature = keys.rsa.sign(POLICY, "SHA256");
  const pss = keys.rsa.sign(POLICY, "SHA256", "-sigopt", "rsa_padding_mode:pss");
  const pem = keys.rsa.publicPem.replaceAll("\n", "").replaceAll(" ", "%20");
  return [
    ["all as it should be", (same) => same, "allowed"],
    ["no Key-Pair-Id", without("Key-Pair-Id"), "MissingKey"],
    ["an empty Key-Pair-Id", replaced("Key-Pair-Id", ""), "MissingKey"],
    ["a PEM as Key-Pair-Id", replaced("Key-Pair-Id", pem), "MissingKey"],
    [
      "a Key-Pair-Id in lower case",
      replaced("Key-Pair-Id", (id) => id.toLowerCase()),
      "MissingKey",
      "its shape",
    ],
    ["a key in no group", replaced("Key-Pair-Id", keys.foreign.id), "InvalidKey"],
    ["another trusted key", replaced("Key-Pair-Id", keys.secondRsa.id), "AccessDenied"],
    ["a trusted key of another type", replaced("Key-Pair-Id", keys.ecdsa.id), "AccessDenied"],
    ["no Signature", without("Signature"), "MalformedSignature", "its code"],
    ["an empty Signature", replaced("Signature", ""), "MalformedSignature", "its code"],
    [
      "a Signature in base64url",
      replaced("Signature", rsaSignature.toString("base64url")),
      "MalformedSignature",
    ],
    [
      "a Signature in padded base64url",
      replaced(
        "Signature",
        `${rsaSignature.toString("base64").replaceAll("+", "-").replaceAll("/", "_").replace(/=/g, "")}==`,
      ),
      "MalformedSignature",
    ],
    [
      "a Signature in ordinary base64",
      replaced("Signature", rsaSignature.toString("base64")),
      "MalformedSignature",
    ],
    [
      "a Signature short by one character",
      replaced("Signature", (s) => s.slice(0, -1)),
      "MalformedSignature",
    ],
    ["a Signature short by four characters", replaced("Signature", (s) => s.slice(0, -4)), "AccessDenied"],
    [
      "a percent-encoded Signature",
      replaced("Signature", (s) => s.replaceAll("_", "%5F").replaceAll("~", "%7E")),
      "MalformedSignature",
    ],
    [
      "a Signature by a foreign key",
      replaced("Signature", encode(keys.foreign.sign(POLICY, "SHA256"))),
      "AccessDenied",
    ],
    ["a Signature in RSA-PSS", replaced("Signature", encode(pss)), "AccessDenied"],
    [
      "a Signature of other text",
      replaced("Signature", encode(keys.rsa.sign("{}", "SHA256"))),
      "AccessDenied",
    ],
    ["neither Policy nor Expires", without("Policy"), "MalformedPolicy"],
    [
      "a Policy changed after signing",
      replaced("Policy", encode(customPolicy({ resource: `${HOST}/*` }))),
      "AccessDenied",
    ],
    [
      "a percent-encoded Policy",
      replaced("Policy", (p) => `${p.slice(0, -1)}%5F`),
      "MalformedPolicy",
      "the code for a Policy that is no base64",
    ],
    ["a Policy that is no base64", replaced("Policy", "{policy}"), "MalformedPolicy", "its code"],
    ["both Policy and Expires", added("Expires", String(NOW + 60)), "allowed", "which one counts"],
    ["Hash-Algorithm SHA512", replaced("Hash-Algorithm", "SHA512"), "AccessDenied", "unsupported selector"],
    ["Hash-Algorithm SHA-256", replaced("Hash-Algorithm", "SHA-256"), "AccessDenied", "unsupported selector"],
    ["Hash-Algorithm sha256", replaced("Hash-Algorithm", "sha256"), "AccessDenied", "unsupported selector"],
    ["an empty Hash-Algorithm", replaced("Hash-Algorithm", ""), "AccessDenied", "unsupported selector"],
    ["parts in another order", (parts) => [...parts].reverse(), "allowed"],
    [
      "an unknown key and a broken Signature",
      (parts) => replaced("Signature", "%%")(replaced("Key-Pair-Id", keys.foreign.id)(parts)),
      "InvalidKey",
    ],
    [
      "no key, no Policy, a broken Signature",
      (parts) => replaced("Signature", "%%")(without("Policy")(without("Key-Pair-Id")(parts))),
      "MissingKey",
    ],
    [
      "a broken Signature and no Policy",
      (parts) => replaced("Signature", "%%")(without("Policy")(parts)),
      "MalformedSignature",
    ],
  ];
}

/** Policies whose signature is right. */
const STATEMENT = `{"Resource":"${HOST}/private/*","Condition":{"DateLessThan":{"AWS:EpochTime":${NOW + 60}}}}`;
const POLICIES: readonly (readonly [name: string, policy: string | Uint8Array, Expect])[] = [
  ["pretty-printed", JSON.stringify(JSON.parse(POLICY), null, 2), "allowed"],
  [
    "pretty-printed with CRLF",
    JSON.stringify(JSON.parse(POLICY), null, 2).replaceAll("\n", "\r\n"),
    "allowed",
  ],
  [
    "with Condition before Resource",
    POLICY.replace(/("Resource":"[^"]*"),("Condition":\{.*\}\})\}\]/, "$2,$1}]"),
    "allowed",
  ],
  ["whose Statement is an object", `{"Statement":${STATEMENT}}`, "MalformedPolicy"],
  ["with two statements", `{"Statement":[${STATEMENT},${STATEMENT}]}`, "MalformedPolicy"],
  ["with no statement", `{"Statement":[]}`, "MalformedPolicy"],
  ["with statement in lower case", `{"statement":[${STATEMENT}]}`, "MalformedPolicy"],
  ["that is a list", `[${STATEMENT}]`, "MalformedPolicy"],
  ["that is text", "let me in", "MalformedPolicy"],
  ["that breaks off", POLICY.slice(0, -2), "MalformedPolicy"],
  ["followed by more", `${POLICY}}`, "MalformedPolicy"],
  ["that is no UTF-8", Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), "MalformedPolicy"],
];

function carriers(keys: SigningKeys): Row[] {
  const rest = { ip: VIEWER, now: NOW, keys: trustedKeys(keys) };
  const parts = partsOf({ key: keys.rsa, policy: POLICY });
  const cookies = asCookies(parts);
  const row = (
    name: string,
    url: string,
    header: string | undefined,
    expect: Expect,
    unknown?: string,
  ): Row => ({
    name,
    request: { url, ...(header !== undefined && { cookies: header }), ...rest },
    expect,
    ...(unknown !== undefined && { unknown }),
  });
  const second = (name: string, value: string) => `CloudFront-${name}=${value}; ${cookies}`;
  const transplanted = cookies.replaceAll("CloudFront-", "").replaceAll("; ", "&");
  const withValue = (name: string, change: (value: string) => string) =>
    asCookies(replaced(name, change)(parts));
  return [
    row("nothing at all", FILE, undefined, "MissingKey"),
    row("cookies of others only", FILE, "session=1; theme=dark", "MissingKey"),
    row("cookies of others around", FILE, `session=1; ${cookies}; theme=dark`, "allowed"),
    row("no space between cookies", FILE, cookies.replaceAll("; ", ";"), "allowed"),
    row("cookie names in lower case", FILE, cookies.toLowerCase(), "MissingKey"),
    row("cookie names without their prefix", FILE, cookies.replaceAll("CloudFront-", ""), "MissingKey"),
    row("cookie values moved into the query", `${FILE}?${transplanted}`, undefined, "allowed"),
    row(
      "a valid URL beside rubbish in cookies",
      asQuery(FILE, parts),
      "CloudFront-Key-Pair-Id=KRUBBISH",
      "allowed",
    ),
    ...["Expires", "Policy", "Signature", "Hash-Algorithm"].map((name) =>
      row(`valid cookies beside one's own ?${name}=1`, `${FILE}?${name}=1`, cookies, "MissingKey"),
    ),
    row("valid cookies beside ?Expires without a value", `${FILE}?Expires`, cookies, "MissingKey"),
    row(
      "valid cookies beside an unknown ?Key-Pair-Id",
      `${FILE}?Key-Pair-Id=KUNKNOWN000000`,
      cookies,
      "InvalidKey",
    ),
    row("placeholders for all", `${FILE}?Policy=x&Signature=y&Key-Pair-Id=Z`, undefined, "InvalidKey"),
    row(
      "an older Signature before the newer",
      FILE,
      second("Signature", encode(keys.rsa.sign("old", "SHA256"))),
      "AccessDenied",
      "which of two cookies counts",
    ),
    row(
      "an older key before the newer",
      FILE,
      second("Key-Pair-Id", keys.foreign.id),
      "InvalidKey",
      "which of two cookies counts",
    ),
    row(
      "a quoted Policy",
      FILE,
      withValue("Policy", (value) => `"${value}"`),
      "MalformedPolicy",
      "quoted values",
    ),
    row(
      "a quoted Signature",
      FILE,
      withValue("Signature", (value) => `"${value}"`),
      "MalformedSignature",
      "quoted values",
    ),
    row(
      "canned cookies for a wildcard",
      FILE,
      asCookies(partsOf({ key: keys.rsa, signedUrl: "https://*" })),
      "AccessDenied",
    ),
    row(
      "a repeated Key-Pair-Id in the query",
      `${asQuery(FILE, parts)}&Key-Pair-Id=${keys.foreign.id}`,
      undefined,
      "allowed",
      "which of two parameters counts",
    ),
  ];
}

function behaviors(keys: SigningKeys): Row[] {
  const first = { [keys.rsa.id]: keys.rsa.publicPem };
  const second = { [keys.ecdsa.id]: keys.ecdsa.publicPem };
  const list = [
    ["/private/public/*", null],
    ["/private/*", first],
    ["/other/*", second],
    ["*", null],
  ] as const;
  const row = (name: string, url: string, draft: Draft | undefined, expect: Expect): Row => ({
    name,
    request: {
      url,
      ...(draft !== undefined && { cookies: asCookies(partsOf({ ...draft, url: draft.url ?? url })) }),
      ip: VIEWER,
      now: NOW,
      behaviors: list,
    },
    expect,
  });
  const rsa = { key: keys.rsa };
  return [
    row("a behavior that trusts nothing", `${HOST}/index.html`, undefined, "allowed"),
    row(
      "a behavior that trusts nothing, with expired cookies",
      `${HOST}/a`,
      { ...rsa, expires: 1 },
      "allowed",
    ),
    row("a public behavior before the protected one", `${HOST}/private/public/a`, undefined, "allowed"),
    row("a protected behavior", FILE, undefined, "MissingKey"),
    row("a protected behavior with its key", FILE, rsa, "allowed"),
    row("a protected behavior with the key of another", `${HOST}/other/a`, rsa, "InvalidKey"),
    row("another case of the path is another behavior", `${HOST}/PRIVATE/a`, undefined, "allowed"),
    row("dot segments into a protected behavior", `${HOST}/x/../private/a`, undefined, "MissingKey"),
    row("dot segments out of a protected behavior", `${HOST}/private/../x`, undefined, "allowed"),
    row("doubled slashes into a protected behavior", `${HOST}//private//a`, undefined, "MissingKey"),
    row("dot segments signed as they are", `${HOST}/x/../private/a`, rsa, "allowed"),
    row(
      "dot segments signed without them",
      `${HOST}/x/../private/a`,
      { ...rsa, url: `${HOST}/private/a` },
      "AccessDenied",
    ),
  ];
}

export function order(keys: SigningKeys): Row[] {
  const trusted = trustedKeys(keys);
  const row = (name: string, draft: Draft, expect: Expect, unknown?: string): Row => ({
    name,
    request: requestOf(draft, trusted),
    expect,
    ...(unknown !== undefined && { unknown }),
  });
  const der = keys.ecdsa.sign(POLICY, "SHA256");
  return [
    ...(["cookies", "url"] as const).flatMap((via) =>
      partFaults(keys).map(([name, change, expect, unknown]) =>
        row(`${name} in ${via}`, { key: keys.rsa, via, policy: POLICY, change }, expect, unknown),
      ),
    ),
    ...POLICIES.map(([name, policy, expect]) => row(`a policy ${name}`, { key: keys.ecdsa, policy }, expect)),
    row(
      "a malformed policy with a wrong signature",
      { key: keys.rsa, policy: "{}", signature: encode(keys.rsa.sign("[]", "SHA256")) },
      "MalformedPolicy",
      "which is checked first",
    ),
    row(
      "an ECDSA signature as r and s alone",
      { key: keys.ecdsa, policy: POLICY, signature: encode(rawSignature(der)) },
      "AccessDenied",
    ),
    row(
      "expired and wrongly signed",
      {
        key: keys.rsa,
        expires: NOW - 60,
        signature: encode(keys.rsa.sign(cannedPolicy(FILE, NOW), "SHA256")),
      },
      "AccessDenied",
    ),
    row("the second key of the group", { key: keys.secondRsa, policy: POLICY }, "allowed"),
    ...carriers(keys),
    ...behaviors(keys),
    {
      name: "no key groups: unsigned",
      request: { url: FILE, ip: VIEWER, now: NOW, keys: null },
      expect: "allowed",
    },
    {
      name: "no key groups: rubbish",
      request: { url: `${FILE}?Signature=x&Key-Pair-Id=y`, ip: VIEWER, now: NOW, keys: null },
      expect: "allowed",
    },
  ];
}
