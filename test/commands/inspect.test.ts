/** `keyturn inspect` reads what people paste, and prints the verdict and the likeliest cause, but no secret. */
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { denialOf } from "../../src/edge/denial.ts";
import type { Finding } from "../../src/finding.ts";
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
  rsa,
  signedFields,
  signText,
  URL,
  VIEWER,
} from "../edge/signed.ts";
import { memoryWorld, type Ran, runCommand } from "../fakes/memory-world.ts";

const pem = (key: KeyObject) => key.export({ type: "spki", format: "pem" }) as string;
const FILES = { "key.pub.pem": pem(rsa.publicKey), "other.pub.pem": pem(ecdsa.publicKey) };
const KEY = ["--public-key", `key.pub.pem=${KEY_ID}`];
const header = (fields: Fields) =>
  `Cookie: ${inCookies(fields)
    .cookies.map((pair) => pair.join("="))
    .join("; ")}`;
const good = signedFields(customText(), "SHA256");

async function inspect(
  input: string,
  flags: readonly string[] = [],
  files: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const world = memoryWorld({ now: NOW, files: { ...FILES, ...files, "input.txt": input } });
  return runCommand(["inspect", "input.txt", ...flags], world);
}
interface Told {
  readonly outcome: string;
  readonly result: Record<string, unknown> & {
    readonly verdict: string;
    readonly code?: string;
    readonly reason?: string;
  };
  readonly findings: readonly Finding[];
}
async function told(
  input: string,
  flags: readonly string[] = [],
  files?: Readonly<Record<string, string>>,
): Promise<Told & { readonly exitCode: number }> {
  const { stdout, exitCode } = await inspect(input, [...flags, "--json"], files);
  return { ...(JSON.parse(stdout) as Told), exitCode };
}
const ids = ({ findings }: Told) => findings.map(({ id }) => id);
const signatureOf = ({ Signature = "" }: Fields) => Signature;

describe("the verdict", () => {
  it("is allow, with exit code 0, if everything is known and met", async () => {
    const { result, exitCode } = await told(header(good), ["--url", URL, "--ip", VIEWER, ...KEY]);
    expect(result).toMatchObject({
      verdict: "allow",
      verified: true,
      hash: "SHA256",
      keyPairId: KEY_ID,
      carrier: "cookies",
    });
    expect(exitCode).toBe(0);
  });
  it("is deny, with exit code 1, the code on the wire and the actual reason", async () => {
    const { result, exitCode, findings } = await told(header(good), [
      "--url",
      URL,
      ...KEY,
      "--at",
      String(NOW + 3600),
    ]);
    expect(result).toMatchObject({ verdict: "deny", code: "AccessDenied", reason: "expired" });
    expect(findings[0]).toMatchObject({ id: "expired", severity: "error" });
    expect(exitCode).toBe(1);
  });
  it("is unknown without a key, with exit code 0, and the report says so first", async () => {
    const { stdout, exitCode } = await inspect(header(good), ["--url", URL]);
    expect(stdout).toMatch(/^! unverified: no key given/);
    expect(stdout).toContain("NOT DECIDED");
    expect(exitCode).toBe(0);
  });
  it("takes a key without an ID for the one that the cookies name", async () => {
    expect((await told(header(good), ["--url", URL, "--public-key", "key.pub.pem"])).result.verdict).toBe(
      "allow",
    );
    expect((await told(header(good), ["--url", URL, "--public-key", "other.pub.pem"])).result.reason).toBe(
      "signature-mismatch",
    );
  });
  it.each(["P-384", "ed25519"])(
    "is refused for a key type that CloudFront does not support: %s",
    async (kind) => {
      const { publicKey } =
        kind === "ed25519" ? generateKeyPairSync("ed25519") : generateKeyPairSync("ec", { namedCurve: kind });
      const world = memoryWorld({
        files: { "kind.pub.pem": publicKey.export({ type: "spki", format: "pem" }) },
      });
      world.files.put("request.txt", header(good));
      const ran = await runCommand(
        ["inspect", "request.txt", "--url", URL, "--public-key", "kind.pub.pem"],
        world,
      );
      expect(ran.exitCode).toBe(3);
      expect(ran.stderr).toContain("CloudFront checks RSA and ECDSA P-256 signatures only");
    },
  );
  it.each([
    [-1, "allow", 0],
    [0, "deny", 1],
    [1, "deny", 1],
  ])("at %+d s from the end is %s", async (after, verdict, exit) => {
    const { result, exitCode } = await told(header(good), [
      "--url",
      URL,
      ...KEY,
      "--at",
      String(NOW + 3600 + after),
    ]);
    expect([result.verdict, exitCode]).toEqual([verdict, exit]);
  });
});

