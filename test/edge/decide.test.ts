/**
 * Every step of the edge's decision at its boundaries: the code on the wire, the actual reason, and what is
 * undocumented.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../../src/edge/decide.ts";
import { DEFAULT_RULES, EDGE_RULES, type EdgeRules, type RuleName } from "../../src/edge/rules.ts";
import { verifierOf } from "../../src/edge/trusted-key.ts";
import type { EdgeRequest, Trust } from "../../src/edge/verdict.ts";
import {
  cannedFields,
  cloudfrontBase64,
  customText,
  ecdsa,
  type Fields,
  inCookies,
  inQuery,
  KEY_ID,
  NOW,
  OTHER_ID,
  RESOURCE,
  rsa,
  signedFields,
  signText,
  trust,
  URL,
  VIEWER,
} from "./signed.ts";

const good = signedFields(customText());
const without = (...names: (keyof Fields)[]): Fields =>
  Object.fromEntries(Object.entries(good).filter(([name]) => !names.includes(name as keyof Fields)));
/** `allowed`, or the code and the reason, then the rules that it depends on. */
const outcome = (request: EdgeRequest, now = NOW, rules?: EdgeRules, trusted: Trust = trust): string => {
  const { allowed, code, reason, undocumented } = decide(request, trusted, now, rules);
  return [allowed ? "allowed" : `${code} ${reason}`, ...undocumented].join(" | ");
};
const policy = (text: string): Fields => signedFields(text);

type Row = readonly [title: string, request: EdgeRequest, expected: string];
const rows = (...each: Row[]) =>
  it.each(each)("%s", (_, request, expected) => expect(outcome(request)).toBe(expected));

describe("1. which requests need a signature", () => {
  it("requires nothing if the behavior trusts no key group", () => {
    const verdict = decide(inCookies({}), undefined, NOW);
    expect(verdict).toEqual({ allowed: true, carrier: "none", undocumented: [] });
  });
  it("denies everything if the behavior's groups contain no key", () => {
    expect(outcome(inCookies(good), NOW, DEFAULT_RULES, new Map())).toBe("InvalidKey key-not-trusted");
  });
});

describe("2. signed URL or signed cookies", () => {
  rows(
    ["allows signed cookies", inCookies(good), "allowed"],
    ["allows a signed URL", inQuery(good), "allowed"],
    ["allows cookies that were put into the query", inQuery(signedFields(customText(), "SHA256")), "allowed"],
    ...(["Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm"] as const).map(
      (name): Row => [
        `ignores the cookies when the query holds ${name}`,
        inCookies(good, { url: `${URL}&${name}=${name === "Key-Pair-Id" ? KEY_ID : "1"}` }),
        name === "Key-Pair-Id"
          ? "MalformedSignature signature-missing | missing-signature"
          : "MissingKey key-pair-id-missing",
      ],
    ),
    [
      "knows a parameter without a value",
      inCookies(good, { url: `${URL}&Expires` }),
      "MissingKey key-pair-id-missing",
    ],
    [
      "takes names as they are: expires is one's own",
      inCookies(good, { url: `${URL}&expires=1` }),
      "allowed",
    ],
    [
      "takes names as they are: cloudfront-policy is no cookie of CloudFront's",
      inCookies(without("Policy"), {
        cookies: inCookies(good).cookies.map(([name, value]) => [name.replace("-Policy", "-policy"), value]),
      }),
      "MalformedPolicy policy-missing",
    ],
  );
});

