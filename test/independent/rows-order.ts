/** The decision step by step: which parts are missing or wrong, and which fault is reported first. */
import type { SigningKeys } from "./openssl-signer.ts";
import {
  added,
  type Change,
  cannedPolicy,
  customPolicy,
  type Draft,
  encode,
  HOST,
  NOW,
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

/** Faults in one part, in cookies and in the query. */
function partFaults(keys: SigningKeys): readonly (readonly [string, Change, Expect, string?])[] {
  const rsaSignature = keys.rsa.sign(POLICY, "SHA256");
  const pss = keys.rsa.sign(POLICY, "SHA256", "-sigopt", "rsa_padding_mode:pss");
  const pem = keys.rsa.publicPem.replaceAll("\n", "").replaceAll(" ", "%20");
  return [
    ["everything valid", (same) => same, "allowed"],
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
      "the code for a Policy that is not base64",
    ],
    ["a Policy that is not base64", replaced("Policy", "{policy}"), "MalformedPolicy", "its code"],
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

/** Policies with a valid signature. */
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
  ["that is not UTF-8", Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), "MalformedPolicy"],
];

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
