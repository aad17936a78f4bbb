/** An edge in front of a backend, both in this process, and a plain client, which shows what a viewer gets. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, request } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { systemClock } from "../../../src/adapters/clock.ts";
import { cryptoKeyPairs } from "../../../src/adapters/key-pair-source.ts";
import { systemRandom } from "../../../src/adapters/random.ts";
import { type ProxyFlags, planProxy } from "../../../src/sandbox/proxy/proxy-plan.ts";
import { type ProxyOptions, type RunningProxy, startProxy } from "../../../src/sandbox/proxy/start-proxy.ts";
import { mintCookies } from "./signed.ts";

export interface ProxySite {
  readonly proxy: RunningProxy;
  /** The lines printed to stderr. */
  readonly told: string[];
  readonly get: (path: string, how?: Asked) => Promise<Got>;
  /** A Cookie header that gives access to everything. */
  readonly cookie: () => string;
  readonly stop: () => Promise<void>;
}
interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}
interface Got {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Starts a backend; resolves to its URL and a function that stops it. */
export async function serveBackend(
  listener: RequestListener,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Starts a backend that answers each request line with bytes, HTTP or not, and counts its connections. */
export async function serveBytes(answer: (requestLine: string, socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      const [line = ""] = bytes.toString("latin1").split("\r\n");
      requests.push(line);
      answer(line, socket);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    ...{ port, requests, url: `http://127.0.0.1:${port}` },
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

export async function serveProxy(
  flags: ProxyFlags,
  more: Partial<Pick<ProxyOptions, "config" | "keys" | "clock">> = {},
): Promise<ProxySite> {
  const told: string[] = [];
  const plan = planProxy(flags);
  if (plan === undefined) throw new Error("no --origin");
  const proxy = await startProxy({
    ...{ clock: systemClock, random: systemRandom, keyPairs: cryptoKeyPairs, plan, ...more },
    ports: { api: 0, edge: 0, edgeHttp: 0 },
    propagation: 0,
    keyType: "ecdsa-p256",
    tell: (line) => told.push(line),
    onBug: (thrown) => told.push(`bug: ${String(thrown)}`),
  });
  const { port, host } = new URL(proxy.urls.siteHttp);
  return {
    ...{ proxy, told },
    get: async (path, { method = "GET", headers = {}, body } = {}) => {
      const asked = request({ host: "127.0.0.1", port, path, method, headers: { host, ...headers } });
      asked.end(body);
      const [answer] = (await once(asked, "response")) as [IncomingMessage];
      let text = "";
      for await (const chunk of answer) text += chunk;
      return { status: answer.statusCode ?? 0, headers: answer.headers, body: text };
    },
    cookie: () => mintCookies(proxy.ownKey),
    stop: () => proxy.stop(),
  };
}
