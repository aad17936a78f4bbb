/** The socket adapter: targets and headers unchanged, the real Date, limits, dropped connections, a clean close. */
import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/adapters/clock.ts";
import { type Listening, listen } from "../../src/sandbox/listen.ts";
import { ConnectionDropped, type WireHandler, type WireRequest } from "../../src/sandbox/wire.ts";

async function withServer(handler: WireHandler, run: (server: Listening, bugs: unknown[]) => Promise<void>) {
  const bugs: unknown[] = [];
  const onBug = (thrown: unknown) => void bugs.push(thrown);
  const server = await listen({ handler, port: 0, clock: systemClock, onBug });
  await run(server, bugs);
  await server.close();
}

/** Sends these bytes; resolves to everything that comes back until the other side closes. */
async function raw(port: number, bytes: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk;
  });
  socket.on("error", () => {});
  socket.write(bytes);
  await once(socket, "close");
  return answer;
}

const ok: WireHandler = async () => ({ status: 200, headers: [["content-type", "text/plain"]], body: "ok" });

describe("listen", () => {
  it("passes on the target, headers, body and address as received", async () => {
    const seen: WireRequest[] = [];
    const handler: WireHandler = async (request) => {
      seen.push(request);
      return ok(request);
    };
    await withServer(handler, async ({ port }) => {
      const head = "POST /a/../b%2F?x=' HTTP/1.1\r\nHost: h\r\nX-Two: 1\r\nX-Two: 2\r\nConnection: close\r\n";
      await raw(port, `${head}Content-Length: 4\r\n\r\nbody`);
    });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      method: "POST",
      scheme: "http",
      target: "/a/../b%2F?x='",
      headers: { host: "h", "x-two": "1, 2" },
      remoteAddress: "127.0.0.1",
    });
    expect(Buffer.from(seen[0]?.body ?? []).toString()).toBe("body");
  });

  it.each([
    ["https://site.example.com:8443/media/film.txt?x=1", "/media/film.txt?x=1", "site.example.com:8443"],
    ["HTTP://site.example.com", "/", "site.example.com"],
    ["http://site.example.com?x=1", "/?x=1", "site.example.com"],
    ["*", "*", "h"],
  ])("splits %s into a path and a host", async (sent, target, host) => {
    const seen: WireRequest[] = [];
    const handler: WireHandler = async (request) => {
      seen.push(request);
      return ok(request);
    };
    await withServer(handler, async ({ port }) => {
      await raw(port, `OPTIONS ${sent} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`);
    });
    expect(seen).toMatchObject([{ target, headers: { host } }]);
  });

  it("sends the real time as Date, whatever clock the handler uses", async () => {
    await withServer(ok, async ({ url }) => {
      const before = Math.floor(Date.now() / 1000) * 1000;
      const date = Date.parse((await fetch(url)).headers.get("date") ?? "");
      expect(date).toBeGreaterThanOrEqual(before);
      expect(date).toBeLessThanOrEqual(Date.now());
    });
  });

  it("sends repeated headers separately, sends no body with 204, and keeps the connection open", async () => {
    const handler: WireHandler = async ({ target }) => ({
      status: target === "/none" ? 204 : 200,
      headers: [
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
      ],
      body: "body",
    });
    await withServer(handler, async ({ url }) => {
      const answer = await fetch(url);
      expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
      expect(answer.headers.get("content-length")).toBe("4");
      expect(answer.headers.get("connection")).toBe("keep-alive");
      const none = await fetch(`${url}/none`);
      expect([none.status, await none.text()]).toEqual([204, ""]);
    });
  });

  it("refuses a body over a mebibyte with 413, and accepts one of exactly that", async () => {
    await withServer(ok, async ({ url, port }) => {
      const largest = await fetch(url, { method: "POST", body: "x".repeat(1_048_576) });
      expect(largest.status).toBe(200);
      const head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1048577\r\n\r\n";
      expect(await raw(port, head + "x".repeat(1_048_577))).toMatch(/^HTTP\/1\.1 413 /);
    });
  });

  it("closes the socket on a dropped connection, and answers 500 to a bug, which it reports", async () => {
    const bug = new Error("a bug");
    const handler: WireHandler = async ({ target }) => {
      throw target === "/drop" ? new ConnectionDropped() : bug;
    };
    await withServer(handler, async ({ url, port }, bugs) => {
      expect(await raw(port, "GET /drop HTTP/1.1\r\nHost: h\r\n\r\n")).toBe("");
      expect(bugs).toEqual([]);
      expect((await fetch(url)).status).toBe(500);
      expect(bugs).toEqual([bug]);
    });
  });

  it("lets a response in progress finish before it closes, and leaves no connection open", async () => {
    let release = () => {};
    const started = new Promise<void>((resolve) => {
      release = resolve;
    });
    let finish = () => {};
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const handler: WireHandler = async (request) => {
      release();
      await held;
      return ok(request);
    };
    const server = await listen({ handler, port: 0, clock: systemClock });
    const asking = fetch(server.url).then((answer) => answer.text());
    await started;
    const closing = server.close();
    finish();
    expect(await asking).toBe("ok");
    await closing;
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it("refuses a port that is in use, and names it", async () => {
    await withServer(ok, async ({ port }) => {
      await expect(listen({ handler: ok, port, clock: systemClock })).rejects.toMatchObject({
        code: "ERR_USAGE",
        message: `port ${port} is in use`,
      });
    });
  });
});