describe("3. and 4. the key", () => {
  const key = (id: string) => inCookies({ ...good, "Key-Pair-Id": id });
  rows(
    ["denies a request without anything", inCookies({}), "MissingKey key-pair-id-missing"],
    [
      "denies cookies without a key pair ID",
      inCookies(without("Key-Pair-Id")),
      "MissingKey key-pair-id-missing",
    ],
    ["denies an empty key pair ID", key(""), "MissingKey key-pair-id-missing"],
    [
      "denies a PEM in its place",
      key("-----BEGIN PUBLIC KEY-----\nMIIB"),
      "MissingKey key-pair-id-malformed",
    ],
    ["denies an id of 129 characters", key("K".repeat(129)), "MissingKey key-pair-id-malformed"],
    ["denies an unknown id", key(OTHER_ID), "InvalidKey key-not-trusted"],
    ["says that the shape is not promised", key("my_id"), "InvalidKey key-not-trusted | key-pair-id-shape"],
    ["does not try the other keys", key("K2JCJMDEHXQW5G"), "InvalidKey key-not-trusted"],
    ["looks up no property of objects", key("constructor"), "InvalidKey key-not-trusted | key-pair-id-shape"],
  );
  it("selects one of several keys, RSA or ECDSA, by the key pair ID", () => {
    const both: Trust = new Map([
      [KEY_ID, verifierOf(rsa.publicKey)],
      [OTHER_ID, verifierOf(ecdsa.publicKey)],
    ]);
    for (const hash of ["SHA1", "SHA256"] as const) {
      const byEcdsa = { ...signedFields(customText(), hash, ecdsa.privateKey), "Key-Pair-Id": OTHER_ID };
      expect(outcome(inCookies(byEcdsa), NOW, DEFAULT_RULES, both)).toBe("allowed");
      expect(outcome(inCookies({ ...byEcdsa, "Key-Pair-Id": KEY_ID }), NOW, DEFAULT_RULES, both)).toBe(
        "AccessDenied signature-mismatch",
      );
    }
  });
});

describe("5. the signature's encoding", () => {
  const base64 = Buffer.from(
    good.Signature?.replaceAll("-", "+").replaceAll("_", "=").replaceAll("~", "/") ?? "",
    "base64",
  );
  const signature = (text: string) => inCookies({ ...good, Signature: text });
  const undecodable = "MalformedSignature signature-undecodable";
  rows(
    [
      "denies a missing one",
      inCookies(without("Signature")),
      "MalformedSignature signature-missing | missing-signature",
    ],
    ["denies an empty one", signature(""), "MalformedSignature signature-missing | missing-signature"],
    ["denies ordinary base64", signature(base64.toString("base64")), undecodable],
    ["denies base64url", signature(base64.toString("base64url")), undecodable],
    ["denies percent-encoding", signature(`${good.Signature?.slice(0, -2)}%5F%5F`), undecodable],
    ["denies one character less", signature(good.Signature?.slice(0, -1) ?? ""), undecodable],
    [
      "denies a quoted one, and says that it may be otherwise",
      signature(`"${good.Signature}"`),
      `${undecodable} | quoted-cookie`,
    ],
    [
      "denies one that decodes to other bytes",
      signature(cloudfrontBase64(base64.subarray(1))),
      "AccessDenied signature-mismatch",
    ],
  );
});

describe("6. the hash algorithm", () => {
  const hash = (text: string, fields = signedFields(customText(), "SHA256")) =>
    inCookies({ ...fields, "Hash-Algorithm": text });
  rows(
    ["takes SHA256", hash("SHA256"), "allowed"],
    ["takes an explicit SHA1", hash("SHA1", good), "allowed"],
    [
      "takes none for SHA1",
      inCookies({ ...good, Signature: signText(customText(), "SHA256") }),
      "AccessDenied signature-mismatch",
    ],
    ["denies SHA-1 named SHA256", hash("SHA256", good), "AccessDenied signature-mismatch"],
    ["denies SHA512", hash("SHA512"), "AccessDenied hash-algorithm-unsupported | unsupported-hash-algorithm"],
    [
      "denies SHA-256",
      hash("SHA-256"),
      "AccessDenied hash-algorithm-unsupported | unsupported-hash-algorithm",
    ],
    [
      "denies sha256, and says that it may be otherwise",
      hash("sha256"),
      "AccessDenied hash-algorithm-unsupported | hash-algorithm-case | unsupported-hash-algorithm",
    ],
    [
      "denies an empty one, and says that it may be otherwise",
      hash("", good),
      "AccessDenied hash-algorithm-unsupported | hash-algorithm-empty | unsupported-hash-algorithm",
    ],
  );
});