describe("keyturn inspect", () => {
  const quoted = header(good).replace(/^Cookie: /, "");
  it.each([
    ["a Cookie header", header(good)],
    ["a curl command", `curl '${URL}' -b '${quoted}'`],
    [
      "Set-Cookie lines",
      quoted
        .split("; ")
        .map((pair) => `Set-Cookie: ${pair}; Path=/api; Secure; HttpOnly`)
        .join("\n"),
    ],
    [
      "a jar",
      quoted
        .split("; ")
        .map((pair) => `cdn.example.com\tFALSE\t/\tTRUE\t0\t${pair.replace("=", "\t")}`)
        .join("\n"),
    ],
    ["JSON", JSON.stringify(Object.fromEntries(inCookies(good).cookies))],
    ["a signed URL", inQuery(good).url],
    [
      "a HAR",
      JSON.stringify({
        log: {
          entries: [{ request: { method: "GET", url: URL, headers: [{ name: "Cookie", value: quoted }] } }],
        },
      }),
    ],
  ])("allows %s", async (name, input) => {
    const { exitCode, result } = await told(input, name === "a signed URL" ? KEY : ["--url", URL, ...KEY]);
    expect(JSON.stringify(result)).toContain('"verdict":"allow"');
    expect(exitCode).toBe(0);
  });
  it("reads stdin, and reads an argument with a warning", async () => {
    const world = memoryWorld({ now: NOW, files: FILES, stdin: header(good) });
    expect((await runCommand(["inspect", "-", "--url", URL, ...KEY], world)).exitCode).toBe(0);
    expect((await runCommand(["inspect", "--url", URL, ...KEY], world)).exitCode).toBe(0);
    const argument = await runCommand(["inspect", header(good), "--url", URL, ...KEY], world);
    expect(argument.exitCode).toBe(0);
    expect(argument.stderr).toMatch(/warning: the argument contains .* history/);
  });
  it("reads a fetch call as an argument, and refuses another program's command", async () => {
    const options = JSON.stringify({ headers: { cookie: header(good).slice("Cookie: ".length) } });
    const world = memoryWorld({ now: NOW, files: FILES });
    const call = await runCommand(["inspect", `await fetch("${URL}", ${options});`, ...KEY], world);
    expect(call).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/^warning: .* history/) });
    for (const line of [
      "wget -q https://h/a",
      "http GET https://h/a",
      "Invoke-WebRequest -Uri https://h/a",
    ]) {
      const refused = await runCommand(["inspect", line], world);
      expect(refused).toMatchObject({ exitCode: 3, stdout: "" });
      expect(refused.stderr).toContain('hint: in the browser choose "Copy as cURL"');
    }
  });
  it("reads the jar that a curl command names", async () => {
    const jar = inCookies(good)
      .cookies.map((pair) => `cdn.example.com\tFALSE\t/\tTRUE\t0\t${pair.join("\t")}`)
      .join("\n");
    expect((await told(`curl -b jar.txt '${URL}'`, KEY, { "jar.txt": jar })).result.verdict).toBe("allow");
    const missing = await told(`curl -b jar.txt '${URL}'`, KEY);
    expect(missing.result.reason).toBe("key-pair-id-missing");
    expect(missing.findings.map(({ message }) => message).join("\n")).toMatch(/jar .*not read: jar.txt/);
  });
  it("decodes a bare policy and judges what it says", async () => {
    const { result, exitCode } = await told(customText({ ip: "192.0.2.0/24" }), [
      "--url",
      URL,
      "--ip",
      "203.0.113.1",
    ]);
    expect(result).toMatchObject({ form: "policy", verdict: "deny", reason: "ip-mismatch", verified: false });
    expect(exitCode).toBe(1);
  });
  it("does not wait for input from a terminal", async () => {
    const { exitCode, stderr } = await runCommand(["inspect"], memoryWorld({ answers: [] }));
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/nothing to inspect/);
  });
  it.each([
    ["", /input is empty/],
    ["hello", /format of the input is unknown/],
    ['{"log":{"entries":[{"request":{}},', /HAR is cut off/],
  ])("prints why it cannot read %j, and exits with 3", async (input, reason) => {
    const { exitCode, stderr, stdout } = await inspect(input);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(reason);
    expect(stderr).toMatch(/ERR_CAPTURE_UNREADABLE/);
    expect(stdout).toBe("");
  });
  it.each([
    [["--url", "cdn.example.com/api"], "hint: --url https://cdn.example.com/api"],
    [["--url", "foo"], "hint: --url https://HOST/PATH"],
    [["--url", "https://"], "hint: --url https://HOST/PATH"],
    [["--url", URL, "--from", "app.example.com"], "hint: --from https://app.example.com"],
    [["--url", URL, "--ip", "nonsense"], "hint: --ip 192.0.2.10"],
    [["--url", URL, "--ip", "192.0.2.0/24"], "hint: --ip 192.0.2.10"],
    [["--url", URL, "--ip", "1::2::3"], "hint: --ip 192.0.2.10"],
  ])("refuses flags that describe no possible request: %j", async (flags, hint) => {
    const { stdout, stderr, exitCode } = await inspect(header(good), [...flags, ...KEY]);
    expect([stdout, exitCode]).toEqual(["", 2]);
    expect(stderr).toContain(hint);
  });
  it("refuses a time in milliseconds, and exits with 2", async () => {
    expect((await inspect(header(good), ["--at", "1800000000000"])).exitCode).toBe(2);
  });
});

