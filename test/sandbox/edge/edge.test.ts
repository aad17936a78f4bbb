/** The edge around the signature check: what it refuses itself, what it lets through, and what the origin receives. */
import { describe, expect, test } from "vitest";
import { HOST, header, smallSite, trusting, VERIFICATION } from "./small-site.ts";

const HEADERS = ["content-type", "content-length", "server", "x-cache", "via", "x-amz-cf-pop", "x-amz-cf-id"];

test("refuses a target that is not a path before matching a behavior", async () => {
  const site = smallSite();
  expect((await site.ask("*", { method: "OPTIONS" })).status).toBe(400);
  expect(site.originCalls).toEqual([]);
});

describe("a protected behavior", () => {
  test("denies a request without cookies as CloudFront does, and the origin is not called", async () => {
    const site = smallSite();
    const denied = await site.ask("/api/reports");
    expect(denied.status).toBe(403);
    expect(denied.body).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Error><Code>MissingKey</Code><Message>Missing Key-Pair-Id query parameter or cookie value</Message></Error>',
    );
    expect(denied.headers.map(([name]) => name)).toEqual(HEADERS);
    expect(header(denied, "server")).toBe("CloudFront");
    expect(header(denied, "x-cache")).toBe("Error from cloudfront");
    expect(header(denied, "via")).toMatch(/^1\.1 [0-9a-f]{32}\.cloudfront\.net \(CloudFront\)$/);
    expect(header(denied, "x-amz-cf-id")).toMatch(/^[\w+/]{55}=$/);
    expect(site.originCalls).toEqual([]);
  });

  test("lets valid cookies through and forwards none of them to the origin", async () => {
    const site = smallSite();
    const answer = await site.ask("/api/reports?x=1", {
      headers: {
        cookie: `theme=dark; ${site.cookie("KOLD")}; lang=en`,
        [VERIFICATION.name]: "forged by the viewer",
        connection: "keep-alive",
        "cloudfront-viewer-country": "XX",
        "x-keyturn-location": "IAD89-P2",
      },
    });
    expect(answer.status).toBe(200);
    expect(header(answer, "x-cache")).toBe("Miss from cloudfront");
    expect(header(answer, "x-amz-cf-pop")).toBe("IAD89-P2");
    const [call] = site.originCalls;
    expect(call?.target).toBe("/api/reports?x=1");
    expect(call?.headers).toEqual({
      host: HOST,
      cookie: "theme=dark; lang=en",
      "x-forwarded-for": "127.0.0.1",
      "x-amz-cf-id": header(answer, "x-amz-cf-id"),
      [VERIFICATION.name]: VERIFICATION.value,
    });
  });

  test("accepts a signed URL and strips its parameters, leaving the viewer's own query unchanged", async () => {
    const site = smallSite();
    const cookie = site.cookie("KOLD", { resource: `https://${HOST}/api/x*` });
    const query = cookie.replaceAll("CloudFront-", "").replaceAll("; ", "&");
    const answer = await site.ask(`/api/x?b=%7e&${query}&a=+`);
    expect(answer.status).toBe(200);
    expect(site.originCalls[0]?.target).toBe("/api/x?b=%7e&a=+");
    const [request] = site.history.last();
    expect(request?.carrier).toBe("query");
    expect(request?.target).toBe(
      "/api/x?b=%7e&Policy=...&Signature=...&Key-Pair-Id=...&Hash-Algorithm=...&a=+",
    );
  });

  test("denies one changed byte, and records the actual reason only in the history", async () => {
    const site = smallSite();
    const cookie = site.cookie("KOLD").replace(/(CloudFront-Signature=.{20})(.)/, (_, start, byte) => {
      return `${start}${byte === "A" ? "B" : "A"}`;
    });
    const denied = await site.ask("/api/reports", { headers: { cookie } });
    expect(denied.body).toContain("<Code>AccessDenied</Code>");
    expect(site.history.last()[0]).toMatchObject({ code: "AccessDenied", reason: "signature-mismatch" });
    expect(site.originCalls).toEqual([]);
  });

  test.each([
    [-1, 200],
    [0, 403],
    [1, 403],
  ])("checks expiry when the request arrives: %i s from the end gives %i", async (offset, status) => {
    const site = smallSite();
    const cookie = site.cookie("KOLD");
    // The first request fills any cache of signatures, so that only the time differs.
    expect((await site.ask("/api/reports", { headers: { cookie } })).status).toBe(200);
    await site.clock.advance(60 + offset);
    expect((await site.ask("/api/reports", { headers: { cookie } })).status).toBe(status);
  });
});

