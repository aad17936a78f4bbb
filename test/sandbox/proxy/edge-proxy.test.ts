/**
 * The edge in front of a backend, over HTTP: who gets through, what the backend receives, and what happens if it fails.
 */
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cryptoKeyPairs } from "../../../src/adapters/key-pair-source.ts";
import { readDeclaration } from "../../../src/iac/read-declaration.ts";
import { withOwnKey } from "../../../src/sandbox/proxy/proxy-config.ts";
import { configFromTemplate } from "../../../src/sandbox/proxy/template-config.ts";
import { type ProxySite, serveBackend, serveProxy } from "./proxy-site.ts";
import { mintCookies } from "./signed.ts";

let backend: Awaited<ReturnType<typeof serveBackend>>;
let site: ProxySite;
beforeAll(async () => {
  backend = await serveBackend((incoming, outgoing) => {
    const path = incoming.url ?? "";
    if (path.startsWith("/die")) incoming.socket.destroy();
    else if (path.startsWith("/nonsense")) incoming.socket.end("this is not HTTP\r\n\r\n");
    else if (path.startsWith("/huge")) outgoing.writeHead(200, { "x-big": "x".repeat(100_000) }).end();
    else if (path.startsWith("/half")) {
      outgoing.writeHead(200, { "content-length": 100 });
      outgoing.write("half", () => incoming.socket.destroy());
    } else if (path.startsWith("/silent")) void incoming;
    else if (path.startsWith("/missing")) outgoing.writeHead(404).end("missing");
    else if (path.startsWith("/login.html")) outgoing.end("log in here");
    else {
      outgoing.setHeader("set-cookie", ["a=1", "b=2"]);
      outgoing.setHeader("server", "backend");
      outgoing.end(JSON.stringify({ method: incoming.method, path, headers: incoming.headers }));
    }
  });
  site = await serveProxy({ origin: [backend.url], protect: ["/api/*"], explain: true });
});
afterAll(async () => {
  await site.stop();
  await backend.stop();
});

describe("the gate", () => {
  it("lets a signed cookie through, and sends the backend a verified request", async () => {
    const got = await site.get("/api/x?y=1", { headers: { cookie: `${site.cookie()}; session=s` } });
    expect(got.status).toBe(200);
    const { path, headers } = JSON.parse(got.body);
    expect(path).toBe("/api/x?y=1");
    expect(headers).toMatchObject({ cookie: "session=s", "x-origin-verify": site.proxy.verification.value });
    expect(got.headers).toMatchObject({ server: "backend", "x-cache": "Miss from cloudfront" });
    expect(got.headers["set-cookie"]).toEqual(["a=1", "b=2"]);
  });

  it("denies like CloudFront, and shows why on stderr and, with --explain, in a header", async () => {
    const got = await site.get("/api/x", {
      headers: { cookie: mintCookies(site.proxy.ownKey, { until: -60 }) },
    });
    expect(got).toMatchObject({
      status: 403,
      body: '<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Access denied</Message></Error>',
    });
    expect(got.headers["x-keyturn-reason"]).toMatch(/^expired: the policy has expired/);
    expect(site.told.at(-1)).toMatch(
      /^GET http:\/\/app\.keyturn\.localhost:\d+\/api\/x: 403 AccessDenied: expired: /,
    );
  });

  it("writes no signature to stderr", async () => {
    const cookie = mintCookies(site.proxy.ownKey, { resource: "http://elsewhere.example/*" });
    const signature = /CloudFront-Signature=([^;]+)/.exec(cookie)?.[1] as string;
    await site.get("/api/x", { headers: { cookie } });
    await site.get(`/api/x?Signature=${signature}&Key-Pair-Id=K1&Policy=e30_`);
    expect(site.told.slice(-2).every((line) => line.includes("403"))).toBe(true);
    expect(site.told.join("\n")).not.toContain(signature);
  });

  it("leaves other paths open", async () => {
    expect((await site.get("/")).status).toBe(200);
  });

  it("refuses a GET with a body, and a host that no distribution has", async () => {
    expect((await site.get("/", { headers: { "content-length": "1" }, body: "x" })).status).toBe(403);
    expect(site.told.at(-1)).toContain("CloudFront refuses a GET with a body");
    expect((await site.get("/", { headers: { host: "elsewhere.example" } })).status).toBe(403);
    expect(site.told.at(-1)).toContain('no distribution answers to the host "elsewhere.example"');
  });
});