describe("a query in another order", () => {
  const page = "https://cdn.example.com/a/b.html";
  const few = ["a=1", "b=2", "c=3", "d=4"];
  const many = [...few, "e=5", "f=6"];
  it.each([
    ["few parameters", few, ["c=3", "a=1", "d=4", "b=2"]],
    ["many parameters that a client sorted", many.toReversed(), many],
    ["many parameters that were sorted when signed", many, ["b=2", "a=1", ...many.slice(2)]],
  ])("is identified with certainty under a canned policy: %s", async (_, signed, asked) => {
    const fields = cannedFields(`${page}?${signed.join("&")}`, NOW + 60);
    const { findings } = await told(header(fields), ["--url", `${page}?${asked.join("&")}`, ...KEY]);
    const found = findings.find(({ id }) => id === "signed-other-url");
    expect(found).toMatchObject({ basis: "observed" });
    expect(found?.message).toContain(`?${signed.join("&")}, with the same parameters in a different order`);
  });
  it("is identified with certainty under a custom policy, whose Resource is visible", async () => {
    const fields = signedFields(customText({ resource: `${page}?${few.join("&")}` }));
    const { findings } = await told(header(fields), [
      "--url",
      `${page}?${few.toReversed().join("&")}`,
      ...KEY,
    ]);
    const found = findings.find(({ id }) => id === "query-order");
    expect(found).toMatchObject({ basis: "observed", message: expect.stringContaining("a different order") });
  });
});

