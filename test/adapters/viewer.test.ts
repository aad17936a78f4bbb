import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { cryptoKeyPairs } from "../../src/adapters/key-pair-source.ts";
import { systemRandom } from "../../src/adapters/random.ts";
import { httpViewer } from "../../src/adapters/viewer.ts";
import { issueCertificate } from "../../src/sandbox/certificate.ts";
import type { ViewerRequest } from "../../src/seams/viewer.ts";

const open: { close: () => void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

/** A server that receives the raw bytes of each connection. */
async function rawServer(onData: (socket: Socket, text: string) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("data", (data) => onData(socket, data.toString("latin1")));
    socket.on("error", () => {});
  });
  const port = await listening(server);
  open.push({ close: () => [...sockets].map((socket) => socket.destroy()) && server.close() });
  return port;
}

async function httpServer(
  answer: (
    request: IncomingMessage,
  ) => [status: number, headers: Record<string, string>, body: string | Buffer],
) {
  const server = createHttpServer((request, response) => {
    request.resume().on("end", () => {
      const [status, headers, body] = answer(request);
      response.writeHead(status, headers).end(body);
    });
  });
  const port = await listening(server);
  open.push({ close: () => server.close() && server.closeAllConnections() });
  return port;
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)),
  );
}

function get(url: string, more: Partial<ViewerRequest> = {}): ViewerRequest {
  return { method: "GET", url, headers: [], ...more };
}

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

describe("a request", () => {
  async function bytesOf(request: (port: number) => ViewerRequest): Promise<string> {
    let seen = "";
    const port = await rawServer((socket, text) => {
      seen += text;
      socket.end(OK);
    });
    await httpViewer({}).send(request(port));
    return seen.replaceAll(String(port), "PORT");
  }

  it("has the path and query unchanged, without the fragment", async () => {
    const seen = await bytesOf((port) =>
      get(`http://127.0.0.1:${port}/a/../b//c%2f%41?x=%20&y=a+b&&#fragment`),
    );
    expect(seen.split("\r\n")[0]).toBe("GET /a/../b//c%2f%41?x=%20&y=a+b&& HTTP/1.1");
  });

  it("has a URL that is not ASCII as UTF-8", async () => {
    const seen = await bytesOf((port) => get(`http://127.0.0.1:${port}/é`));
    expect(Buffer.from(seen.split("\r\n")[0] as string, "latin1").toString("utf8")).toBe("GET /é HTTP/1.1");
  });

  it("has a slash if the URL has no path, even before a query", async () => {
    expect((await bytesOf((port) => get(`http://127.0.0.1:${port}`))).split("\r\n")[0]).toBe(
      "GET / HTTP/1.1",
    );
    expect((await bytesOf((port) => get(`http://127.0.0.1:${port}?a=1`))).split("\r\n")[0]).toBe(
      "GET /?a=1 HTTP/1.1",
    );
  });

  it("has exactly the given headers, in order and case, and only Host and Connection added", async () => {
    const headers = [
      ["X-b", "1"],
      ["x-A", "2"],
      ["Cookie", "a=1; b=2"],
      ["X-b", "3"],
    ] as const;
    const seen = await bytesOf((port) => get(`http://127.0.0.1:${port}/`, { headers }));
    expect(seen.split("\r\n").slice(1)).toEqual([
      "Host: 127.0.0.1:PORT",
      "X-b: 1",
      "x-A: 2",
      "Cookie: a=1; b=2",
      "X-b: 3",
      "Connection: keep-alive",
      "",
      "",
    ]);
  });

  it("keeps a custom Host", async () => {
    const seen = await bytesOf((port) =>
      get(`http://127.0.0.1:${port}/`, { headers: [["host", "other.example"]] }),
    );
    expect(seen.match(/^host:.*$/gim)).toEqual(["host: other.example"]);
  });

  it("has the body with its length", async () => {
    const seen = await bytesOf((port) => ({
      ...get(`http://127.0.0.1:${port}/`),
      method: "POST",
      body: "é=1",
    }));
    expect(seen).toContain("Content-Length: 4\r\n");
    expect(Buffer.from(seen, "latin1").toString("utf8")).toMatch(/\r\n\r\né=1$/);
  });

  it("goes to the address of --resolve, with the Host header unchanged", async () => {
    const seen = await bytesOf((port) =>
      get("http://app.example.com/x", { address: { host: "127.0.0.1", port } }),
    );
    expect(seen).toContain("Host: app.example.com\r\n");
  });

  it("goes to this machine for names under .localhost", async () => {
    const seen = await bytesOf((port) => get(`http://app.localhost:${port}/`));
    expect(seen).toContain("Host: app.localhost:PORT\r\n");
  });

  it.each([
    ["no scheme", "example.com/"],
    ["another scheme", "ftp://example.com/"],
    ["a user name", "https://me:secret@example.com/"],
    ["a space in the path", "http://127.0.0.1:1/a b"],
  ])("is refused for a URL with %s", async (_, url) => {
    await expect(httpViewer({}).send(get(url))).rejects.toMatchObject({ code: "ERR_USAGE" });
  });

  it("is refused for a method that is not in capitals, which Node would change", async () => {
    const sent = httpViewer({}).send({ ...get("http://127.0.0.1:1/"), method: "get" });
    await expect(sent).rejects.toMatchObject({ code: "ERR_USAGE" });
  });

  it("is refused for a header with a line break, without printing it", async () => {
    const sent = httpViewer({}).send(
      get("http://127.0.0.1:1/", { headers: [["Cookie", "a=hunter2\r\nX: y"]] }),
    );
    await expect(sent).rejects.toMatchObject({
      code: "ERR_USAGE",
      message: expect.not.stringContaining("hunter2"),
    });
  });
});