test("denies cookies for another host name of the same distribution", async () => {
  const site = smallSite();
  const cookie = site.cookie("KOLD");
  const denied = await site.ask("/api/reports", { headers: { cookie, host: "alt.example.test" } });
  expect(denied.body).toContain("<Code>AccessDenied</Code>");
  expect(site.history.last()[0]?.reason).toBe("resource-mismatch");
});

test("caches no permission beyond its key: once untrusted, the same cookies are denied at once", async () => {
  const site = smallSite([{ pop: "FRA56-P4", delay: 0, reachable: true }]);
  const cookie = site.cookie("KOLD");
  const status = async () => (await site.ask("/api/reports", { headers: { cookie } })).status;
  expect([await status(), await status()]).toEqual([200, 200]);
  site.locations.publish(trusting("KNEW"));
  expect(await status()).toBe(403);
  expect(site.history.last()[0]).toMatchObject({ code: "InvalidKey", reason: "key-not-trusted" });
});

test("caches no permission for another address, URL or scheme", async () => {
  const site = smallSite();
  const cookie = site.cookie("KOLD", { ip: "192.0.2.0/24", resource: `https://${HOST}/api/a*` });
  const ask = (path: string, address: string, scheme: "http" | "https" = "https") =>
    site.ask(path, { scheme, headers: { cookie, "x-keyturn-viewer-address": address } });
  expect((await ask("/api/a1", "192.0.2.1")).status).toBe(200);
  expect((await ask("/api/a1", "198.51.100.1")).status).toBe(403);
  expect((await ask("/api/b1", "192.0.2.1")).status).toBe(403);
  expect((await ask("/api/a1", "192.0.2.1", "http")).status).toBe(301);
  expect((await ask("/api/a1", "192.0.2.1")).status).toBe(200);
});

describe("a public behavior", () => {
  test("requires no signature", async () => {
    const site = smallSite();
    expect((await site.ask("/login", { method: "POST" })).status).toBe(200);
    expect(site.history.last()[0]).toMatchObject({ by: "origin", originCalled: true });
  });
});

describe("the edge's own answers", () => {
  test("answers 403 with its own page for a host that no distribution has", async () => {
    const site = smallSite();
    const refused = await site.ask("/", { headers: { host: "stranger.example.test" } });
    expect(refused.status).toBe(403);
    expect(header(refused, "content-type")).toBe("text/html");
    expect(refused.body).toContain("The request could not be satisfied");
  });
  test("answers to the distribution's own domain name and to an alias, with a port or without", async () => {
    const site = smallSite();
    for (const host of ["d111111abcdef8.cloudfront.net", "alt.example.test:8443"]) {
      expect((await site.ask("/", { headers: { host } })).status).toBe(200);
    }
  });
  test("redirects plain HTTP to the same URL under HTTPS", async () => {
    const site = smallSite();
    const redirect = await site.ask("/api/x?y=1", { scheme: "http" });
    expect(redirect.status).toBe(301);
    expect(header(redirect, "location")).toBe(`https://${HOST}/api/x?y=1`);
  });
  test("refuses a method that the behavior does not allow, and a GET with a body", async () => {
    const site = smallSite();
    const cookie = site.cookie("KOLD");
    const method = await site.ask("/api/x", { method: "PURGE", headers: { cookie } });
    expect(method.body).toContain("not configured to allow the HTTP request method");
    const body = await site.ask("/api/x", { body: Buffer.from("x"), headers: { cookie } });
    expect(body.status).toBe(403);
    expect(site.originCalls).toEqual([]);
  });
  test.each([
    [8192, 403],
    [8193, 414],
  ])("answers a URL of %i bytes with %i", async (length, status) => {
    const site = smallSite();
    expect((await site.ask(`/api/${"x".repeat(length - 5)}`)).status).toBe(status);
  });
  test("answers HEAD without a body and keeps the headers", async () => {
    const site = smallSite();
    const head = await site.ask("/api/x", { method: "HEAD" });
    expect(head).toMatchObject({ status: 403, body: "" });
    expect(header(head, "content-length")).toBe("146");
    const cookie = site.cookie("KOLD");
    const served = await site.ask("/api/x", { method: "HEAD", headers: { cookie } });
    expect(served).toMatchObject({ status: 200, body: "" });
    expect(header(served, "content-length")).toBe(String("from the origin".length));
  });
});