describe("the likeliest cause", () => {
  const page = "https://cdn.example.com/a/b.html";
  const cannedFor = (signed: string): Fields => cannedFields(signed, NOW + 60);
  const causes: readonly (readonly [id: string, input: string, flags: readonly string[]])[] = [
    ["wrong-hash", header({ ...good, "Hash-Algorithm": "SHA1" }), ["--url", URL]],
    [
      "wrong-key-pair-id",
      header({ ...good, Signature: signText(customText(), "SHA256", ecdsa.privateKey) }),
      ["--url", URL, "--public-key", "other.pub.pem=K2OTHERKEY0000"],
    ],
    ["canned-wildcard", header(cannedFor("https://cdn.example.com/*")), ["--url", page]],
    ["canned-wildcard", header(cannedFor("http*://cdn.example.com/a/*")), ["--url", page]],
    ["canned-wildcard", header(cannedFor("https://*")), ["--url", page]],
    ["signed-other-url", header(cannedFor(page)), ["--url", `${page}?v=1`]],
    ["signed-other-url", header(cannedFor(page.replace("https", "http"))), ["--url", page]],
    ["signed-other-url", header(cannedFor(`${page}?q=%27`)), ["--url", `${page}?q='`]],
    ["signed-other-url", header(cannedFor(`${page}/ä`)), ["--url", `${page}/%C3%A4`]],
    [
      "signed-other-url",
      header(cannedFor("https://cdn.example.com/b.html")),
      ["--url", "https://cdn.example.com/a/../b.html"],
    ],
    [
      "policy-bytes-differ",
      header({ ...good, Signature: signText(`${customText()}\n`, "SHA256") }),
      ["--url", URL],
    ],
    [
      "policy-bytes-differ",
      header({ ...good, Policy: cloudfrontBase64(JSON.stringify(JSON.parse(customText()), null, 2)) }),
      ["--url", URL],
    ],
    [
      "signature-not-der",
      header({
        ...good,
        "Key-Pair-Id": "K2OTHERKEY0000",
        Signature: cloudfrontBase64(
          sign("SHA256", Buffer.from(customText()), { key: ecdsa.privateKey, dsaEncoding: "ieee-p1363" }),
        ),
      }),
      ["--url", URL, "--public-key", "other.pub.pem=K2OTHERKEY0000"],
    ],
    ["signature-length", header({ ...good, Signature: signatureOf(good).slice(0, 100) }), ["--url", URL]],
    ["tampered", header({ ...good, Signature: signText("{}", "SHA256") }), ["--url", URL]],
    ["milliseconds", header(signedFields(customText({ dateLessThan: NOW * 1000 }))), ["--url", URL]],
    ["milliseconds", header(cannedFields(page, (NOW + 60) * 1000)), ["--url", page]],
    ["policy-shape", header(signedFields('{"Statement":{}}')), ["--url", URL]],
    ["signature-encoding", header({ ...good, Signature: "ab%7E_" }), ["--url", URL]],
    ["policy-encoding", header({ ...good, Policy: `"${good.Policy}"` }), ["--url", URL]],
    ["old-cookie-left", header({ ...good, Expires: String(NOW + 60) }), ["--url", URL]],
    ["query-overrides-cookies", header(good), ["--url", `${URL}&Expires=1`]],
    ["no-cloudfront-cookies", "Cookie: session=1", ["--url", URL]],
    ["set-incomplete", header({ ...good, "Key-Pair-Id": "" }), ["--url", URL]],
    ["name-spelling", header(good).replaceAll("CloudFront-", "cloudfront-"), ["--url", URL]],
    ["name-spelling", header(good).replace("-Key-Pair-Id", "-Key-Pair-ID"), ["--url", URL]],
    ["name-spelling", header(good).replace("CloudFront-Sig", "CloudFront-sig"), ["--url", URL]],
    ["name-spelling", header(good).replace("CloudFront-Pol", "CloudFront-pol"), ["--url", URL]],
    ["name-spelling", inQuery(good).url.toLowerCase(), []],
    ["html-escaped-url", inQuery(good).url.replaceAll("&", "&amp;"), []],
    ["preflight", `curl -X OPTIONS '${URL}'`, []],
    [
      "key-pair-id-is-no-id",
      header({ ...good, "Key-Pair-Id": "-----BEGIN PUBLIC KEY-----" }),
      ["--url", URL],
    ],
    ["key-not-given", header({ ...good, "Key-Pair-Id": "KZZZZZZZZZZZZQ" }), ["--url", URL]],
    ["hash-algorithm-spelling", header({ ...good, "Hash-Algorithm": "SHA-256" }), ["--url", URL]],
    ["not-renewed", header(good), ["--url", URL, "--at", String(NOW + 7200)]],
    ["clock-skew", header(good), ["--url", URL, "--at", String(NOW + 3660)]],
    ["signer-clock-ahead", header(signedFields(customText({ dateGreaterThan: NOW + 5 }))), ["--url", URL]],
    [
      "ipv6-viewer",
      header(signedFields(customText({ ip: "192.0.2.0/24" }))),
      ["--url", URL, "--ip", "2001:db8::1"],
    ],
    [
      "viewer-moved",
      header(signedFields(customText({ ip: "192.0.2.0/24" }))),
      ["--url", URL, "--ip", "203.0.113.1"],
    ],
    [
      "alternate-domain-name",
      header(signedFields(customText({ resource: "https://d111111abcdef8.cloudfront.net/*" }))),
      ["--url", URL],
    ],
    [
      "other-host",
      header(signedFields(customText({ resource: "https://www.example.com/*" }))),
      ["--url", URL],
    ],
    [
      "other-scheme",
      header(signedFields(customText({ resource: "http://cdn.example.com/*" }))),
      ["--url", URL],
    ],
    [
      "other-path",
      header(signedFields(customText({ resource: "https://cdn.example.com/web/*" }))),
      ["--url", URL],
    ],
    [
      "path-case",
      header(signedFields(customText({ resource: "https://cdn.example.com/API/*" }))),
      ["--url", URL],
    ],
    [
      "other-query",
      header(signedFields(customText({ resource: "https://cdn.example.com/api/items" }))),
      ["--url", URL],
    ],
    [
      "query-order",
      header(signedFields(customText({ resource: `${page}?a=1&b=2&b=1` }))),
      ["--url", `${page}?b=2&b=1&a=1`],
    ],
    [
      "other-query",
      header(signedFields(customText({ resource: `${page}?a=1&b=2` }))),
      ["--url", `${page}?b=2&a=2`],
    ],
    [
      "other-query",
      header(signedFields(customText({ resource: `${page}?a=1` }))),
      ["--url", `${page}?a=1&a=1`],
    ],
    ["port", header(signedFields(customText({ resource: "https://cdn.example.com:443/*" }))), ["--url", URL]],
    ["duplicated-name", `${header(good)}; CloudFront-Policy=eyJ_`, ["--url", URL]],
    ["canned-cookies", header(cannedFor(page)), ["--url", page]],
    ["opens-everything", header(signedFields(customText({ resource: undefined }))), ["--url", URL]],
    ["undocumented", header(signedFields(customText({ dateLessThan: NOW }))), ["--url", URL]],
  ];
  it.each(causes)("is %s", async (id, input, flags) => {
    const report = await told(input, [...flags, ...KEY]);
    expect(ids(report)).toContain(id);
    for (const { message, remedy = "", evidence } of report.findings) {
      const said = [message, remedy, ...evidence].join("\n");
      expect(said).not.toContain(signatureOf(good).slice(0, 40));
    }
  });
  it.each([
    [0, /0s from now.* no slack/, /a few minutes earlier/],
    [60, /1m from now.* no slack/, /a few minutes earlier/],
    [61, /1m 1s from now.* clock is ahead/, /timedatectl/],
    [1200, /20m from now.* clock is ahead/, /timedatectl/],
  ])("of a policy that begins %d s from now is missing slack or a fast clock", async (ahead, says, fix) => {
    const input = header(signedFields(customText({ dateGreaterThan: NOW + ahead })));
    const { findings } = await told(input, ["--url", URL, ...KEY]);
    const found = findings.find(({ id }) => id === "signer-clock-ahead");
    expect(found?.message).toMatch(says);
    expect(found?.remedy).toMatch(fix);
  });
  it("is followed by existing commands, with valid flags", async () => {
    const remedies = new Set<string>();
    for (const [, input, flags] of causes) {
      for (const { remedy } of (await told(input, [...flags, ...KEY])).findings) remedies.add(remedy ?? "");
      for (const { remedy } of (await told(input, flags)).findings) remedies.add(remedy ?? "");
    }
    const commands = [...remedies].flatMap((remedy) => /keyturn .*/.exec(remedy) ?? []);
    expect(commands.length).toBeGreaterThan(10);
    for (const command of commands) {
      const typed = command.split(" ").slice(1);
      const words = typed.slice(0, typed.findIndex((word) => !/^[a-z]+$/.test(word)) >>> 0);
      const { stdout, exitCode } = await runCommand([...words, "--help"], memoryWorld());
      expect(exitCode, command).toBe(0);
      expect(stdout, command).toContain(`Usage: keyturn ${words.join(" ")}`);
      for (const flag of command.match(/--[a-z-]+/g) ?? []) expect(stdout, command).toContain(flag);
    }
  });
  it("is also found by trial with a key that was given without its ID", async () => {
    const input = header({ ...good, "Hash-Algorithm": "SHA1" });
    expect(ids(await told(input, ["--url", URL, "--public-key", "key.pub.pem"]))).toContain("wrong-hash");
  });
  it("names both outcomes of an undocumented rule", async () => {
    const { findings } = await told(header(signedFields(customText({ dateLessThan: NOW }))), [
      "--url",
      URL,
      ...KEY,
    ]);
    const { message, evidence } = findings.find(({ id }) => id === "undocumented") as Finding;
    expect(message).toMatch(/^expiry-second: /);
    expect(evidence).toEqual([
      "assumed: refused from that second on -> deny AccessDenied",
      "or: refused only after that second -> allow",
    ]);
  });
  it("leaves the exit code at 0 if the request is allowed", async () => {
    const report = await told(header(signedFields(customText({ resource: undefined }))), [
      "--url",
      URL,
      ...KEY,
    ]);
    expect(report.findings.length).toBeGreaterThan(0);
    expect(report.exitCode).toBe(0);
  });
});

