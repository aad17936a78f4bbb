/**
 * Whether cookies or query count, and which behavior applies: cookies beside a query, repeated and quoted ones, path
 * patterns.
 */
import type { SigningKeys } from "./openssl-signer.ts";
import {
  asCookies,
  asQuery,
  customPolicy,
  type Draft,
  encode,
  HOST,
  NOW,
  partsOf,
  type Row,
  replaced,
  trustedKeys,
  VIEWER,
} from "./signed-request.ts";

const FILE = `${HOST}/private/film.mp4`;
const POLICY = customPolicy({ resource: `${HOST}/private/*` });
type Expect = Row["expect"];

export function carriers(keys: SigningKeys): Row[] {
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

export function behaviors(keys: SigningKeys): Row[] {
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
