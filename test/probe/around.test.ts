import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { RemoteError } from "../../src/errors.ts";
import { judgeBypass } from "../../src/probe/bypass.ts";
import { loginBody, parseCredentials } from "../../src/probe/credentials.ts";
import { routeTo } from "../../src/probe/execute.ts";
import type { AnsweringLayer } from "../../src/probe/layer.ts";
import { networkOf, requireRequestedHosts } from "../../src/probe/network-flags.ts";
import type { ClassifiedAnswer, ProbeOutcome } from "../../src/probe/outcome.ts";
import { repeatLine } from "../../src/probe/repeat.ts";
import { type Target, targetsOfUrls } from "../../src/probe/target.ts";
import { issueCertificate } from "../../src/sandbox/certificate.ts";
import { Sealed } from "../../src/sealed.ts";
import { shellWord } from "../../src/text/shell-word.ts";
import { MemoryFiles } from "../fakes/memory-world.ts";
import { seededRandom } from "../fakes/seeded-random.ts";
import { probedSite, turnOn } from "./fault-site.ts";

const [target] = targetsOfUrls(["https://app.example.com/api/me"]) as [Target];

describe("a probe that bypasses the edge", () => {
  const VIEWERS = [["Host", "app.example.com"]] as const;
  const answered = (
    layer: AnsweringLayer,
    status: number,
    more: Partial<ClassifiedAnswer> = {},
  ): ClassifiedAnswer => ({
    layer,
    edge: "unsure",
    status,
    confidence: "likely",
    evidence: [],
    readable: false,
    head: `${status}`,
    print: `${status} ${layer}`,
    ...more,
  });
  const asked = (
    answer?: ClassifiedAnswer,
    headers: ProbeOutcome["request"]["headers"] = VIEWERS,
  ): ProbeOutcome => ({
    request: { number: 1, target, caseId: "none", method: "GET", url: "http://origin/api/me", headers },
    cookies: new Sealed([]),
    expectation: { kind: "passed" },
    mark: "m",
    ...(answer === undefined ? { unreachable: "refused" } : { answer }),
  });
  const notFound = answered("application", 404);
  const rows: readonly [
    what: string,
    answer: ClassifiedAnswer | undefined,
    control: ClassifiedAnswer | undefined,
    verdict: string,
  ][] = [
    ["no connection", undefined, undefined, "refused"],
    ["origin verification", answered("origin-verification", 403), notFound, "refused"],
    ["a load balancer's rule", answered("load-balancer", 403), notFound, "refused"],
    [
      "the application's 403, and a 404 for an unknown path",
      answered("application", 403),
      notFound,
      "application-ran",
    ],
    ["the same 403 for every path", answered("application", 403), answered("application", 403), "refused"],
    ["the application's 401", answered("application", 401), notFound, "application-ran"],
    ["an answer", answered("application", 200), notFound, "open"],
    ["a redirect", answered("redirect", 302), notFound, "open"],
    ["a 404, as for an unknown path", answered("application", 404), notFound, "open"],
    ["CloudFront itself", answered("application", 200, { requestId: "id" }), notFound, "not-origin"],
    ["an error", answered("application", 500), answered("application", 500), "not-origin"],
    ["a load balancer without targets", answered("load-balancer", 503), notFound, "not-origin"],
    ["a publicly readable S3 bucket's 404", answered("s3", 404), notFound, "open"],
    [
      "S3's 404 for a name that no bucket has",
      answered("s3", 404, { evidence: ["<Code>NoSuchBucket</Code> with RequestId"] }),
      notFound,
      "refused",
    ],
  ];
  it.each(rows)("judges %s as %s", (_, answer, control, verdict) => {
    expect(judgeBypass(asked(answer), control).verdict).toBe(verdict);
  });
  it("attributes a 401 for every path to the application if viewers get the same answer through the edge", () => {
    const refusal = answered("application", 401);
    expect(judgeBypass(asked(refusal), refusal).verdict).toBe("refused");
    expect(judgeBypass(asked(refusal), refusal, new Set([refusal.print])).verdict).toBe("application-ran");
  });
  it("with the origin's own Host, attributes a 404 for every path to another site, unless viewers get it too", () => {
    expect(judgeBypass(asked(notFound, []), notFound).verdict).toBe("refused");
    expect(judgeBypass(asked(notFound, []), notFound, new Set([notFound.print])).verdict).toBe("open");
  });
  it.each([
    ["ECONNREFUSED", "refused"],
    ["ETIMEDOUT", "refused"],
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "refused"],
    ["ENOTFOUND", "not-origin"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "not-origin"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "not-origin"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "not-origin"],
    ["CERT_HAS_EXPIRED", "not-origin"],
    ["EPROTO", "not-origin"],
  ])("judges a connection that fails with %s as %s", (failure, verdict) => {
    expect(judgeBypass({ ...asked(), failure }, notFound).verdict).toBe(verdict);
  });
  it("fails, and reports that nothing was proven, if the origin's name does not resolve", async () => {
    const { run, viewer } = await probedSite();
    const send = viewer.send.bind(viewer);
    viewer.send = async (request, signal) => {
      if (!request.url.startsWith("https://origin.invalid/")) return send(request, signal);
      const cause = new TypeError("fetch failed", {
        cause: Object.assign(new Error("dns"), { code: "ENOTFOUND" }),
      });
      throw new RemoteError("ERR_UNREACHABLE", "no answer from https://origin.invalid:443", [], cause);
    };
    const ran = await run("probe --methods GET --cases none --direct-origin https://origin.invalid --json");
    const { findings, result } = JSON.parse(ran.stdout);
    expect(findings).toMatchObject([{ id: "origin-not-heard", severity: "warning" }]);
    expect(result.bypass.asked.map(({ verdict }: { verdict: string }) => verdict)).not.toContain("refused");
    expect(ran.exitCode).toBe(1);
  });
  const PLAIN = "http://127.0.0.1:8002";
  const SECURE = "https://127.0.0.1:8443";
  /** An origin that redirects plain HTTP to `location`; over HTTPS the application answers. */
  async function redirectingOrigin(
    location: (path: string, host: string) => string,
    { status = 301, isOpen = false, failure = "" } = {},
  ) {
    const { run, site, viewer } = await probedSite();
    if (isOpen) turnOn(site, "origin-verification-skipped");
    const secure: string[] = [];
    const send = viewer.send.bind(viewer);
    viewer.send = async (request, signal) => {
      if (request.url.startsWith(SECURE)) {
        secure.push(request.url.slice(SECURE.length));
        if (failure !== "") {
          const cause = Object.assign(new Error("tls"), { code: failure });
          throw new RemoteError("ERR_UNREACHABLE", `no answer from ${SECURE}`, [], cause);
        }
        return send({ ...request, url: request.url.replace(SECURE, PLAIN) }, signal);
      }
      if (!request.url.startsWith(PLAIN) || request.url.includes("/__")) return send(request, signal);
      const host = request.headers.find(([name]) => name === "Host")?.[1] ?? "127.0.0.1:8443";
      const to = location(request.url.slice(PLAIN.length), host);
      return {
        status,
        headers: [["location", to]],
        body: Buffer.from("<h1>Moved</h1>"),
        truncated: false,
        address: "127.0.0.1",
      };
    };
    const { stdout } = await run("probe --methods GET --cases none --json");
    const { findings, result } = JSON.parse(stdout);
    const verdicts = result.bypass.asked.map(({ verdict }: { verdict: string }) => verdict);
    return { findings, verdicts: [...new Set(verdicts)], secure: [...new Set(secure)] };
  }
  const toHttps = (path: string, host: string) => `https://${host}${path}`;
  it.each([301, 302, 307, 308])(
    "retries over HTTPS if plain HTTP only redirects there (%i), because a redirect serves nothing",
    async (status) => {
      const { findings, verdicts, secure } = await redirectingOrigin(toHttps, { status });
      expect(findings).toEqual([]);
      expect(verdicts).toEqual(["refused"]);
      expect(secure).toEqual(expect.arrayContaining(["/api/reports", "/keyturn-probe/no-such-path"]));
    },
  );
  it("finds an open origin that answers over HTTPS, and names the URL", async () => {
    const { findings } = await redirectingOrigin(toHttps, { isOpen: true });
    const open = findings.find(({ id }: { id: string }) => id === "origin-open");
    expect(open.evidence[0]).toContain(`straight to ${SECURE} (${PLAIN} redirects there) as `);
  });
  it.each([
    ["ECONNREFUSED", "refused", []],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "not-origin", ["origin-not-heard"]],
  ])("judges HTTPS that fails with %s after such a redirect as %s", async (failure, verdict, ids) => {
    const { findings, verdicts } = await redirectingOrigin(toHttps, { failure });
    expect(verdicts).toEqual([verdict]);
    expect(findings.map(({ id }: { id: string }) => id)).toEqual(ids);
  });
  it.each<[string, (path: string, host: string) => string]>([
    ["a login on the same host", (_, host) => `https://${host}/login`],
    ["another host", (path) => `https://elsewhere.example${path}`],
    ["plain HTTP", (path, host) => `http://${host}${path}`],
    ["the path alone", (path) => path],
  ])("still finds the origin open if plain HTTP redirects to %s", async (_, location) => {
    const { findings, secure } = await redirectingOrigin(location);
    expect(findings.map(({ id }: { id: string }) => id)).toEqual(["origin-open"]);
    expect(secure).toEqual([]);
  });
  it("reports first and last that the origin is open, although the edge answers correctly", async () => {
    const { run, site } = await probedSite();
    turnOn(site, "origin-verification-skipped");
    const { stdout } = await run("probe --methods GET");
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(/not as expected: .*origin-open/);
    expect(stdout).toMatch(/The edge answered every request correctly, but: .*origin-open/);
    expect(stdout).not.toContain("denies what it must and lets");
    expect(lines.slice(-6).join("\n")).toContain("First, for origin-open:");
  });
  it("also sends the origin's own Host, because a service with many hosts refuses only the viewer's", async () => {
    const { run } = await probedSite();
    const ran = await run("probe --methods GET --cases none --json");
    const { asked: all } = JSON.parse(ran.stdout).result.bypass;
    expect(
      all.map(({ route, host, withCookies }: Record<string, unknown>) => [route, host, withCookies]),
    ).toEqual(
      expect.arrayContaining([
        ["/api/*", "app.keyturn.localhost:8443", false],
        ["/api/*", "app.keyturn.localhost:8443", true],
        ["/api/*", "127.0.0.1:8002", false],
      ]),
    );
  });
  it("goes to the origin's own address, not to the edge's", async () => {
    const { world, run, viewer } = await probedSite();
    Object.assign(viewer, { addresses: async () => ["192.0.2.1", "192.0.2.2"] });
    Object.assign(world, { viewer });
    await run("probe --routes /media/* --methods GET --cases none --all-addresses");
    const direct = viewer.sent.filter(({ url }) => url.startsWith("http://127.0.0.1:8002/media"));
    expect(direct.map(({ address }) => address)).toEqual([undefined, undefined, undefined]);
  });
});