describe("7. the policy", () => {
  const malformed = "MalformedPolicy policy-malformed";
  const raw = (text: string): Row => [
    `calls malformed: ${text.slice(0, 70)}`,
    inCookies(policy(text)),
    malformed,
  ];
  const statement = (condition: string) =>
    `{"Statement":[{"Resource":"${RESOURCE}","Condition":${condition}}]}`;
  rows(
    ["denies neither Policy nor Expires", inCookies(without("Policy")), "MalformedPolicy policy-missing"],
    [
      "denies both",
      inCookies({ ...good, Expires: String(NOW + 60) }),
      "MalformedPolicy policy-and-expires | expires-and-policy",
    ],
    [
      "denies what is not base64",
      inCookies({ ...good, Policy: "%7B%7D" }),
      "MalformedPolicy policy-undecodable | undecodable-policy",
    ],
    [
      "judges the shape before the signature, and says so",
      inCookies({ ...good, Policy: cloudfrontBase64("{}") }),
      `${malformed} | policy-before-signature`,
    ],
    raw("{}"),
    raw("nonsense"),
    raw('{"Statement":{}}'),
    raw('{"Statement":[]}'),
    raw('{"Statement":[{},{}]}'),
    raw(statement("{}")),
    raw(statement('{"DateLessThan":{"AWS:EpochTime":"1900000000"}}')),
    raw(statement('{"DateLessThan":{"AWS:EpochTime":1900000000.5}}')),
    raw(statement('{"DateLessThan":{"AWS:EpochTime":1.9e9}}')),
    raw(statement('{"DateLessThan":{"AWS:EpochTime":1900000000000}}')),
    raw(statement('{"DateLessThan":{"aws:epochtime":1900000000}}')),
    raw(statement('{"dateLessThan":{"AWS:EpochTime":1900000000}}')),
    [
      "allows whitespace that was signed",
      inCookies(policy(JSON.stringify(JSON.parse(customText()), null, 2))),
      "allowed",
    ],
    [
      "allows a policy without Resource: every file",
      inCookies(policy(customText({ resource: undefined }))),
      "allowed",
    ],
    [
      "allows the documented largest end",
      inCookies(policy(statement('{"DateLessThan":{"AWS:EpochTime":9223372036854775807}}'))),
      "allowed",
    ],
    [
      "denies one second more than that",
      inCookies(policy(statement('{"DateLessThan":{"AWS:EpochTime":9223372036854775808}}'))),
      malformed,
    ],
    [
      "denies IPv6 in the policy, and says that it may be otherwise",
      inCookies(policy(customText({ ip: "2001:db8::/32" }))),
      `${malformed} | unreadable-source-ip`,
    ],
    [
      "says that unknown members are a guess",
      inCookies(policy(customText().replace("{", '{"Version":"2012-10-17",'))),
      "allowed | unknown-member",
    ],
  );
});

