import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isError } from "../../src/errors.ts";
import type { Gate } from "../../src/gates/gate.ts";
import { checkGates, parseGates, sentenceOf } from "../../src/gates/read.ts";

const FULL = readFileSync(new URL("../fixtures/keyturn.yaml", import.meta.url), "utf8");

/** The smallest valid gate, with `extra` lines below it, each indented by four spaces. */
function minimal(...extra: string[]): string {
  return [
    "gates:",
    "  reader:",
    "    distributions: [E1A2B3C4D5E6F7]",
    "    keyGroups: [group-1]",
    "    secret: reader/key",
    "    cookie: { resource: 'https://app.example.com/*', ttl: 15m }",
    ...extra.map((line) => `    ${line}`),
  ].join("\n");
}

function gateOf(text: string): Gate {
  return parseGates(text, "keyturn.yaml").get("reader") as Gate;
}

function mistakesIn(text: string): string[] {
  return checkGates(text).mistakes.map(
    (mistake) => sentenceOf(mistake) + (mistake.meant ? ` -> ${mistake.meant}` : ""),
  );
}

it.each(["constructor", "toString", "prototype"])("accepts the gate name %s like any other", (name) => {
  const gates = parseGates(minimal().replace("reader:", `${name}:`), "keyturn.yaml");
  expect([...gates.keys()]).toEqual([name]);
  expect(gates.get(name)?.secret.id).toBe("reader/key");
});

describe("a gate's own role", () => {
  const role = "assumeRole: arn:aws:iam::111122223333:role/ops/keyturn";

  it("determines the gate's account", () => {
    expect(gateOf(minimal(role, "externalId: shop-7"))).toMatchObject({
      account: "111122223333",
      externalId: "shop-7",
    });
  });

  it.each([
    [["assumeRole: keyturn"], "assumeRole is not the ARN of a role"],
    [["assumeRole: arn:aws:iam::111122223333:user/ann"], "assumeRole is not the ARN of a role"],
    [["externalId: shop-7"], "externalId is sent only when a role is assumed"],
    [[role, "externalId: x"], "externalId is not an external ID"],
    [[role, 'account: "444455556666"'], "assumeRole is not in the gate's account"],
  ])("refuses %j", (lines, message) => {
    expect(mistakesIn(minimal(...lines)).join("\n")).toContain(message);
  });
});

describe("a complete file", () => {
  const gate = gateOf(FULL);

  it("is read field by field, durations in seconds", () => {
    expect(gate).toMatchObject({
      name: "reader",
      account: "111122223333",
      secret: {
        id: "reader/signing-key",
        format: "json",
        fields: { privateKey: "privateKey", keyPairId: "keyPairId" },
      },
      signer: { hash: "SHA1", cacheTtl: 300, keyPairId: "in-secret" },
      cookie: { resource: "https://app.example.com/api/*", ttl: 900, maxTtl: 3600, sameSite: "Lax" },
      cookieProfiles: { support: { ttl: 300, ip: "192.0.2.0/24" } },
      signedUrls: { maxTtl: 3600 },
      canaries: { E1A2B3C4D5E6F7: "https://app.example.com/api/canary" },
      maxKeyAge: 90 * 86_400,
      rotation: { settle: 900, skew: 60, triples: 5 },
    });
  });

  it("uses the pattern itself as the sample of a route without wildcards", () => {
    expect(gate.routes[1]).toEqual({
      pattern: "/login",
      methods: ["POST"],
      layers: [],
      distributions: ["E1A2B3C4D5E6F7"],
      sample: "/login",
      safeMethods: ["GET", "HEAD"],
    });
  });
});

describe("a minimal file", () => {
  it("has the safe defaults", () => {
    expect(gateOf(minimal())).toEqual({
      name: "reader",
      distributions: ["E1A2B3C4D5E6F7"],
      keyGroups: ["group-1"],
      secret: {
        id: "reader/key",
        format: "json",
        fields: { privateKey: "privateKey", keyPairId: "keyPairId" },
      },
      signer: { hash: "SHA1", cacheTtl: "until-restart", keyPairId: "in-secret", regions: [] },
      cookie: {
        resource: "https://app.example.com/*",
        path: "/",
        sameSite: "Lax",
        partitioned: false,
        ttl: 900,
        maxTtl: 900,
      },
      cookieProfiles: {},
      canaries: {},
      routes: [],
      ownership: "none",
      rotation: { settle: 900, skew: 60, triples: 5 },
    });
  });

  it("derives the key pair ID if the secret is only the key", () => {
    const text = minimal().replace("secret: reader/key", "secret: { id: reader/key, format: pem }");
    expect(gateOf(text).signer.keyPairId).toBe("derived");
  });
});