describe("a test account", () => {
  it.each([
    ["two lines", "ada\nsecret\n"],
    ["two lines, Windows", "ada\r\nsecret\r\n"],
    ["JSON", '{"username":"ada","password":"secret"}'],
  ])("is read from %s", (_, text) => {
    const { username, password } = parseCredentials(text, "account.txt");
    expect([username, password.reveal()]).toEqual(["ada", "secret"]);
  });
  it.each([
    "",
    "ada",
    "ada\n",
    '{"username":"ada"}',
    '{"username":1,"password":"secret-word"}',
    '{"password":"secret-word"',
  ])("is rejected if the file contains %j, without printing it", (text) => {
    expect(() => parseCredentials(text, "account.txt")).toThrow(
      "account.txt holds no user name and password",
    );
    expect(() => parseCredentials(text, "account.txt")).not.toThrow("secret-word");
  });
  it("is escaped exactly once in the login body", () => {
    const credentials = { username: '{password}"\\', password: new Sealed("$&\n") };
    const body = loginBody('{"u":"{username}","p":"{password}"}', credentials);
    expect(JSON.parse(body.reveal())).toEqual({ u: '{password}"\\', p: "$&\n" });
    expect(String(body)).toBe("[sealed]");
  });
  it("comes from a command, and never appears in argv or output", async () => {
    const { world, run } = await probedSite();
    const commands: string[] = [];
    Object.assign(world, {
      programs: {
        output: async (program: string, args: readonly string[]) => {
          commands.push([program, ...args].join(" "));
          return new Sealed("guest\nguest-in-the-sandbox\n");
        },
      },
    });
    const ran = await run("probe --flow --credentials-command pass-show-guest --json");
    expect(commands).toEqual(["sh -c pass-show-guest"]);
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout + ran.stderr).not.toContain("guest-in-the-sandbox");
  });
});