describe("a backend that fails", () => {
  it.each([
    ["/die", 502, "closed the connection without an answer"],
    ["/nonsense", 502, "answered with something that is not HTTP (HPE_"],
    ["/huge", 502, "answered with more than 64 KiB of headers"],
  ])("%s gives %i and a line on stderr that explains it", async (path, status, reason) => {
    const got = await site.get(path);
    expect(got.status).toBe(status);
    expect(got.headers).toMatchObject({ server: "CloudFront", "content-type": "text/html" });
    expect(got.body).toContain("The request could not be satisfied");
    expect(site.told.at(-1)).toMatch(new RegExp(`${path}: ${status}: `));
    expect(site.told.at(-1)).toContain(reason);
  });

  it("gives 504 if it is silent", async () => {
    const impatient = await serveProxy({ origin: [backend.url], originTimeout: 1 });
    try {
      const got = await impatient.get("/silent", { headers: { cookie: impatient.cookie() } });
      expect(got.status).toBe(504);
      expect(impatient.told.at(-1)).toMatch(/\/silent: 504: .* did not answer within 1s/);
    } finally {
      await impatient.stop();
    }
  });

  it("cuts the viewer's connection in the middle of an answer, as the backend did", async () => {
    await expect(site.get("/half")).rejects.toThrow(/aborted|hang up/);
    await expect.poll(() => site.told.at(-1)).toContain("broke off in the middle of its answer");
  });

  it("is named if nothing listens there", async () => {
    const free = createServer().listen(0, "127.0.0.1");
    const port = await new Promise<number>((resolve) =>
      free.once("listening", () => resolve((free.address() as { port: number }).port)),
    );
    await new Promise((resolve) => free.close(resolve));
    const closed = await serveProxy({ origin: [`http://127.0.0.1:${port}`], protect: ["/api/*"] });
    try {
      expect((await closed.get("/")).status).toBe(502);
      expect(closed.told.at(-1)).toContain(`nothing listens at http://127.0.0.1:${port}: start the backend`);
    } finally {
      await closed.stop();
    }
  });
});

describe("behaviors of a template", () => {
  const template = (methods: readonly string[]) =>
    JSON.stringify({
      Resources: {
        Group: {
          Type: "AWS::CloudFront::KeyGroup",
          Properties: { KeyGroupConfig: { Name: "g", Items: [] } },
        },
        Site: {
          Type: "AWS::CloudFront::Distribution",
          Properties: {
            DistributionConfig: {
              Enabled: true,
              Origins: [
                {
                  Id: "app",
                  DomainName: "app.example.com",
                  OriginCustomHeaders: [{ HeaderName: "X-Declared", HeaderValue: "declared" }],
                },
              ],
              DefaultCacheBehavior: {
                TargetOriginId: "app",
                ViewerProtocolPolicy: "allow-all",
                TrustedKeyGroups: [{ Ref: "Group" }],
                AllowedMethods: methods,
              },
              CacheBehaviors: [
                { PathPattern: "/login.html", TargetOriginId: "app", ViewerProtocolPolicy: "allow-all" },
                { PathPattern: "/tls/*", TargetOriginId: "app", ViewerProtocolPolicy: "redirect-to-https" },
              ],
              CustomErrorResponses: [
                { ErrorCode: 403, ResponseCode: 200, ResponsePagePath: "/login.html" },
                { ErrorCode: 404, ResponseCode: 404, ResponsePagePath: "/login.html" },
              ],
            },
          },
        },
      },
    });
  let declared: ProxySite;
  beforeAll(async () => {
    const config = configFromTemplate(
      readDeclaration(template(["GET", "HEAD"]), "site.json"),
      "site.json",
      undefined,
      [],
    );
    expect(config.notes).toEqual([
      "behavior * trusts no known key: it denies everything (--own-key adds one)",
    ]);
    declared = await serveProxy(
      { origin: [backend.url], fromTemplate: "site.json" },
      { config: withOwnKey(config, await cryptoKeyPairs.generate("ecdsa-p256")) },
    );
  });
  afterAll(() => declared.stop());

  it("allow only the declared methods", async () => {
    const got = await declared.get("/x", { method: "POST", headers: { cookie: declared.cookie() } });
    expect(got.status).toBe(403);
    expect(got.body).toContain("not configured to allow the HTTP request method");
    expect(declared.told.at(-1)).toContain("the behavior does not allow POST");
  });

  it("serve the declared error page for a denial, and for the backend's own errors", async () => {
    expect(await declared.get("/x")).toMatchObject({ status: 200, body: "log in here" });
    const missing = await declared.get("/missing", { headers: { cookie: declared.cookie() } });
    expect(missing).toMatchObject({ status: 404, body: "log in here" });
  });

  it("send the declared header, and no cookies without a policy that forwards them", async () => {
    const got = await declared.get("/x", { headers: { cookie: `${declared.cookie()}; session=s` } });
    const { headers } = JSON.parse(got.body);
    expect(headers["x-declared"]).toBe("declared");
    expect(headers).not.toHaveProperty("cookie");
    expect(got.headers).not.toHaveProperty("set-cookie");
    expect(declared.told.at(-1)).toContain("Set-Cookie is removed");
  });

  it("redirect to HTTPS if they declare it", async () => {
    const got = await declared.get("/tls/x");
    expect(got.status).toBe(301);
    expect(got.headers.location).toBe(`${declared.proxy.urls.site}/tls/x`);
  });
});
