/**
 * A backend that stalls, dies or answers nonsense: CloudFront's answer, its attempts, and the line that explains it.
 */
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ProxyFlags } from "../../../src/sandbox/proxy/proxy-plan.ts";
import { ManualClock } from "../../fakes/manual-clock.ts";
import { type ProxySite, serveBytes, serveProxy } from "./proxy-site.ts";

const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";
const ANSWERS: Readonly<Record<string, (socket: Socket) => void>> = {
  "/silent": () => {},
  "/stalls": (socket) => socket.write(`${HEAD}Content-Length: 100\r\n\r\nhalf`),
  "/dies": (socket) => socket.end(`${HEAD}Content-Length: 100\r\n\r\nhalf`),
  "/bad-chunk": (socket) =>
    socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nnonsense\r\n`),
  "/no-answer": (socket) => socket.end(),
  "/not-http": (socket) => socket.end("hello\r\n\r\n"),
  "/unasked-upgrade": (socket) =>
    socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"),
  "/status-42": (socket) => socket.end("HTTP/1.1 042 What\r\nContent-Length: 0\r\n\r\n"),
};

let backend: Awaited<ReturnType<typeof serveBytes>>;
const open: ProxySite[] = [];
beforeAll(async () => {
  backend = await serveBytes((line, socket) => ANSWERS[line.split(" ")[1] ?? ""]?.(socket));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((site) => site.stop()));
  backend.requests.length = 0;
});
afterAll(() => backend.stop());

async function proxy(flags: ProxyFlags = {}) {
  const clock = new ManualClock();
  const site = await serveProxy({ origin: [backend.url], protect: ["/api/*"], ...flags }, { clock });
  open.push(site);
  return { site, clock };
}

/** Advances the clock by a second at a time until there is an answer. */
async function afterSeconds<T>(clock: ManualClock, work: Promise<T>): Promise<{ value: T; took: number }> {
  const started = clock.now();
  let ended = false;
  const value = work.finally(() => {
    ended = true;
  });
  while (!ended) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (!ended && backend.requests.length > 0) await clock.advance(1);
  }
  return { value: await value, took: clock.now() - started };
}

const pageOf = async ({ proxy: { urls } }: ProxySite) => (await fetch(`${urls.api}/`)).text();

describe("a backend that fails before its headers", () => {
  it.each([
    ["/no-answer", "closed the connection without an answer"],
    ["/not-http", "answered with something that is not HTTP (HPE_INVALID_CONSTANT)"],
    ["/unasked-upgrade", "answered 101 to a request that asks for no other protocol"],
    [
      "/status-42",
      "answered with a status or header that HTTP does not allow (ERR_HTTP_INVALID_STATUS_CODE)",
    ],
  ])("%s gives 502, and the page and stderr explain why", async (path, why) => {
    const { site } = await proxy();
    const got = await site.get(path);
    expect(got.status).toBe(502);
    expect(got.body).toContain("502 ERROR");
    expect(site.told).toEqual([expect.stringContaining(`${path}: 502: ${backend.url} ${why}`)]);
    expect(await pageOf(site)).toContain(`<td>${backend.url} ${why}</td>`);
    expect(backend.requests).toHaveLength(1);
  });

  it("is tried three times if it is silent, then the answer is 504", async () => {
    const { site, clock } = await proxy({ originTimeout: 2 });
    const { value, took } = await afterSeconds(clock, site.get("/silent"));
    expect(value.status).toBe(504);
    expect(value.body).toContain("504 ERROR");
    expect(took).toBeGreaterThanOrEqual(6);
    expect(backend.requests).toEqual(Array.from({ length: 3 }, () => "GET /silent HTTP/1.1"));
    const why = `${backend.url} did not answer within 2s (--origin-timeout)`;
    expect(site.told.map((line) => line.replace(/^.*?\/silent: /, ""))).toEqual([
      `${why}: attempt 1 of 3, CloudFront tries again (--connection-attempts)`,
      `${why}: attempt 2 of 3, CloudFront tries again (--connection-attempts)`,
      `504: ${why}; tried 3 times, as CloudFront does (--connection-attempts)`,
    ]);
    expect(await pageOf(site)).toContain(`<td>${why}; tried 3 times`);
  });

  it.each([
    ["a POST, which may have had its effect", { method: "POST", body: "x" }, {}],
    ["with --connection-attempts 1", {}, { connectionAttempts: 1 }],
  ])("is asked only once: %s", async (_, how, flags) => {
    const { site, clock } = await proxy({ originTimeout: 2, ...flags });
    const { value } = await afterSeconds(clock, site.get("/silent", how));
    expect(value.status).toBe(504);
    expect(backend.requests).toHaveLength(1);
    expect(site.told).toEqual([expect.stringContaining("504: ")]);
  });

  it("gets three connection attempts, even for a POST", async () => {
    const { site, clock } = await proxy({
      origin: [`https://127.0.0.1:${backend.port}`],
      connectionTimeout: 2,
    });
    const { value, took } = await afterSeconds(clock, site.get("/x", { method: "POST", body: "x" }));
    expect(value.status).toBe(504);
    expect(took).toBeGreaterThanOrEqual(6);
    expect(backend.requests).toHaveLength(3);
    expect(site.told.at(-1)).toContain("accepted no connection within 2s; tried 3 times");
  });
});

describe("a backend that fails after its headers", () => {
  it.each([
    ["/stalls", "sent nothing for 30s in the middle of its answer (--origin-timeout)"],
    ["/dies", "broke off in the middle of its answer"],
    ["/bad-chunk", "sent something that is not HTTP in the middle of its answer (HPE_INVALID_CHUNK_SIZE)"],
  ])("%s cuts the viewer's connection, and the page and stderr explain why", async (path, why) => {
    const { site, clock } = await proxy();
    const { host, port } = new URL(site.proxy.urls.siteHttp);
    const asked = request({ host: "127.0.0.1", port, path, headers: { host } }).end();
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    expect(answer.statusCode).toBe(200);
    const body = (async () => {
      let text = "";
      for await (const chunk of answer) text += chunk;
      return text;
    })();
    const { value } = await afterSeconds(
      clock,
      body.catch((thrown: Error) => thrown.message),
    );
    expect(value).toBe("aborted");
    expect(site.told).toEqual([
      expect.stringContaining(`${path}: ${backend.url} ${why}: the viewer's connection is closed`),
    ]);
    expect(await pageOf(site)).toContain(`<td>${backend.url} ${why}</td>`);
  });

  it("is not reported if the viewer disconnected first", async () => {
    const { site } = await proxy();
    const { host, port } = new URL(site.proxy.urls.siteHttp);
    const asked = request({ host: "127.0.0.1", port, path: "/stalls", headers: { host } }).end();
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    answer.destroy();
    expect((await site.get("/no-answer")).status).toBe(502);
    expect(site.told).toEqual([expect.stringContaining("/no-answer: 502")]);
  });
});