describe("the network options", () => {
  const files = new MemoryFiles({});
  it.each([
    ["a.example:192.0.2.1", "https://a.example/x", "192.0.2.1"],
    ["a.example:192.0.2.1", "https://a.example:8443/x", "192.0.2.1"],
    ["a.example:8443:192.0.2.1", "https://a.example:8443/x", "192.0.2.1"],
    ["a.example:443:[2001:db8::1]", "https://a.example:443/x", "2001:db8::1"],
    ["a.example:8443:192.0.2.1", "https://a.example/x", undefined],
    ["a.example:443:192.0.2.1", "https://a.example/x", "192.0.2.1"],
    ["a.example:80:192.0.2.1", "http://a.example/x", "192.0.2.1"],
    ["a.example:80:192.0.2.1", "https://a.example/x", undefined],
    ["A.example:192.0.2.1", "https://a.Example/x", "192.0.2.1"],
    ["a.example:192.0.2.1", "https://b.example/x", undefined],
  ])("--resolve %s sends %s to %s", async (resolve, url, host) => {
    const network = await networkOf({ resolve: [resolve] }, { files });
    expect(routeTo({ url }, network).address?.host).toBe(host);
  });
  it("let the target's own address take precedence (--all-addresses)", async () => {
    const network = await networkOf({ resolve: ["a.example:192.0.2.1"] }, { files });
    expect(routeTo({ url: "https://a.example/x", address: "192.0.2.7" }, network).address?.host).toBe(
      "192.0.2.7",
    );
  });
  it.each([
    ["a.exmaple:192.0.2.1", "a.exmaple", "did you mean --resolve a.example:ADDRESS?"],
    ["a.example:8443:192.0.2.1", "a.example:8443", "did you mean --resolve a.example:443:ADDRESS?"],
    ["elsewhere.test:192.0.2.1", "elsewhere.test", undefined],
  ])("--resolve %s is refused if no request goes to that host and port", async (resolve, stray, meant) => {
    const network = await networkOf({ resolve: ["b.example:80:192.0.2.2", resolve] }, { files });
    const refused = () => requireRequestedHosts(network, ["https://A.example/x", "http://b.example/y"]);
    expect(refused).toThrow(`--resolve names ${stray}, but no request goes there`);
    const hints = [...(meant ? [meant] : []), "requests go to a.example:443, b.example:80"];
    expect(refused).toThrow(expect.objectContaining({ code: "ERR_USAGE", hints }));
  });
  it.each([
    ["probe --methods GET --cases none", "app.keyturn.local"],
    ["probe --watch 9s --for 9s", "app.keyturn.local"],
    ["probe --flow --credentials guest.txt", "app.keyturn.local"],
    ["probe https://app.example.com/a", "app.keyturn.localhost"],
    ["matrix --probe", "app.keyturn.local"],
    ["audit --credentials guest.txt", "app.keyturn.local"],
    ["doctor https://app.keyturn.localhost:8443/api/me", "127.0.0.1"],
  ])("%s with --resolve %s is refused before any request is sent", async (line, stray) => {
    const { run, viewer } = await probedSite();
    const { stderr, exitCode } = await run(`${line} --resolve ${stray}:192.0.2.1`);
    expect(stderr).toContain(`error: --resolve names ${stray}, but no request goes there [ERR_USAGE]`);
    expect(exitCode).toBe(2);
    expect(viewer.sent).toEqual([]);
  });
  it.each([
    ["the origin's own address", "probe --methods GET --cases none", "127.0.0.1:8002"],
    ["the port for plain HTTP", "probe --http-port 8080", "app.keyturn.localhost:8080"],
    ["the mint endpoint", "probe --flow --credentials guest.txt", "app.keyturn.localhost:8443"],
    ["a route left out", "probe --routes /media/* --methods GET --cases none", "app.keyturn.localhost"],
  ])("--resolve may name %s", async (_, line, name) => {
    const { run } = await probedSite();
    const { stderr, exitCode } = await run(`${line} --resolve ${name}:127.0.0.1`);
    expect(stderr).not.toContain("error:");
    expect(exitCode).toBe(0);
  });
  it("--all-addresses probes every address, and reports each separately if they differ", async () => {
    const { world, run, viewer } = await probedSite();
    Object.assign(viewer, { addresses: async () => ["192.0.2.1", "192.0.2.2"] });
    Object.assign(world, { viewer });
    const both = await run("probe --routes /media/* --methods GET --cases none --all-addresses");
    expect(both.stdout).toContain("/media/* @192.0.2.1 +1");
    const hosts = viewer.sent.map(({ address }) => address?.host).filter((host) => host !== undefined);
    expect(new Set(hosts)).toEqual(new Set(["192.0.2.1", "192.0.2.2"]));
  });
});

