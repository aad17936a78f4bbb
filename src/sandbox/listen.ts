/**
 * Puts a WireHandler, or a server that streams, on a loopback socket, HTTP or HTTPS. Node sets the Date header: always the
 * real time.
 */
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { UsageError } from "../errors.ts";
import type { Clock } from "../seams/world.ts";
import { ConnectionDropped, type WireHandler, type WireRequest, type WireResponse } from "./wire.ts";

export interface ListenOptions {
  readonly handler: WireHandler;
  /** 0 picks a free port. */
  readonly port: number;
  /** PEM; if given, HTTPS. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** How long `close` waits for responses in progress. */
  readonly clock: Pick<Clock, "sleep">;
  /** Called for a bug in a handler; the client gets a 500. */
  readonly onBug?: (thrown: unknown) => void;
}

export interface Listening {
  readonly port: number;
  /** `http://127.0.0.1:4566`, without a trailing slash. */
  readonly url: string;
  /** Accepts no more requests, lets those in progress finish (for at most a second), then closes every connection. */
  close(): Promise<void>;
}

const HOST = "127.0.0.1";
const LARGEST_BODY = 1_048_576;
/** Milliseconds, and bytes. Larger than CloudFront's 32,768, so that the edge itself refuses larger requests. */
const LIMITS: ServerOptions = {
  maxHeaderSize: 65_536,
  headersTimeout: 15_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
};
const CLOSE_GRACE = 1;

/** Throws ERR_USAGE when the port is taken. */
export function listen({ handler, tls, onBug = () => {}, ...options }: ListenOptions): Promise<Listening> {
  const scheme = tls === undefined ? "http" : "https";
  return listenStreaming({
    ...options,
    tls,
    serve: (incoming, outgoing) => serve(incoming, outgoing, handler, scheme, onBug),
  });
}

export interface StreamingServer extends Omit<ListenOptions, "handler" | "onBug"> {
  /** Resolves when the answer has ended. Never rejects. */
  readonly serve: (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;
  /** For `Connection: upgrade`; without it the header is ignored. Never rejects. */
  readonly upgrade?: (incoming: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>;
  /** Milliseconds for a whole request; 0 for uploads, which may take any time. */
  readonly requestTimeout?: number;
}

/** Throws ERR_USAGE when the port is taken. */
export async function listenStreaming(options: StreamingServer): Promise<Listening> {
  const { port, tls, clock, upgrade, requestTimeout = LIMITS.requestTimeout } = options;
  let underWay = 0;
  let idle = () => {};
  const served = () => {
    underWay -= 1;
    if (underWay === 0) idle();
  };
  const onRequest = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    underWay += 1;
    void options.serve(incoming, outgoing).then(served);
  };
  const limits = { ...LIMITS, requestTimeout };
  const server =
    tls === undefined ? createServer(limits, onRequest) : createTlsServer({ ...limits, ...tls }, onRequest);
  const upgraded = new Set<Duplex>();
  if (upgrade) {
    server.on("upgrade", (incoming, socket, head) => {
      upgraded.add(socket);
      socket.once("close", () => upgraded.delete(socket));
      void upgrade(incoming, socket, head);
    });
  }
  await bound(server, port);
  const { port: chosen } = server.address() as AddressInfo;
  return {
    port: chosen,
    url: `${tls === undefined ? "http" : "https"}://${HOST}:${chosen}`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      const grace = new AbortController();
      const waited = clock.sleep(CLOSE_GRACE, grace.signal).catch(() => {});
      const ended = new Promise<void>((resolve) => {
        idle = resolve;
        if (underWay === 0) resolve();
      });
      await Promise.race([ended, waited]);
      grace.abort();
      server.closeAllConnections();
      // Node no longer counts these among its connections.
      for (const socket of upgraded) socket.destroy();
      await closed;
    },
  };
}

function bound(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const reason = cause.code === "EADDRINUSE" ? "is in use" : `cannot be used (${cause.code})`;
      reject(
        new UsageError(
          "ERR_USAGE",
          `port ${port} ${reason}`,
          ["give another port, or 0 for a free one"],
          cause,
        ),
      );
    });
    server.listen(port, HOST, resolve);
  });
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  handler: WireHandler,
  scheme: "http" | "https",
  onBug: (thrown: unknown) => void,
): Promise<void> {
  // A client that disconnects is not our bug: without a listener its error would end the process.
  outgoing.on("error", ignore);
  try {
    const body = await read(incoming);
    if (body === undefined) write(outgoing, plain(413, "the body is too large"));
    else write(outgoing, await handler(toRequest(incoming, body, scheme)));
  } catch (thrown) {
    if (thrown instanceof ConnectionDropped || incoming.errored !== null) {
      incoming.socket.destroy();
      return;
    }
    onBug(thrown);
    write(outgoing, plain(500, "the sandbox has a bug"));
  }
}

const ignore = () => {};
const NOTHING = new Uint8Array();

async function read(incoming: IncomingMessage): Promise<Uint8Array | undefined> {
  // Most requests have no body, and awaiting an empty one costs more than the edge's whole check.
  const { "content-length": length, "transfer-encoding": encoding } = incoming.headers;
  if (length === undefined && encoding === undefined) return NOTHING;
  const chunks: Buffer[] = [];
  let size = 0;
  // If the loop ends early, the socket must stay open, because the refusal still has to be sent.
  const stream = incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > LARGEST_BODY) return undefined;
    chunks.push(chunk);
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}

function toRequest(incoming: IncomingMessage, body: Uint8Array, scheme: "http" | "https"): WireRequest {
  return { ...requestHead(incoming, scheme), body };
}

/** A request without its body. */
export function requestHead(incoming: IncomingMessage, scheme: "http" | "https"): Omit<WireRequest, "body"> {
  // Only Set-Cookie can be a list, and it has no effect in a request.
  const headers = incoming.headers as Readonly<Record<string, string>>;
  const target = incoming.url ?? "/";
  return {
    method: incoming.method ?? "GET",
    scheme,
    ...(target.startsWith("/") ? { target, headers } : fromAbsolute(target, headers)),
    remoteAddress: (incoming.socket.remoteAddress ?? HOST).replace(/^::ffff:/, ""),
  };
}

/** Absolute form, as sent to proxies, which servers must accept: the target's host overrides the header (RFC 9112, 3.2.2). */
function fromAbsolute(
  target: string,
  headers: WireRequest["headers"],
): Pick<WireRequest, "target" | "headers"> {
  const [, host, rest = ""] = /^https?:\/\/([^/?#]+)(.*)$/i.exec(target) ?? [];
  if (host === undefined) return { target, headers };
  return { target: rest.startsWith("/") ? rest : `/${rest}`, headers: { ...headers, host } };
}

function write(outgoing: ServerResponse, { status, headers, body }: WireResponse): void {
  if (outgoing.headersSent || outgoing.destroyed) return;
  // Names and values in one list: Node sends repeated names as they are, without processing each.
  const flat: string[] = [];
  const hasBody = status !== 204 && status !== 304;
  let needsLength = hasBody;
  for (const [name, value] of headers) {
    flat.push(name, value);
    if (needsLength && name.toLowerCase() === "content-length") needsLength = false;
  }
  if (needsLength) flat.push("content-length", String(Buffer.byteLength(body)));
  outgoing.writeHead(status, flat).end(hasBody ? body : undefined);
}

const plain = (status: number, body: string): WireResponse => ({
  status,
  headers: [
    ["content-type", "text/plain"],
    ["connection", "close"],
  ],
  body,
});
