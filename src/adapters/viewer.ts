/**
 * Asks an edge over HTTP/1.1: exactly the bytes it was given, no redirects, no decompression. Whatever the other side
 * does, the answer is bounded in time and size.
 */
import { lookup } from "node:dns/promises";
import { readFileSync } from "node:fs";
import http, { type IncomingMessage, type RequestOptions } from "node:http";
import https from "node:https";
import { createSecureContext, rootCertificates } from "node:tls";
import { InputError, RemoteError, UsageError } from "../errors.ts";
import type { Viewer, ViewerResponse } from "../seams.ts";
import { optionsOf, rememberingPlaces } from "./request-options.ts";
import { unreachableReason } from "./unreachable.ts";

const BODY_LIMIT = 64 * 1024;
const DEFAULT_TIMEOUT_SECONDS = 10;

type Environment = Readonly<Record<string, string | undefined>>;

/** KEYTURN_CA_FILE or NODE_EXTRA_CA_CERTS: certificates to trust beside the usual ones. */
export function httpViewer(env: Environment): Required<Viewer> {
  const caFile = env.KEYTURN_CA_FILE || env.NODE_EXTRA_CA_CERTS;
  const plainAgent = new http.Agent({ keepAlive: true });
  const place = rememberingPlaces();
  const secureAgent = secureAgents(caFile ? readCa(caFile) : undefined);
  return {
    async send(request, signal) {
      const options = optionsOf(request, place(request.url));
      const transport = options.protocol === "https:" ? https : http;
      const agent = options.protocol === "https:" ? secureAgent(request.ca) : plainAgent;
      const end = endOf(request.timeout ?? DEFAULT_TIMEOUT_SECONDS, signal);
      const attempt = () => exchange(transport, { ...options, agent }, request.body, end);
      try {
        return await attempt().catch((thrown: unknown) => {
          // The server closed an idle connection in the moment we took it again: nothing was asked yet.
          if (thrown instanceof StaleConnection && isIdempotent(request.method)) return attempt();
          throw thrown;
        });
      } catch (thrown) {
        signal?.throwIfAborted();
        if (thrown instanceof TypeError) {
          throw new UsageError("ERR_USAGE", `the request cannot be sent as it stands: ${thrown.message}`, [
            "look at the URL and the header values for spaces and control characters",
          ]);
        }
        throw unreachable(thrown, options, end.isTimeout());
      } finally {
        end.release();
      }
    },
    async addresses(host) {
      if (/(?:^|\.)localhost$/i.test(host)) return ["127.0.0.1"];
      try {
        return (await lookup(host, { all: true, order: "verbatim" })).map(({ address }) => address);
      } catch (thrown) {
        const { reason, hints } = unreachableReason(thrown);
        throw new RemoteError("ERR_UNREACHABLE", `no address of ${host}: ${reason}`, hints, thrown);
      }
    },
  };
}

/** One agent for each set of trusted certificates: parsing them costs more than a request. */
function secureAgents(always: string | undefined): (extra: string | undefined) => https.Agent {
  const agents = new Map<string | undefined, https.Agent>();
  return (extra) => {
    const known = agents.get(extra);
    if (known !== undefined) return known;
    const added = [always, extra].filter((pem) => pem !== undefined);
    const trust =
      added.length === 0
        ? {}
        : { secureContext: createSecureContext({ ca: [...rootCertificates, ...added] }) };
    const agent = new https.Agent({ keepAlive: true, ...trust });
    agents.set(extra, agent);
    return agent;
  };
}

class StaleConnection extends Error {}

/** When an exchange must end. By hand: AbortSignal.timeout and any cost more than everything else about a request. */
interface End {
  /** Calls `stop` once the time is up or the signal aborted; the last one given counts. */
  onEnd(stop: () => void): void;
  readonly isTimeout: () => boolean;
  release(): void;
}

function endOf(seconds: number, signal: AbortSignal | undefined): End {
  let stop = () => {};
  let isOver = false;
  let isTimeout = false;
  const end = () => {
    isOver = true;
    stop();
  };
  const timer = setTimeout(() => {
    isTimeout = true;
    end();
  }, seconds * 1000);
  const ends = signal && endsOn(signal);
  ends?.add(end);
  if (signal?.aborted) end();
  return {
    onEnd(given) {
      stop = given;
      if (isOver) stop();
    },
    isTimeout: () => isTimeout,
    release() {
      clearTimeout(timer);
      ends?.delete(end);
    },
  };
}

/** What an abort ends: one listener for each signal, however many exchanges are under way. */
const endsBySignal = new WeakMap<AbortSignal, Set<() => void>>();

function endsOn(signal: AbortSignal): Set<() => void> {
  const known = endsBySignal.get(signal);
  if (known !== undefined) return known;
  const ends = new Set<() => void>();
  endsBySignal.set(signal, ends);
  const endAll = () => {
    for (const end of ends) end();
  };
  signal.addEventListener("abort", endAll, { once: true });
  return ends;
}

function exchange(
  transport: typeof http | typeof https,
  options: RequestOptions,
  body: string | Uint8Array | undefined,
  end: End,
): Promise<ViewerResponse> {
  return new Promise((resolve, reject) => {
    const request = transport.request(options);
    end.onEnd(() => request.destroy(new Error("the exchange was ended")));
    let isAnswered = false;
    request.on("response", (response) => {
      isAnswered = true;
      void collect(response).then(resolve);
    });
    request.on("error", (error) => {
      // Then the body broke off, and `collect` says so.
      if (isAnswered) return;
      const isStale = request.reusedSocket && "code" in error && error.code === "ECONNRESET";
      reject(isStale ? new StaleConnection("reset", { cause: error }) : error);
    });
    request.end(body);
  });
}

/** Whatever arrived counts: an answer that breaks off after its header is an answer, cut short. */
function collect(response: IncomingMessage): Promise<ViewerResponse> {
  return new Promise((resolve) => {
    const address = response.socket.remoteAddress ?? "";
    const chunks: Uint8Array[] = [];
    let size = 0;
    const done = (truncated: boolean) => {
      if (truncated) response.destroy();
      resolve({
        status: response.statusCode ?? 0,
        headers: pairs(response.rawHeaders),
        body: Buffer.concat(chunks).subarray(0, BODY_LIMIT),
        truncated,
        address,
      });
    };
    response.on("data", (chunk: Uint8Array) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > BODY_LIMIT) done(true);
    });
    response.on("end", () => done(false));
    response.on("error", () => done(true));
    response.on("aborted", () => done(true));
  });
}

function pairs(raw: readonly string[]): [name: string, value: string][] {
  const headers: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    headers.push([(raw[at] as string).toLowerCase(), raw[at + 1] as string]);
  }
  return headers;
}

function isIdempotent(method: string): boolean {
  return ["GET", "HEAD", "OPTIONS"].includes(method);
}

/** Names the host only: the query of a signed URL is a credential. */
function unreachable(
  thrown: unknown,
  options: RequestOptions & { protocol: string },
  timedOut: boolean,
): RemoteError {
  const where = `${options.protocol}//${options.host}:${options.port}`;
  const { reason, hints } = timedOut
    ? { reason: "it did not answer in time", hints: [] }
    : unreachableReason(thrown);
  return new RemoteError("ERR_UNREACHABLE", `no answer from ${where}: ${reason}`, hints, thrown);
}

function readCa(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new InputError("ERR_FILE_UNREADABLE", `the CA file ${path} cannot be read`, [
      "KEYTURN_CA_FILE (or NODE_EXTRA_CA_CERTS) names it: correct or unset it",
    ]);
  }
}