describe("stored cookies", () => {
  const stored = (attributes: string) =>
    inCookies(good)
      .cookies.map((pair) => `Set-Cookie: ${pair.join("=")}; ${attributes}`)
      .join("\n");
  it.each([
    ["Path=/images/*; Secure", [], /Path=\/images\/\* does not cover/],
    ["Domain=cloudfront.net; Path=/; Secure", [], /public suffix/],
    ["Domain=example.org; Path=/; Secure", [], /Domain=example.org does not cover/],
    ["Path=/; SameSite=None", [], /SameSite=None without Secure/],
    ["Path=/; Secure; SameSite=Lax", ["--from", "https://player.example.org/"], /SameSite=Lax: not sent/],
    ["Path=/; Secure; Max-Age=0", [], /Max-Age has passed/],
  ])("that a browser would not send (%s) are listed", async (attributes, flags, sentence) => {
    const report = await told(stored(attributes), ["--url", URL, ...KEY, ...flags]);
    expect(report.result).toMatchObject({ verdict: "deny", code: "MissingKey" });
    const withheld = report.findings.find(({ id }) => id === "cookie-not-sent");
    expect(withheld?.message).toMatch(sentence);
    expect(withheld?.evidence.join()).toContain("CloudFront-Key-Pair-Id");
  });
  it("that a browser would send are judged as sent", async () => {
    expect(
      (await told(stored("Domain=example.com; Path=/api; Secure; SameSite=Lax"), ["--url", URL, ...KEY]))
        .result.verdict,
    ).toBe("allow");
  });
});

