/**
 * Sends requests to an edge with node:http: exactly what it was given, no redirects, no decompression. Whatever the
 * server does, the response is bounded in time and size.
 */
import { lookup } from "node:dns/promises";
import { setMaxListeners } from "node:events";
import { readFileSync } from "node:fs";
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { createSecureContext, rootCertificates, TLSSocket } from "node:tls";
import { InputError, RemoteError } from "../errors.ts";
import type { Viewer, ViewerRequest, ViewerResponse } from "../seams/viewer.ts";
import { requestOptions, type SplitUrl, urlForRequest } from "./request-options.ts";
import { unreachableReason } from "./unreachable.ts";

const DEFAULT_TIMEOUT_SECONDS = 10;
/** How much of the body is kept; the rest is not read. */
const MAX_BODY_BYTES = 64 * 1024;

type Environment = Readonly<Record<string, string | undefined>>;

/** KEYTURN_CA_FILE or NODE_EXTRA_CA_CERTS: extra certificates to trust. */
export function httpViewer(env: Environment): Required<Viewer> {
  const caFile = env.KEYTURN_CA_FILE || env.NODE_EXTRA_CA_CERTS;
  const plain = new HttpAgent({ keepAlive: true });
  const secure = secureAgents(caFile ? readCa(caFile) : undefined);
  return {
    async send(request, signal) {
      const url = urlForRequest(request.url);
      const options = requestOptions(request, url);
      const start = () =>
        url.protocol === "https:"
          ? httpsRequest({ ...options, agent: secure(request.ca) })
          : httpRequest({ ...options, agent: plain });
      const deadline = deadlineOf(request.timeout ?? DEFAULT_TIMEOUT_SECONDS, signal);
      try {
        return await exchange(start(), request, deadline).catch((thrown: unknown) => {
          if (thrown instanceof StaleConnection) return exchange(start(), request, deadline);
          throw thrown;
        });
      } catch (thrown) {
        signal?.throwIfAborted();
        throw unreachable(thrown, url, `${options.host}:${options.port}`, deadline.isTimeout());
      } finally {
        deadline.release();
      }
    },
    async addresses(host) {
      if (/(?:^|\.)localhost$/i.test(host)) return ["127.0.0.1"];
      try {
        return (await lookup(host, { all: true, order: "verbatim" })).map(({ address }) => address);
      } catch (thrown) {
        const { reason, hints } = unreachableReason(thrown);
        throw new RemoteError("ERR_UNREACHABLE", `no address for ${host}: ${reason}`, hints, thrown);
      }
    },
  };
}

/** One agent per set of trusted certificates, so that a connection is never reused under different trust. */
function secureAgents(always: string | undefined): (extra: string | undefined) => HttpsAgent {
  const agents = new Map<string | undefined, HttpsAgent>();
  return (extra) => {
    const known = agents.get(extra);
    if (known !== undefined) return known;
    const added = [always, extra].filter((pem) => pem !== undefined);
    const secureContext = createSecureContext(
      added.length === 0 ? {} : { ca: [...rootCertificates, ...added] },
    );
    const agent = new HttpsAgent({ keepAlive: true, secureContext, ALPNProtocols: ["http/1.1"] });
    agents.set(extra, agent);
    return agent;
  };
}

/** The server closed an idle connection just as it was reused: the request may be sent once more. */
class StaleConnection extends Error {}

