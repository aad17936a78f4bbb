import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/adapters/clock.ts";
import { httpViewer } from "../../src/adapters/viewer.ts";
import { ManualClock } from "../fakes/manual-clock.ts";
import { memoryWorld, runCommand, words } from "../fakes/memory-world.ts";

const servers: Server[] = [];
const sockets = new Set<Socket>();

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

/** A server that runs `answer` on each connection once the request's head has arrived. */
async function hostile(answer: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", () => answer(socket));
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

const HEAD = "HTTP/1.1 200 OK\r\nVia: 1.1 x.cloudfront.net (CloudFront)\r\n";

/** Writes for as long as the other side reads. */
function endless(socket: Socket, piece: string): void {
  const more = () => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on("drain", more);
  more();
}

const HOSTILE: readonly [what: string, answer: (socket: Socket) => void, says: RegExp, exit: number][] = [
  [
    "an endless body",
    (socket) => {
      socket.write(`${HEAD}\r\n`);
      endless(socket, "x".repeat(16_384));
    },
    /unsigned-allowed/,
    1,
  ],
  [
    "a slow drip",
    (socket) => {
      socket.write(`${HEAD}Content-Length: 9999\r\n\r\n`);
      setInterval(() => socket.writable && socket.write("."), 50).unref();
    },
    /unsigned-allowed/,
    1,
  ],
  ["no answer at all", () => {}, /it did not answer in time/, 6],
  [
    "a flood of headers",
    (socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      endless(socket, `X-Flood: ${"y".repeat(1000)}\r\n`);
    },
    /response headers exceed|HPE_/,
    6,
  ],
  [
    "a redirect loop",
    (socket) =>
      socket.end(
        "HTTP/1.1 302 Found\r\nLocation: /api/me\r\nVia: 1.1 x.cloudfront.net (CloudFront)\r\nContent-Length: 0\r\n\r\n",
      ),
    /unsigned-allowed/,
    1,
  ],
  [
    "control characters in a header",
    (socket) => socket.end("HTTP/1.1 403 Forbidden\r\nServer: \u001b[31mred\r\nContent-Length: 0\r\n\r\n"),
    /response is not HTTP/,
    6,
  ],
  [
    "invalid UTF-8 and control characters in the body",
    (socket) => {
      socket.write(
        "HTTP/1.1 403 Forbidden\r\nVia: 1.1 x.cloudfront.net (CloudFront)\r\nContent-Length: 20\r\n\r\n",
      );
      socket.end(
        Buffer.from([0xff, 0xfe, 0x00, 0x1b, 0x5b, 0x4a, ...Buffer.from("origin-verif"), 0x07, 0x0a]),
      );
    },
    /the body says so: "[^"]*origin-verif[^"]*"|not in the words/,
    1,
  ],
  [
    "a Content-Length that is too long",
    (socket) => socket.end(`${HEAD}Content-Length: 100\r\n\r\nshort`),
    /unsigned-allowed/,
    1,
  ],
  [
    "a Content-Length that is too short",
    (socket) => socket.end(`${HEAD}Content-Length: 2\r\n\r\nlonger than that`),
    /unsigned-allowed/,
    1,
  ],
  ["something that is not HTTP", (socket) => socket.end("220 mail.example ESMTP\r\n"), /is not HTTP/, 6],
  ["a reset", (socket) => socket.resetAndDestroy(), /reset/, 6],
];

/** Real sockets need real time, so the command runs on the system's clock. */
class RealClock extends ManualClock {
  override now = systemClock.now;
  override sleep = systemClock.sleep;
  override run = <T>(work: Promise<T>) => work;
}

/** Short, because a server that drips is read until the limit. A busy machine may need a longer one. */
const LIMITS = ["400ms", "5s", "60s"];

async function probe(url: string, limit: string) {
  const world = memoryWorld({ viewer: httpViewer({}), clock: new RealClock() });
  const line = `probe ${url} --cases none --methods GET --timeout ${limit} --rate unlimited`;
  return runCommand(words(line), world);
}

/** Retries with longer limits until the expected text is printed. */
async function probeInTime(url: string, says: RegExp) {
  for (const limit of LIMITS) {
    const ran = await probe(url, limit);
    const told = ran.stdout.replace(/\s+/g, " ");
    if (says.test(told) || limit === LIMITS.at(-1)) return { ...ran, told };
  }
  throw new Error("no limit was tried");
}

describe("a probe of a hostile server is bounded, and describes the problem in one line", () => {
  it.each(HOSTILE)("%s", async (_, answer, says, exit) => {
    const port = await hostile(answer);
    const before = process.memoryUsage().arrayBuffers;
    const ran = await probeInTime(`http://127.0.0.1:${port}/api/me`, says);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
    expect(ran.told).toMatch(says);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of the server's control characters may get through.
    expect(ran.stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
    expect(ran.exitCode).toBe(exit);
  });

  it("on a port that does not speak TLS", async () => {
    const port = await hostile((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    const ran = await probeInTime(`https://127.0.0.1:${port}/api/me`, /does not speak TLS/);
    expect(ran.told).toContain("it does not speak TLS on this port");
    expect(ran.exitCode).toBe(6);
  });
});