describe("a response", () => {
  it("may have any status, keeps its headers in order, and is not followed as a redirect", async () => {
    const port = await httpServer(() => [302, { Location: "/elsewhere", "Set-Cookie": "a=1" }, ""]);
    const answer = await httpViewer({}).send(get(`http://127.0.0.1:${port}/`));
    expect(answer.status).toBe(302);
    expect(answer.headers.slice(0, 2)).toEqual([
      ["location", "/elsewhere"],
      ["set-cookie", "a=1"],
    ]);
    expect(answer.address).toBe("127.0.0.1");
  });

  it.each([
    [65_535, false],
    [65_536, false],
    [65_537, true],
    [5_000_000, true],
  ])("of %i bytes is cut at 64 KiB", async (size, truncated) => {
    const port = await httpServer(() => [200, {}, Buffer.alloc(size, "x")]);
    const answer = await httpViewer({}).send(get(`http://127.0.0.1:${port}/`));
    expect(answer.truncated).toBe(truncated);
    expect(answer.body.length).toBe(Math.min(size, 65_536));
  });

  it("is returned even if the connection breaks in the middle of the body", async () => {
    const port = await rawServer((socket) =>
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\npart"),
    );
    const answer = await httpViewer({}).send(get(`http://127.0.0.1:${port}/`));
    expect(answer).toMatchObject({ status: 403, truncated: true });
    expect(Buffer.from(answer.body).toString()).toBe("part");
  });

  it("is returned even if the body never ends", async () => {
    const port = await rawServer((socket) =>
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart"),
    );
    const within = (timeout: number) => httpViewer({}).send(get(`http://127.0.0.1:${port}/`, { timeout }));
    // On a busy machine, the headers may take longer to arrive.
    const answer = await within(0.2)
      .catch(() => within(5))
      .catch(() => within(60));
    expect(answer).toMatchObject({ status: 200, truncated: true });
  });

  it("without a length ends with its connection, and the next request opens another", async () => {
    const port = await rawServer((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\nuntil the end"));
    const viewer = httpViewer({});
    for (let count = 0; count < 2; count += 1) {
      const answer = await viewer.send(get(`http://127.0.0.1:${port}/`));
      expect(answer).toMatchObject({ status: 200, truncated: false, address: "127.0.0.1" });
      expect(Buffer.from(answer.body).toString()).toBe("until the end");
    }
  });

  it("leaves its connection to the next request, which opens a new one if that was closed", async () => {
    const connections = new Set<Socket>();
    let answered = 0;
    const port = await rawServer((socket) => {
      connections.add(socket);
      answered += 1;
      socket.write(OK);
      if (answered === 2) setImmediate(() => socket.resetAndDestroy());
    });
    const viewer = httpViewer({});
    for (let count = 0; count < 3; count += 1) {
      expect((await viewer.send(get(`http://127.0.0.1:${port}/`))).status).toBe(200);
    }
    expect(connections.size).toBe(2);
  });
});

describe("an unusual response", () => {
  async function answerTo(text: string, method = "GET") {
    const port = await rawServer((socket) => socket.end(Buffer.from(text, "latin1")));
    return httpViewer({}).send({ ...get(`http://127.0.0.1:${port}/`), method });
  }

  it.each([
    ["an unknown HTTP version", "HTTP/3.0 200 OK\r\n\r\n"],
    ["no status", "HTTP/1.1 OK\r\n\r\n"],
    ["a header without a colon", "HTTP/1.1 200 OK\r\nnothing\r\n\r\n"],
    ["a header without a name", "HTTP/1.1 200 OK\r\n: x\r\n\r\n"],
    ["a space before the colon", "HTTP/1.1 200 OK\r\nA : x\r\n\r\n"],
    ["a control character in a value", "HTTP/1.1 200 OK\r\nA: \u001b[31m\r\n\r\n"],
    ["two different lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"],
    ["a length that is not a number", "HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\na"],
    ["a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\na"],
    [
      "both a length and a transfer coding",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
  ])("is refused for %s", async (_, text) => {
    await expect(answerTo(text)).rejects.toMatchObject({
      code: "ERR_UNREACHABLE",
      message: expect.stringMatching(/its response is not HTTP$/),
    });
  });

  it.each([
    [
      "chunks",
      "Transfer-Encoding: chunked\r\n\r\n1;a=b\r\no\r\n1\r\nk\r\n0\r\nX-Trailer: t\r\n\r\n",
      "ok",
      false,
    ],
    ["a chunk whose size is not a number", "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\nzz\r\n", "ok", true],
    ["a chunk that is cut off", "Transfer-Encoding: chunked\r\n\r\n9\r\nok", "ok", true],
    ["more bytes than its length", "Content-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n", "ok", false],
    ["fewer bytes than its length", "Content-Length: 7\r\n\r\nok", "ok", true],
  ])("is accepted with %s", async (_, text, body, truncated) => {
    const answer = await answerTo(`HTTP/1.1 200 OK\r\n${text}`);
    expect(Buffer.from(answer.body).toString()).toBe(body);
    expect(answer).toMatchObject({ status: 200, truncated });
  });

  it.each([
    ["to HEAD", "HEAD", "200 OK\r\nContent-Length: 12"],
    ["with status 204", "GET", "204 No Content"],
    ["with status 304", "GET", "304 Not Modified\r\nContent-Length: 12"],
    ["with status 101", "GET", "101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket"],
  ])("%s has no body", async (_, method, head) => {
    const answer = await answerTo(`HTTP/1.1 ${head}\r\n\r\n`, method);
    expect(answer).toMatchObject({ status: Number.parseInt(head, 10), truncated: false });
    expect(answer.body).toHaveLength(0);
  });

  it("may follow interim responses", async () => {
    const interim = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n";
    expect(await answerTo(interim + OK)).toMatchObject({ status: 200, headers: [["content-length", "2"]] });
  });

  it("keeps non-ASCII bytes in its headers", async () => {
    const { headers } = await answerTo("HTTP/1.1 200 OK\r\nX: \xe9\r\nContent-Length: 0\r\n\r\n");
    expect(headers).toContainEqual(["x", "\xe9"]);
  });

  it("is never taken for the response to the next request", async () => {
    const port = await rawServer((socket, text) => {
      const path = /^GET (\S+)/.exec(text)?.[1];
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Path: ${path}\r\n\r\nok`);
      setTimeout(() => socket.write("HTTP/1.1 299 Forged\r\nContent-Length: 0\r\n\r\n"), 10);
    });
    const viewer = httpViewer({});
    await viewer.send(get(`http://127.0.0.1:${port}/first`));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const second = await viewer.send(get(`http://127.0.0.1:${port}/second`));
    expect(second.headers).toContainEqual(["x-path", "/second"]);
  });
});

describe("over TLS", () => {
  async function secureServer(hosts: readonly string[]) {
    const at = Date.now() / 1000;
    const { caPem, chainPem, keyPem } = await issueCertificate(hosts, at, {
      keyPairs: cryptoKeyPairs,
      random: systemRandom,
    });
    const seen: string[] = [];
    const server = createHttpsServer({ cert: chainPem, key: keyPem }, (request, response) => {
      seen.push(`${request.headers.host} ${(request.socket as TLSSocket).servername}`);
      response.end("ok");
    });
    let bytes = 0;
    // Counts all decrypted bytes, even if they are not a whole request.
    server.on("secureConnection", (socket) => socket.on("data", (data) => (bytes += data.length)));
    const port = await listening(server);
    open.push({ close: () => server.close() && server.closeAllConnections() });
    return { ca: caPem, port, seen, bytes: () => bytes };
  }

  it("trusts the given CA for the URL's host, or for the Host header if the URL has an address", async () => {
    const { ca, port, seen } = await secureServer(["app.example.com"]);
    const viewer = httpViewer({});
    const address = { host: "127.0.0.1", port };
    const named = get("https://app.example.com/", { ca, address });
    expect(await viewer.send(named)).toMatchObject({ status: 200, address: "127.0.0.1" });
    await viewer.send(get(`https://127.0.0.1:${port}/`, { ca, headers: [["Host", "app.example.com"]] }));
    expect(seen).toEqual(["app.example.com app.example.com", "app.example.com app.example.com"]);
  });

  it("does not reuse a connection for a request that trusts another CA", async () => {
    const { ca, port } = await secureServer(["app.example.com"]);
    const viewer = httpViewer({});
    const named = get("https://app.example.com/", { address: { host: "127.0.0.1", port } });
    expect(await viewer.send({ ...named, ca })).toMatchObject({ status: 200 });
    await expect(viewer.send(named)).rejects.toMatchObject({ code: "ERR_UNREACHABLE" });
  });

  it.each([
    ["a server whose CA is not trusted", {}, /untrusted authority/],
    [
      "a server whose certificate is for another name",
      { name: "other.example.com" },
      /for another host name/,
    ],
  ])("sends nothing to %s", async (_, { name = "app.example.com" }: { name?: string }, reason) => {
    const { ca, port, bytes } = await secureServer(["app.example.com"]);
    const request = get(`https://${name}/`, {
      headers: [["Cookie", "CloudFront-Signature=hunter2"]],
      address: { host: "127.0.0.1", port },
      ...(name === "app.example.com" ? {} : { ca }),
    });
    await expect(httpViewer({}).send(request)).rejects.toMatchObject({
      code: "ERR_UNREACHABLE",
      message: expect.stringMatching(reason),
    });
    expect(bytes()).toBe(0);
  });
});

describe("a request that gets no response", () => {
  it.each([
    ["closes at once", (socket: Socket) => socket.destroy(), /the connection was reset/],
    [
      "does not speak HTTP",
      (socket: Socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n"),
      /its response is not HTTP/,
    ],
    [
      "sends endless headers",
      (socket: Socket) => socket.write(`HTTP/1.1 200 OK\r\n${"x: y\r\n".repeat(20_000)}`),
      /response headers exceed 16 KiB/,
    ],
    ["says nothing", () => {}, /it did not answer in time/],
    [
      "sends interim responses forever",
      (socket: Socket) => {
        const timer = setInterval(() => socket.write("HTTP/1.1 102 Processing\r\n\r\n"), 5);
        socket.on("close", () => clearInterval(timer));
      },
      /it did not answer in time/,
    ],
  ])("reports why, for a server that %s", async (_, behave, reason) => {
    const port = await rawServer((socket) => void behave(socket));
    const sent = httpViewer({}).send(get(`http://127.0.0.1:${port}/?Signature=hunter2`, { timeout: 0.3 }));
    await expect(sent).rejects.toMatchObject({
      code: "ERR_UNREACHABLE",
      message: expect.stringMatching(reason),
    });
    await expect(sent).rejects.toMatchObject({ message: expect.not.stringContaining("hunter2") });
  });

  it("reports that nothing listens", async () => {
    const server = createServer();
    const port = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    await expect(httpViewer({}).send(get(`http://127.0.0.1:${port}/`))).rejects.toMatchObject({
      code: "ERR_UNREACHABLE",
      message: `no answer from http://127.0.0.1:${port}: connection refused`,
      hints: ["is it running? is the port right?"],
    });
  });

  it("rejects with the reason of an interrupt", async () => {
    const port = await rawServer(() => {});
    const interrupt = new AbortController();
    const sent = httpViewer({}).send(get(`http://127.0.0.1:${port}/`), interrupt.signal);
    const reason = new Error("stop");
    setTimeout(() => interrupt.abort(reason), 20);
    await expect(sent).rejects.toBe(reason);
  });

  it("is not sent if the CA file is missing", () => {
    expect(() => httpViewer({ KEYTURN_CA_FILE: "/nowhere/ca.pem" })).toThrow(
      expect.objectContaining({ code: "ERR_FILE_UNREADABLE" }),
    );
  });
});