describe("a mistake in keyturn.yaml", () => {
  const table: [title: string, text: string, expected: string[]][] = [
    [
      "a misspelt field",
      minimal("acount: '111122223333'"),
      ["7:5: gates.reader.acount is not a name that keyturn knows -> account"],
    ],
    [
      "a misspelt field deep inside",
      minimal("signer: { cachettl: 5m }"),
      ["7:15: gates.reader.signer.cachettl is not a name that keyturn knows -> cacheTtl"],
    ],
    [
      "a misspelt field of a route",
      minimal("routes:", "  - { patern: /x, pattern: /x }"),
      ["8:11: gates.reader.routes[0].patern is not a name that keyturn knows -> pattern"],
    ],
    [
      "a misspelt field of the secret",
      minimal().replace("reader/key", "{ id: reader/key, formt: json }"),
      ["5:31: gates.reader.secret.formt is not a name that keyturn knows -> format"],
    ],
    [
      "a field of another part of the gate",
      minimal().replace("reader/key", "{ id: reader/key, regions: [eu-west-1] }"),
      ["5:31: gates.reader.secret.regions is not a name that keyturn knows -> signer.regions"],
    ],
    [
      "a field of another part, beside a field with a similar name",
      minimal("regions: [eu-west-1]"),
      ["7:5: gates.reader.regions is not a name that keyturn knows -> signer.regions"],
    ],
    [
      "a field of the gate itself",
      minimal("signer: { routes: [] }"),
      ["7:15: gates.reader.signer.routes is not a name that keyturn knows -> routes"],
    ],
    [
      "a name that nothing in a gate has",
      minimal("signer: { colour: blue }"),
      ["7:15: gates.reader.signer.colour is not a name that keyturn knows"],
    ],
    [
      "a duration without a unit",
      minimal().replace("15m", "900"),
      ["6:59: gates.reader.cookie.ttl needs a duration with a unit: 90s, 15m, 8h, 2d or 1h30m"],
    ],
    [
      "a duration in an unknown unit",
      minimal("maxKeyAge: 3 months"),
      ["7:16: gates.reader.maxKeyAge is not a duration: write 90s, 15m, 8h, 2d or 1h30m"],
    ],
    [
      "a value that is not allowed",
      minimal("ownership: pulumi"),
      ["7:16: gates.reader.ownership must be one of terraform, cloudformation, none"],
    ],
    [
      "an account number that YAML reads as a number",
      minimal("account: 111122223333"),
      ["7:14: gates.reader.account is not text (put quotes around a number)"],
    ],
    ["a missing field", minimal().replace(/.*keyGroups.*\n/, ""), ["3:5: gates.reader.keyGroups is missing"]],
    ["an empty gate", "gates:\n  reader:\n", ["2:10: gates.reader is not a mapping of names to values"]],
    [
      "a wrong first key",
      "gate: {}\n",
      ["1:1: gates is missing", "1:1: gate is not a name that keyturn knows -> gates"],
    ],
    ["no gate at all", "gates: {}\n", ["1:8: gates has no gate"]],
    [
      "an unusable gate name",
      "gates:\n  'a b': {}\n",
      ["2:3: gates.a b is not a gate name: use letters, digits, - _ ."],
    ],
    [
      "the gate name __proto__",
      minimal().replace("  reader:", "  __proto__:"),
      ["2:3: gates.__proto__ is not a gate name: use letters, digits, - _ ."],
    ],
    [
      "the gate name __proto__ beside a valid gate",
      `${minimal()}\n  __proto__: {}`,
      ["7:3: gates.__proto__ is not a gate name: use letters, digits, - _ ."],
    ],
    [
      "__proto__ as the name of a cookie profile or canary",
      minimal("cookieProfiles: { __proto__: { ttl: 5m } }", "canaries: { __proto__: 'https://x.example/' }"),
      [
        "7:23: gates.reader.cookieProfiles.__proto__ cannot be a name",
        "8:17: gates.reader.canaries.__proto__ cannot be a name",
      ],
    ],
    [
      "a cookie that outlives what a rotation waits for",
      minimal().replace("ttl: 15m", "ttl: 15m, maxTtl: 899s"),
      ["6:72: gates.reader.cookie.maxTtl is less than ttl: a rotation would not wait long enough"],
    ],
    [
      "a canary of another distribution",
      minimal("canaries: { E9: 'https://x.example/' }"),
      ["7:21: gates.reader.canaries.E9 is not one of the gate's distributions"],
    ],
    [
      "a wildcard route without a sample",
      minimal("routes: [{ pattern: /api/* }]"),
      ["7:14: gates.reader.routes[0] needs a sample: an existing path that matches the pattern"],
    ],
    [
      "a key pair ID in a secret whose format cannot contain one",
      minimal("signer: { keyPairId: in-secret }").replace("reader/key", "{ id: reader/key, format: binary }"),
      [
        "7:26: gates.reader.signer.keyPairId cannot be in-secret: a binary secret holds only the key; write derived or external",
      ],
    ],
    [
      "a verification header with its value",
      minimal("origin: { verificationHeader: 'X-Origin-Verify: opensesame' }"),
      [
        "7:35: gates.reader.origin.verificationHeader must be the name of a header; its value is a secret and stays out of this file",
      ],
    ],
    [
      "a route of another distribution",
      minimal("routes: [{ pattern: /x, distributions: [E1A2B3C4D5E6F7, E9] }]"),
      ["7:61: gates.reader.routes[0].distributions[1] is not one of the gate's distributions"],
    ],
    [
      "a sample outside its route",
      minimal("routes: [{ pattern: /api/*, sample: /media/x }]"),
      ["7:41: gates.reader.routes[0].sample does not match its route's pattern"],
    ],
    [
      "a sample that repeats the pattern",
      minimal("routes: [{ pattern: /api/*, sample: /api/* }]"),
      ["7:41: gates.reader.routes[0].sample is a pattern: write an existing path"],
    ],
    [
      "a URL without a host",
      minimal("canaries: { E1A2B3C4D5E6F7: 'https://[::1/x' }"),
      ["7:33: gates.reader.canaries.E1A2B3C4D5E6F7 is not a URL: check its host and port"],
    ],
    [
      "a port that does not exist",
      minimal("origin: { url: 'https://a:99999/x' }"),
      ["7:20: gates.reader.origin.url is not a URL: check its host and port"],
    ],
    [
      "a URL with a user",
      minimal("origin: { url: 'https://ada@a.example/x' }"),
      ["7:20: gates.reader.origin.url contains a user name: leave out everything up to the @"],
    ],
    [
      "a Resource of another scheme",
      minimal().replace("https://", "ftp://"),
      [
        "6:25: gates.reader.cookie.resource has a scheme that viewers never use: write http://, https:// or *://",
      ],
    ],
    [
      "an address that no policy supports",
      minimal("cookieProfiles: { six: { ip: 'fe80::1' }, none: { ip: office } }"),
      [
        "7:34: gates.reader.cookieProfiles.six.ip is not an IPv4 address or CIDR: 192.0.2.0/24",
        "7:59: gates.reader.cookieProfiles.none.ip is not an IPv4 address or CIDR: 192.0.2.0/24",
      ],
    ],
    [
      "a distribution twice",
      minimal().replace("[E1A2B3C4D5E6F7]", "[E1A2B3C4D5E6F7, E1A2B3C4D5E6F7]"),
      ["3:37: gates.reader.distributions[1] is a duplicate"],
    ],
    [
      "the rotation record in place of the secret",
      minimal().replace("reader/key", "reader/key.keyturn"),
      ["5:13: gates.reader.secret is the record of a rotation: leave out .keyturn"],
    ],
    [
      "an alias without its anchor",
      minimal("signer: *nobody"),
      ["7:13: the file refers to an anchor that does not exist"],
    ],
    [
      "two documents",
      `${minimal()}\n---\ngates: {}\n`,
      ["7:1: the file contains a second document: put all gates under one gates:"],
    ],
    [
      "a contradiction in one gate, and a wrong field in another",
      `${minimal().replace("ttl: 15m", "ttl: 0s")}\n  other: 1\n`,
      [
        "6:59: gates.reader.cookie.ttl must be longer than zero",
        "7:10: gates.other is not a mapping of names to values",
      ],
    ],
    ["nothing", "", ["1:1: the file is not a mapping of names to values"]],
    [
      "the same name twice",
      "gates:\n  a: {}\n  a: {}\n",
      ["3:3: the file is not valid YAML: map keys must be unique"],
    ],
    [
      "a tab for indentation",
      "gates:\n\ta: {}\n",
      ["2:1: the file is not valid YAML: tabs are not allowed as indentation"],
    ],
  ];
  it.each(table)(
    "is reported with its line, its column and the nearest known name: %s",
    (_, text, expected) => {
      expect(mistakesIn(text)).toEqual(expected);
    },
  );

  it("is reported with all others, in file order", () => {
    const text = minimal("ownership: pulumi", "acount: x").replace("15m", "900");
    expect(mistakesIn(text).map((line) => line.split(":")[0])).toEqual(["6", "7", "8"]);
  });

  it("fails a command, with its suggestion and how to see the others", () => {
    const text = minimal("acount: x", "ownership: pulumi");
    expect(() => parseGates(text, "ops/keyturn.yaml")).toThrow(
      expect.objectContaining({
        code: "ERR_CONFIG",
        message: "ops/keyturn.yaml:7:5: gates.reader.acount is not a name that keyturn knows",
        hints: [
          "did you mean account?",
          "there is 1 more mistake:",
          "keyturn config check --config ops/keyturn.yaml",
          "keyturn help configuration",
        ],
      }),
    );
  });
});