describe("7. the canned policy, rebuilt from the URL", () => {
  const end = NOW + 60;
  const page = "https://cdn.example.com/a/b.html";
  const canned = (signed: string, asked: string) => inCookies(cannedFields(signed, end), { url: asked });
  const mismatch = "AccessDenied signature-mismatch";
  rows(
    ["allows cookies for exactly that URL", canned(page, page), "allowed"],
    ["allows a signed URL", inQuery(cannedFields(page, end), { url: page }), "allowed"],
    [
      "leaves CloudFront's parameters out, wherever they stand",
      {
        url: `${page}?Expires=${end}&x=1&Signature=${signText(`{"Statement":[{"Resource":"${page}?x=1&y=2","Condition":{"DateLessThan":{"AWS:EpochTime":${end}}}}]}`)}&y=2&Key-Pair-Id=${KEY_ID}`,
        ip: VIEWER,
        cookies: [],
      },
      "allowed",
    ],
    ["leaves no question mark behind", canned(page, `${page}?`), "allowed"],
    ["denies another host", canned(page, page.replace("cdn", "www")), mismatch],
    ["denies another scheme", canned(page, page.replace("https", "http")), mismatch],
    ["denies another path", canned(page, `${page}x`), mismatch],
    ["denies one more parameter", canned(page, `${page}?x=1`), mismatch],
    ["denies other order", canned(`${page}?x=1&y=2`, `${page}?y=2&x=1`), mismatch],
    ["decodes nothing: ' is not %27", canned(`${page}?q='`, `${page}?q=%27`), mismatch],
    [
      "normalises nothing: dot segments",
      canned("https://cdn.example.com/b.html", "https://cdn.example.com/a/../b.html"),
      mismatch,
    ],
    ["denies a canned policy for a wildcard", canned("https://cdn.example.com/*", page), mismatch],
    [
      "denies milliseconds",
      inCookies(cannedFields(page, end * 1000), { url: page }),
      "MalformedPolicy policy-malformed",
    ],
    [
      "denies an end that is not a number",
      inCookies({ ...cannedFields(page, end), Expires: "tomorrow" }, { url: page }),
      "MalformedPolicy policy-malformed",
    ],
    [
      "denies another end than the signed one",
      inCookies({ ...cannedFields(page, end), Expires: String(end + 1) }, { url: page }),
      mismatch,
    ],
  );
});

describe("8. the signature", () => {
  rows(
    [
      "denies the policy of another signature",
      inCookies({ ...good, Policy: cloudfrontBase64(customText({ dateLessThan: NOW + 3601 })) }),
      "AccessDenied signature-mismatch",
    ],
    [
      "denies another private key",
      inCookies({ ...good, Signature: signText(customText(), "SHA1", ecdsa.privateKey) }),
      "AccessDenied signature-mismatch",
    ],
  );
});

describe("9. time, address, Resource", () => {
  const at = (wish: Parameters<typeof customText>[0], now: number) =>
    outcome(inCookies(policy(customText(wish))), now);
  it.each([
    [-1, "allowed"],
    [-0.001, "allowed"],
    [0, "AccessDenied expired | expiry-second"],
    [0.999, "AccessDenied expired | expiry-second"],
    [1, "AccessDenied expired"],
  ])("at DateLessThan %+d s answers %s", (after, expected) =>
    expect(at({ dateLessThan: NOW }, NOW + after)).toBe(expected),
  );
  it.each([
    [-1, "AccessDenied not-yet-valid"],
    [0, "AccessDenied not-yet-valid"],
    [0.999, "AccessDenied not-yet-valid"],
    [1, "allowed"],
  ])("at DateGreaterThan %+d s answers %s", (after, expected) =>
    expect(at({ dateGreaterThan: NOW }, NOW + after)).toBe(expected),
  );
  it.each([
    ["192.0.2.0/24", "192.0.2.255", "allowed"],
    ["192.0.2.0/24", "192.0.3.0", "AccessDenied ip-mismatch"],
    ["192.0.2.0/24", "192.0.1.255", "AccessDenied ip-mismatch"],
    ["192.0.2.7/32", "192.0.2.8", "AccessDenied ip-mismatch"],
    ["192.0.2.7/32", "::ffff:192.0.2.7", "allowed"],
    ["0.0.0.0/0", "203.0.113.9", "allowed"],
    ["0.0.0.0/0", "2001:db8::1", "AccessDenied ip-mismatch"],
    ["255.255.255.255/32", "255.255.255.255", "allowed"],
    ["192.0.2.7", "192.0.2.7", "allowed | bare-ip"],
    ["192.0.2.0/24", "not an address", "AccessDenied ip-mismatch"],
  ])("for IpAddress %s and the viewer %s answers %s", (ip, viewer, expected) => {
    expect(outcome(inCookies(policy(customText({ ip })), { ip: viewer }))).toBe(expected);
  });
  it.each([
    ["cookies", "https://cdn.example.com/*", URL, "allowed"],
    ["cookies", "https://cdn.example.com/api/items", URL, "AccessDenied resource-mismatch"],
    ["cookies", "https://other.example.com/*", URL, "AccessDenied resource-mismatch"],
    ["cookies", "http://cdn.example.com/*", URL, "AccessDenied resource-mismatch"],
    ["cookies", "http*://cdn.example.com/*", URL, "allowed | http-star"],
    ["query", "*://cdn.example.com/*", URL, "allowed"],
    ["cookies", "*://cdn.example.com/*", URL, "allowed | scheme-wildcard-in-cookies"],
    ["query", "https://cdn.example.com/api*page=2", URL, "AccessDenied resource-mismatch"],
    [
      "cookies",
      "https://cdn.example.com/api*page=2",
      URL,
      "AccessDenied resource-mismatch | wildcards-in-cookies",
    ],
    ["query", "https://CDN.example.com/*", URL, "allowed | resource-host-case"],
    ["query", "https://cdn.example.com/API/*", URL, "AccessDenied resource-mismatch"],
    ["query", "https://cdn.example.com:443/*", URL, "AccessDenied resource-mismatch | resource-port"],
    ["query", "https://cdn.example.com./*", URL, "AccessDenied resource-mismatch | host-trailing-dot"],
    ["query", "nonsense", URL, "AccessDenied resource-mismatch"],
  ] as const)("for %s with Resource %s and the URL %s answers %s", (carrier, resource, url, expected) => {
    const fields = policy(customText({ resource }));
    expect(outcome((carrier === "query" ? inQuery : inCookies)(fields, { url }))).toBe(expected);
  });
});