describe("--ca", () => {
  const made = issueCertificate(["a.example"], 1_800_000_000, {
    keyPairs: {
      generate: async () => ({ type: "rsa-2048", ...generateKeyPairSync("rsa", { modulusLength: 2048 }) }),
    },
    random: seededRandom(1),
  });
  const given = async (text: string | Uint8Array) => {
    const files = new MemoryFiles({});
    files.put("ca file.pem", text);
    return networkOf({ ca: "ca file.pem" }, { files });
  };
  it("accepts one or more certificates, with text around them", async () => {
    const { caPem } = await made;
    const several = `subject=CN = a-b\n${caPem}\n# another\n${caPem}`;
    expect((await given(several)).ca).toBe(several);
  });
  it.each<[string, (pem: string) => string | Uint8Array, string, string]>([
    ["an empty file", () => "", "the file has no PEM certificate", "between BEGIN and END CERTIFICATE"],
    [
      "a key",
      (pem) => pem.replaceAll("CERTIFICATE", "PUBLIC KEY"),
      "the file has no PEM certificate",
      "between BEGIN and END CERTIFICATE",
    ],
    [
      "a certificate cut short",
      (pem) => `${pem}\n${pem.slice(0, 300)}\n-----END CERTIFICATE-----`,
      "certificate 2 of 2 in the file is damaged",
      "between BEGIN and END CERTIFICATE",
    ],
    [
      "DER",
      (pem) => new X509Certificate(pem).raw,
      "the file has no PEM certificate",
      "convert it, then give --ca ca.pem: `openssl x509 -inform der -in 'ca file.pem' -out ca.pem`",
    ],
  ])("refuses %s", async (_, spoil, message, hint) => {
    const { caPem } = await made;
    const refused = await given(spoil(caPem)).catch((thrown: unknown) => thrown);
    expect(refused).toMatchObject({
      code: "ERR_FILE_UNREADABLE",
      errorClass: "input",
      message: `--ca ca file.pem: ${message}`,
      hints: expect.arrayContaining([expect.stringContaining(hint)]),
    });
  });
});