describe("locations", () => {
  test("each learn a key after their own delay, and only viewers that name the far one reach it", async () => {
    const site = smallSite();
    const trustedAt = async () => {
      const cookie = site.cookie("KNEW");
      const trusting: string[] = [];
      for (const { setting } of site.locations.all) {
        const headers = { cookie, "x-keyturn-location": setting.pop };
        if ((await site.ask("/api/x", { headers })).status === 200) trusting.push(setting.pop);
      }
      return trusting;
    };
    expect(await trustedAt()).toEqual([]);
    site.locations.publish(trusting("KOLD", "KNEW"));
    await site.clock.advance(0.9);
    expect(await trustedAt()).toEqual([]);
    await site.clock.advance(0.2);
    expect(await trustedAt()).toEqual(["FRA56-P4"]);
    await site.clock.advance(1.4);
    expect(await trustedAt()).toEqual(["FRA56-P4", "IAD89-P2"]);
    await site.clock.advance(2.5);
    expect(await trustedAt()).toEqual(["FRA56-P4", "IAD89-P2", "SIN2-P3"]);
    await site.clock.advance(4.9);
    expect(await trustedAt()).toEqual(["FRA56-P4", "IAD89-P2", "SIN2-P3"]);
    await site.clock.advance(0.1);
    expect(await trustedAt()).toHaveLength(4);

    const reached = new Set<string | undefined>();
    for (let request = 0; request < 20; request += 1) {
      reached.add(header(await site.ask("/"), "x-amz-cf-pop"));
    }
    expect([...reached].toSorted()).toEqual(["FRA56-P4", "IAD89-P2", "SIN2-P3"]);
  });

  test("keep their first configuration if they never learn", async () => {
    const site = smallSite([
      { pop: "FRA56-P4", delay: 1, reachable: true },
      { pop: "GRU3-P1", delay: Number.POSITIVE_INFINITY, reachable: false },
    ]);
    site.locations.publish(trusting("KNEW"));
    await site.clock.advance(100_000);
    const ask = (pop: string, id: string) =>
      site.ask("/api/x", { headers: { cookie: site.cookie(id), "x-keyturn-location": pop } });
    expect((await ask("FRA56-P4", "KNEW")).status).toBe(200);
    expect((await ask("GRU3-P1", "KNEW")).body).toContain("InvalidKey");
    expect((await ask("GRU3-P1", "KOLD")).status).toBe(200);
  });
});

test("the history keeps the last 200 requests, newest first, without cookie values", async () => {
  const site = smallSite();
  const cookie = site.cookie("KOLD");
  for (let request = 0; request < 205; request += 1)
    await site.ask(`/api/${request}`, { headers: { cookie } });
  const last = site.history.last();
  expect(last).toHaveLength(200);
  expect(last[0]?.target).toBe("/api/204");
  expect(site.history.total).toBe(205);
  const signature = /CloudFront-Signature=([^;]+)/.exec(cookie)?.[1] ?? "none";
  expect(JSON.stringify(last)).not.toContain(signature);
});