describe("duplicated names", () => {
  const expired = policy(customText({ dateLessThan: NOW - 60 }));
  const both = { ...inCookies({}), cookies: [...inCookies(good).cookies, ...inCookies(expired).cookies] };
  it("uses the first, and reports that this is undocumented", () => {
    expect(outcome(both)).toBe("allowed | duplicated-name");
    expect(outcome({ ...both, cookies: [...both.cookies].reverse() })).toBe(
      "AccessDenied expired | duplicated-name",
    );
  });
  it("accepts the same value twice", () => {
    expect(outcome({ ...both, cookies: [...inCookies(good).cookies, ...inCookies(good).cookies] })).toBe(
      "allowed",
    );
  });
});

describe("undocumented rules", () => {
  const doubtful: Readonly<Partial<Record<RuleName, EdgeRequest>>> = {
    "expiry-second": inCookies(policy(customText({ dateLessThan: NOW }))),
    "expires-and-policy": inCookies({ ...good, Expires: String(NOW + 60) }),
    "quoted-cookie": inCookies({ ...good, Policy: `"${good.Policy}"` }),
    "missing-signature": inCookies(without("Signature")),
    "bare-ip": inCookies(policy(customText({ ip: VIEWER }))),
    "http-star": inCookies(policy(customText({ resource: "http*://cdn.example.com/*" }))),
    "resource-port": inCookies(good, { url: "https://cdn.example.com:443/api/x" }),
    "host-trailing-dot": inCookies(good, { url: "https://cdn.example.com./api/x" }),
  };
  it.each(Object.entries(doubtful))(
    "include %s, which changes the outcome and is named in it",
    (name, request) => {
      const choices = Object.keys(EDGE_RULES[name as RuleName].choices);
      const outcomes = choices.map((choice) =>
        decide(request, trust, NOW, { ...DEFAULT_RULES, [name]: choice }),
      );
      expect(new Set(outcomes.map(({ allowed, code }) => `${allowed} ${code}`)).size).toBeGreaterThan(1);
      for (const { undocumented } of outcomes) expect(undocumented).toContain(name);
    },
  );
  it("have a default among their choices, and a source for their doubt", () => {
    for (const { default: fallback, choices, doubt } of Object.values(EDGE_RULES)) {
      expect(Object.keys(choices)).toContain(fallback);
      expect(Object.keys(choices).length).toBeGreaterThan(1);
      expect(doubt).not.toBe("");
    }
  });
});