describe("one of several addresses", () => {
  it("can be dead without stopping the probe of the others", async () => {
    const { world, run, viewer } = await probedSite();
    const send = viewer.send.bind(viewer);
    const addresses = async () => ["192.0.2.1", "192.0.2.2"];
    viewer.send = async (request, signal) => {
      if (request.address?.host === "192.0.2.1") throw new RemoteError("ERR_UNREACHABLE", "no answer");
      return send(request, signal);
    };
    Object.assign(viewer, { addresses });
    Object.assign(world, { viewer });
    const ran = await run("probe --routes /media/* --methods GET --concurrency 1 --all-addresses --json");
    const { requests } = JSON.parse(ran.stdout).result;
    const asked = (address: string) =>
      requests.filter(
        (each: { route: string; status?: number }) => each.route.endsWith(address) && each.status,
      );
    expect(asked("@192.0.2.1")).toEqual([]);
    expect(asked("@192.0.2.2").length).toBe(requests.length / 2);
    expect(ran.exitCode).toBe(6);
  });
  it("may be an IPv6 literal, and is looked up without its brackets", async () => {
    const { world, run, viewer } = await probedSite();
    const names: string[] = [];
    Object.assign(viewer, { addresses: async (host: string) => [names.push(host) > 0 ? host : ""] });
    Object.assign(world, { viewer });
    await run("probe https://[::1]:8443/x --all-addresses");
    expect(names).toEqual(["::1"]);
  });
});