/** Rejects with the network's error or StaleConnection if no complete header arrived. */
function exchange(
  sending: ClientRequest,
  { method, body }: ViewerRequest,
  deadline: Deadline,
): Promise<ViewerResponse> {
  return new Promise((resolve, reject) => {
    let received: Received | undefined;
    const finish = (isComplete: boolean): void => {
      if (received !== undefined) resolve(received.response(isComplete));
    };
    const accept = (response: IncomingMessage): void => {
      received = new Received(response);
      response.on("data", (bytes: Buffer) => {
        if (received?.add(bytes) !== "full") return;
        finish(false);
        sending.destroy();
      });
      response.once("end", () => finish(true));
      response.on("error", () => finish(false));
    };
    const fail = (error: Error): void => {
      if (received !== undefined) return;
      const isStale = sending.reusedSocket && isClosed(error) && isIdempotent(method);
      reject(isStale ? new StaleConnection("closed while idle", { cause: error }) : error);
    };
    sending.on("response", accept);
    // Read nothing after a protocol switch.
    const acceptUpgrade = (response: IncomingMessage): void => {
      accept(response);
      finish(true);
      sending.destroy();
    };
    sending.on("upgrade", acceptUpgrade).on("connect", acceptUpgrade);
    sending.on("error", fail);
    sending.once("close", () => (received === undefined ? fail(new Error("closed")) : finish(false)));
    sending.once("socket", (socket) => {
      const send = () => sending.end(body === undefined ? undefined : Buffer.from(body));
      // Cookies must not reach a server before its certificate is verified.
      if (socket instanceof TLSSocket && !sending.reusedSocket) socket.once("secureConnect", send);
      else send();
    });
    deadline.onEnd(() => {
      finish(false);
      sending.destroy(new Error("the exchange has ended"));
    });
  });
}

/** A response's header and the body received so far. */
class Received {
  readonly #response: IncomingMessage;
  readonly #address: string;
  readonly #body: Buffer[] = [];
  #bytes = 0;

  constructor(response: IncomingMessage) {
    this.#response = response;
    this.#address = response.socket.remoteAddress ?? "";
  }

  add(bytes: Buffer): "full" | "open" {
    this.#body.push(bytes.subarray(0, Math.max(0, MAX_BODY_BYTES - this.#bytes)));
    this.#bytes += bytes.length;
    return this.#bytes > MAX_BODY_BYTES ? "full" : "open";
  }

  response(isComplete: boolean): ViewerResponse {
    const raw = this.#response.rawHeaders;
    const headers: [name: string, value: string][] = [];
    for (let at = 0; at + 1 < raw.length; at += 2)
      headers.push([(raw[at] as string).toLowerCase(), raw[at + 1] as string]);
    return {
      status: this.#response.statusCode as number,
      headers,
      body: Buffer.concat(this.#body),
      truncated: !isComplete,
      address: this.#address,
    };
  }
}

interface Deadline {
  /** Calls the latest `stop` when the time is up or the signal aborts. */
  onEnd(stop: () => void): void;
  isTimeout(): boolean;
  release(): void;
}

/** Covers both attempts of an exchange. */
function deadlineOf(seconds: number, signal: AbortSignal | undefined): Deadline {
  let stop = () => {};
  let ending: "timeout" | "abort" | undefined;
  const end = (how: "timeout" | "abort") => {
    ending ??= how;
    stop();
  };
  const abort = () => end("abort");
  const timer = setTimeout(() => end("timeout"), seconds * 1000);
  if (signal !== undefined) {
    // One listener per request in flight: a probe has dozens.
    setMaxListeners(0, signal);
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
  }
  return {
    onEnd(given) {
      stop = given;
      if (ending !== undefined) stop();
    },
    isTimeout: () => ending === "timeout",
    release() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    },
  };
}

const isIdempotent = (method: string): boolean => ["GET", "HEAD", "OPTIONS"].includes(method);

const isClosed = (error: Error): boolean =>
  "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");

/** Names only the host: a signed URL's query is a credential. */
function unreachable(thrown: unknown, { protocol }: SplitUrl, place: string, timedOut: boolean): RemoteError {
  const { reason, hints } = timedOut
    ? { reason: "it did not answer in time", hints: [] }
    : unreachableReason(thrown);
  return new RemoteError("ERR_UNREACHABLE", `no answer from ${protocol}//${place}: ${reason}`, hints, thrown);
}

function readCa(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new InputError("ERR_FILE_UNREADABLE", `the CA file ${path} cannot be read`, [
      "set by KEYTURN_CA_FILE (or NODE_EXTRA_CA_CERTS): correct or unset it",
    ]);
  }
}