describe("any request", () => {
  const signedInAnyWay = fc.record({
    hash: fc.constantFrom(undefined, "SHA1", "SHA256"),
    carrier: fc.constantFrom("cookies", "query"),
    kind: fc.constantFrom("canned", "custom"),
  });
  it("is denied after one changed character in any field", () => {
    fc.assert(
      fc.property(
        signedInAnyWay,
        fc.nat(),
        fc.nat(),
        fc.nat(),
        ({ hash, carrier, kind }, which, where, other) => {
          const fields = kind === "custom" ? signedFields(customText(), hash) : cannedFields(URL, NOW + 60);
          const names = Object.keys(fields) as (keyof Fields)[];
          const name = names[which % names.length] as keyof Fields;
          const value = fields[name] as string;
          const at = where % value.length;
          const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-~_".replace(
            value[at] as string,
            "",
          );
          const changed = {
            ...fields,
            [name]: value.slice(0, at) + alphabet[other % alphabet.length] + value.slice(at + 1),
          };
          const carry = carrier === "cookies" ? inCookies : inQuery;
          expect(decide(carry(fields), trust, NOW).allowed).toBe(true);
          expect(decide(carry(changed), trust, NOW).allowed).toBe(false);
        },
      ),
      { numRuns: 400 },
    );
  });
  it("is allowed until it expires, and only for its own scheme, host and path", () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    const life = fc.integer({ min: 2, max: 1_000_000 });
    const asked = fc.tuple(fc.constantFrom("http", "https"), part, part, part);
    fc.assert(
      fc.property(signedInAnyWay, asked, asked, life, ({ hash, carrier, kind }, own, other, seconds) => {
        const urlOf = ([scheme, host, folder, file]: typeof own) =>
          `${scheme}://${host}.example.com/${folder}/${file}`;
        const [scheme, host, folder] = own;
        const url = urlOf(own);
        const end = NOW + seconds;
        const resource = `${scheme}://${host}.example.com/${folder}/*`;
        const fields =
          kind === "custom"
            ? signedFields(customText({ resource, dateLessThan: end }), hash)
            : cannedFields(url, end);
        const carry = carrier === "cookies" ? inCookies : inQuery;
        const allowed = (at: string, now: number) => decide(carry(fields, { url: at }), trust, now).allowed;
        expect(allowed(url, NOW)).toBe(true);
        expect(allowed(url, end - 1)).toBe(true);
        expect(allowed(url, end + 1)).toBe(false);
        const isCovered =
          kind === "custom" ? other.slice(0, 3).join() === own.slice(0, 3).join() : urlOf(other) === url;
        expect(allowed(urlOf(other), NOW)).toBe(isCovered);
        for (const changed of [0, 1, 2]) {
          const elsewhere = own.map((each, index) => (index === changed ? other[index] : each)) as typeof own;
          expect(allowed(urlOf(elsewhere), NOW)).toBe(elsewhere[changed] === own[changed]);
        }
      }),
      { numRuns: 150 },
    );
  });
  it("gets a verdict, whatever it contains", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(...Object.values(good), "", '"', "%", "\0"),
    );
    const name = fc.oneof(
      fc.string(),
      fc.constantFrom(...inCookies({ ...good, Expires: "1" }).cookies.map(([each]) => each)),
    );
    const request = fc.record({
      url: fc.oneof(
        text,
        text.map((query) => `${URL}&Policy=${query}&Key-Pair-Id=${KEY_ID}&Signature=AAAA`),
      ),
      ip: text,
      cookies: fc.array(fc.tuple(name, text)),
    });
    fc.assert(
      fc.property(request, fc.double({ noNaN: true }), (any, now) => {
        const { allowed, code } = decide(any, trust, now);
        expect(allowed || code !== undefined).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