describe("the command line that repeats a request", () => {
  const request = { number: 1, target, caseId: "none", method: "GET", url: target.url, headers: [] } as const;
  it.each([
    [request, "curl -sS -i https://app.example.com/api/me"],
    [{ ...request, method: "HEAD" }, "curl -sS -I https://app.example.com/api/me"],
    [
      { ...request, caseId: "expired" },
      "keyturn curl --bad expired https://app.example.com/api/me -- -sS -i",
    ],
    [
      { ...request, caseId: "valid", url: "https://a.example/x?y='z" },
      "keyturn curl 'https://a.example/x?y='\\''z' -- -sS -i",
    ],
    [
      { ...request, caseId: "preflight", method: "OPTIONS", headers: [["Origin", "https://a.example"]] },
      "curl -sS -i -X OPTIONS -H 'Origin: https://a.example' https://app.example.com/api/me",
    ],
    [
      { ...request, target: { ...target, address: "192.0.2.1" } },
      "curl -sS -i --resolve app.example.com:443:192.0.2.1 https://app.example.com/api/me",
    ],
    [
      { ...request, caseId: "expired", target: { ...target, address: "2001:db8::1" } },
      "keyturn curl --bad expired https://app.example.com/api/me -- -sS -i --resolve 'app.example.com:443:[2001:db8::1]'",
    ],
  ] as const)("is right for row %#", (given, line) => {
    expect(repeatLine(given)).toBe(line);
  });
  it("quotes for a shell only where needed", () => {
    expect(shellWord("https://a.example/b,c")).toBe("https://a.example/b,c");
    expect(shellWord("a b")).toBe("'a b'");
    expect(shellWord("")).toBe("''");
  });
});

describe("the origin's log", () => {
  const other = (body: string) => ({
    yaml: (yaml: string) => yaml.replace(/counterUrl: .*/, `counterUrl: ${body}`),
  });
  it.each([
    ["is not JSON", "http://127.0.0.1:8001/"],
    ["cannot be reached", "http://127.0.0.1:1/log"],
    ["is another document", "http://127.0.0.1:8001/_sandbox/switches"],
  ])("causes a warning if it %s", async (_, url) => {
    const { run } = await probedSite(other(url));
    const { stdout, exitCode } = await run("probe --methods GET --cases none --json");
    expect(JSON.parse(stdout)).toMatchObject({
      findings: [{ id: "origin-log-unreadable", severity: "warning" }],
    });
    expect(exitCode).toBe(1);
  });
  it("proves nothing by its silence if only the cache answered", async () => {
    const { run } = await probedSite({
      meddle: (_site, _request, answer) =>
        answer.status === 200
          ? {
              ...answer,
              headers: [
                ...answer.headers.filter(([name]) => name !== "x-cache"),
                ["x-cache", "Hit from cloudfront"],
              ],
            }
          : answer,
    });
    const { stdout, exitCode } = await run("probe --methods GET --cases none --routes /media/* --json");
    expect(JSON.parse(stdout)).toMatchObject({ findings: [{ id: "origin-log-blind", severity: "note" }] });
    expect(exitCode).toBe(0);
  });
  it("proves nothing by its silence if it never shows requests that got through", async () => {
    const { run, site } = await probedSite();
    Object.defineProperty(site.originLog, "seen", { value: () => 0 });
    const { stdout } = await run("probe --methods GET --cases none --json");
    expect(JSON.parse(stdout)).toMatchObject({ findings: [{ id: "origin-log-blind" }] });
  });
});