describe("a response", () => {
  const answer = (status: number, headers: string, body: string) => `HTTP/2 ${status}\n${headers}\n\n${body}`;
  const denied = (code: Parameters<typeof denialOf>[0]) => {
    const { headers, body } = denialOf(code);
    return answer(403, headers.map((pair) => pair.join(": ")).join("\n"), body);
  };
  const s3 = answer(
    403,
    "content-type: application/xml\nserver: AmazonS3\nx-amz-request-id: 1\nx-cache: Error from cloudfront",
    "<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>1</RequestId><HostId>2</HostId></Error>",
  );

  it("without a request is classified", async () => {
    const world = memoryWorld({ files: { "answer.txt": denied("InvalidKey"), "s3.txt": s3 } });
    const ours = await runCommand(["inspect", "--response", "answer.txt", "--json"], world);
    expect(JSON.parse(ours.stdout).result.answered).toMatchObject({ edge: "denied", code: "InvalidKey" });
    expect(ours.exitCode).toBe(1);
    const theirs = await runCommand(["inspect", "--response", "s3.txt"], world);
    expect(theirs.stdout).toMatch(/answered by: S3 origin/);
    expect(theirs.exitCode).toBe(0);
  });
  it("is evidence for the verdict if it confirms it", async () => {
    const { findings } = await told(
      header(good),
      ["--url", URL, ...KEY, "--at", String(NOW + 7200), "--response", "answer.txt"],
      { "answer.txt": denied("AccessDenied") },
    );
    expect(findings[0]?.evidence).toContain("the captured response reports AccessDenied");
  });
  it("is reported if it contradicts the verdict", async () => {
    const report = await told(header(good), ["--url", URL, ...KEY, "--response", "answer.txt"], {
      "answer.txt": denied("InvalidKey"),
    });
    expect(report.result.verdict).toBe("allow");
    expect(ids(report)).toContain("answer-disagrees");
  });
  it("may be a 403 that the cookies do not explain", async () => {
    const report = await told(header(good), ["--url", URL, ...KEY, "--response", "s3.txt"], { "s3.txt": s3 });
    expect(report.findings.find(({ id }) => id === "not-the-signature")?.message).toMatch(/S3 origin/);
    expect(report.exitCode).toBe(0);
  });
  it("is the last one after redirects", async () => {
    const moved = answer(301, "location: https://cdn.example.com/b", "");
    const chain = `${moved}${denied("InvalidKey")}`;
    const { stdout } = await runCommand(
      ["inspect", "--response", "chain.txt", "--json"],
      memoryWorld({ files: { "chain.txt": chain } }),
    );
    expect(JSON.parse(stdout).result.answered).toMatchObject({ status: 403, code: "InvalidKey" });
  });
  it("is missing if the file is empty", async () => {
    const ran = await runCommand(["inspect", "--response", "e"], memoryWorld({ files: { e: "\n" } }));
    expect([ran.exitCode, ran.stdout]).toEqual([3, ""]);
    expect(ran.stderr).toMatch(/the response is empty/);
  });
  it.each([
    [
      `This XML file does not appear to have any style information associated with it. The document tree is shown below.\n${denialOf(
        "MissingKey",
      )
        .body.replace(/^<\?.*?\?>/, "")
        .replaceAll("><", ">\n<")}`,
      "edge signature check",
    ],
    [
      "<H1>403 ERROR</H1><H2>The request could not be satisfied.</H2>Request blocked. <PRE>Generated by cloudfront (CloudFront)</PRE>",
      "AWS WAF",
    ],
    [
      "403 ERROR\nThe request could not be satisfied.\nThe Amazon CloudFront distribution is configured to block access from your country.\nGenerated by cloudfront (CloudFront)\nRequest ID: x",
      "geo restriction",
    ],
    ['{"message":"Forbidden"}', "API Gateway"],
    [
      "<Error><Code>AccessDenied</Code><Message>Access Denied</Message><HostId>x</HostId></Error>",
      "S3 origin",
    ],
    ["<html><body>403 Forbidden</body></html>", "unsure who"],
  ])("shows by the words of its body alone who wrote it: %.60s", async (body, by) => {
    const world = memoryWorld({ files: { body } });
    const { stdout } = await runCommand(["inspect", "--response", "body", "--json"], world);
    const { answered } = JSON.parse(stdout).result;
    expect(answered.by).toBe(by);
    expect(answered.evidence.join()).not.toMatch(/server: |headers: no Via|Gateway's request id/);
  });
  it("can be just a body", async () => {
    const world = memoryWorld({ files: { "body.xml": denialOf("MissingKey").body } });
    const { stdout } = await runCommand(["inspect", "--response", "body.xml", "--json"], world);
    expect(JSON.parse(stdout).result.answered).toMatchObject({ code: "MissingKey" });
  });
});

describe("a HAR", () => {
  const entry = (url: string, fields: Fields | undefined, status: number, body = "") => ({
    startedDateTime: new Date((NOW + 60) * 1000).toISOString(),
    request: {
      method: "GET",
      url,
      headers: fields ? [{ name: "cookie", value: header(fields).slice(8) }] : [],
    },
    response: {
      status,
      headers: [
        { name: "server", value: "CloudFront" },
        { name: "content-type", value: "text/xml" },
      ],
      content: { text: body },
    },
  });
  const har = (...entries: object[]) => JSON.stringify({ log: { entries } });
  const expired = signedFields(customText({ dateLessThan: NOW + 30 }));

  it("is summarized request by request, with the first denied one explained", async () => {
    const input = har(
      entry("https://app.example.com/", undefined, 200),
      entry(URL, good, 200, "{}"),
      entry(URL, expired, 403, denialOf("AccessDenied").body),
      entry(URL, { ...good, "Key-Pair-Id": "KZZZZZZZZZZZZZ" }, 403, denialOf("InvalidKey").body),
    );
    const { stdout, exitCode } = await inspect(input, KEY);
    expect(stdout.split("\n").slice(0, 6)).toEqual([
      "-   1  GET  200                     https://app.example.com/",
      "ok  2  GET  200  allow              https://cdn.example.com/api/items?page=2",
      "x   3  GET  403  deny AccessDenied  https://cdn.example.com/api/items?page=2",
      "x   4  GET  403  deny InvalidKey    https://cdn.example.com/api/items?page=2",
      "",
      "4 requests, 2 denied by the signature check, 1 not signed",
    ]);
    expect(stdout).toMatch(/input +HAR entry 3\n/);
    expect(stdout).toMatch(/expired 30s ago/);
    expect(exitCode).toBe(1);
  });
  it("without any cookie is reported as exported without them", async () => {
    const report = await told(har(entry(URL, undefined, 403, denialOf("MissingKey").body)), KEY);
    expect(ids(report)).toContain("no-cookies-recorded");
  });
  it("in which nothing is denied exits with 0", async () => {
    expect((await inspect(har(entry(URL, good, 200)), KEY)).exitCode).toBe(0);
  });
});

describe("the output", () => {
  const secrets = [good.Policy, good.Signature].map((value) => (value as string).slice(0, 60));
  it.each([[[]], [["--json"]], [["--verbose"]]])(
    "contains no signature and no encoded policy (%j)",
    async (flags) => {
      const { url } = inQuery(good);
      const misspelled = [
        url.replaceAll("&", "&amp;"),
        url.replace("Signature=", "signature=").replace("Policy=", "policy="),
        `${URL}&next=${encodeURIComponent(url)}`,
        `${URL}&${inCookies(good)
          .cookies.map((pair) => pair.join("="))
          .join("&")}`,
      ];
      const expires = {
        Expires: String(NOW + 60),
        "Key-Pair-Id": KEY_ID,
        Signature: signText("{}", "SHA256"),
      };
      const canned = misspelled.map((each) => `curl '${each}' -b '${header(expires).slice(8)}'`);
      for (const input of [header(good), url, `curl '${url}'`, ...misspelled, ...canned]) {
        for (const at of [NOW, NOW + 7200]) {
          const { stdout, stderr } = await inspect(input, ["--at", String(at), ...KEY, ...flags]);
          for (const secret of secrets) expect(stdout + stderr).not.toContain(secret);
        }
      }
    },
  );
  it.each([
    ["a URL without its scheme", inQuery(good).url.slice("https://".length)],
    ["a variable", `CLOUDFRONT_SIGNATURE='${good.Signature}'`],
  ])("does not repeat a secret argument that looks like a file name: %s", async (_, argument) => {
    const { stdout, stderr } = await runCommand(["inspect", argument], memoryWorld({ now: NOW }));
    expect(stderr).toContain("now in the shell's history");
    for (const secret of secrets) expect(stdout + stderr).not.toContain(secret);
  });
  it("says why a signature was not checked, without calling the key untrusted", async () => {
    const because = async (input: string) =>
      (await inspect(input, ["--url", URL, ...KEY])).stdout.split("\n\n")[0]?.replace(/\s+/g, " ");
    expect(await because(header({ ...good, Expires: "1" }))).toMatch(/: the signature could not be verified/);
    expect(await because(header({ ...good, Signature: "+" }))).toMatch(
      /: the signature could not be verified/,
    );
    expect(await because(header({ ...good, "Key-Pair-Id": "" }))).toMatch(/: no key named/);
    expect(await because(header({ ...good, "Key-Pair-Id": "KZZ" }))).toBe(
      `! unverified: KZZ is not among the keys of key.pub.pem=${KEY_ID}`,
    );
  });
  it("contains secrets with --show-secrets", async () => {
    for (const flags of [[], ["--json"]]) {
      const { stdout } = await inspect(header(good), ["--show-secrets", ...flags]);
      for (const secret of secrets) expect(stdout).toContain(secret);
    }
  });
  it("prints no escape sequence from the input", async () => {
    const evil = "\x1b]0;owned\x07\x1b[2J\u202e\r";
    const inputs = [
      header(signedFields(customText({ resource: `https://${evil}/*` }))),
      `https://cdn.example.com/${evil}?Expires=1&Signature=AAAA&Key-Pair-Id=${KEY_ID}`.replace("\r", ""),
      JSON.stringify({
        log: { entries: [{ request: { method: evil, url: `https://h/${evil}?Policy=1`, headers: [] } }] },
      }),
      JSON.stringify([{ name: `CloudFront-${evil}`, value: "x", path: evil, domain: `${evil}.example.com` }]),
      JSON.stringify([{ name: "CloudFront-Policy", value: "x", path: evil, domain: ".example.com" }]),
    ];
    for (const input of inputs) {
      for (const flags of [[], ["--show-secrets"]]) {
        const { stdout, stderr } = await inspect(input, ["--url", URL, ...KEY, ...flags]);
        expect(stdout).not.toBe("");
        // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may come through.
        expect(stdout + stderr).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
      }
    }
  });
  it("shows times in UTC, in this machine's zone and from now", async () => {
    const { TZ } = process.env;
    try {
      process.env.TZ = "Asia/Kolkata";
      expect((await inspect(header(good))).stdout).toContain(
        "2027-01-15T09:00:00Z  2027-01-15 14:30:00 +05:30 here  in 1h",
      );
      process.env.TZ = "UTC";
      expect((await inspect(header(good))).stdout).toMatch(/2027-01-15T09:00:00Z {2}in 1h\n/);
    } finally {
      if (TZ === undefined) delete process.env.TZ;
      else process.env.TZ = TZ;
    }
  });
  it("stays within 80 columns, except for text that must be copied whole", async () => {
    const { stdout } = await inspect(header(good), ["--url", URL, ...KEY, "--at", String(NOW + 7200)]);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });
  it("has the same JSON members for every format of the same cookies", async () => {
    const shape = (value: unknown) => Object.keys(value as object).sort();
    const one = await told(header(good), ["--url", URL, ...KEY]);
    const other = await told(JSON.stringify(Object.fromEntries(inCookies(good).cookies)), [
      "--url",
      URL,
      ...KEY,
    ]);
    expect(shape(one.result)).toEqual(shape(other.result));
  });
});