describe("a secret in keyturn.yaml", () => {
  const body = "q".repeat(44);
  const table: [what: string, line: string][] = [
    ["a private key", `x: "-----BEGIN PRIVATE KEY-----${body}"`],
    ["a private key", `x: "-----BEGIN RSA PRIVATE KEY-----\\n${body}"`],
    ["a private key", `# -----BEGIN EC PRIVATE KEY----- ${body}`],
    ["a private key in base64", `x: ${Buffer.from(`-----BEGIN PRIVATE KEY-----${body}`).toString("base64")}`],
    [
      "a private key in base64",
      `x: ${Buffer.from(` -----BEGIN PRIVATE KEY-----${body}`).toString("base64")}`,
    ],
    [
      "a private key in base64",
      `x: ${Buffer.from(`  -----BEGIN PRIVATE KEY-----${body}`).toString("base64")}`,
    ],
    ["an AWS access key", `x: ${["AKIA", "Q".repeat(16)].join("")}`],
    ["a signed cookie", `x: CloudFront-Signature=${body}`],
    ["a signed URL", `x: https://h.example/a?Expires=1&Signature=${body}`],
    ["a password", `flow: { loginBody: 'user=ada&password=${body}' }`],
    ["a password", `origin: { url: "https://ada:${body}@origin.example" }`],
    ["a password", `flow: { loginBody: '{"password": "${body}"}' }`],
  ];
  it.each(table)("is refused and not printed (%s: %s)", (what, line) => {
    const [first] = mistakesIn(minimal(line));
    expect(first).toMatch(new RegExp(`^7:\\d+: the file contains ${what}: remove it`));
    try {
      parseGates(minimal(line), "keyturn.yaml");
      expect.unreachable();
    } catch (thrown) {
      expect(isError(thrown, "ERR_CONFIG")).toBe(true);
      expect(JSON.stringify([(thrown as Error).message, thrown])).not.toContain(body);
    }
  });

  it("is not confused with a placeholder, a name or a public key", () => {
    expect(mistakesIn(FULL)).toEqual([]);
    expect(mistakesIn(minimal("# -----BEGIN PUBLIC KEY-----"))).toEqual([]);
    const form = "flow: { loginBody: 'user={username}&password={password}' }";
    expect(mistakesIn(minimal(form))).toEqual([]);
    expect(mistakesIn(minimal("origin: { url: 'https://a.example:8443/x@y' }"))).toEqual([]);
  });
});
