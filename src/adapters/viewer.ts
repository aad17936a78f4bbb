/**
 * Asks an edge over HTTP/1.1: exactly the bytes it was given, no redirects, no decompression. Whatever the other side
 * does, the answer is bounded in time and size.
 */
import { lookup } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import { InputError, RemoteError } from "../errors.ts";
import type { Viewer, ViewerRequest } from "../seams.ts";
import { type Destination, type End, keptConnections, StaleConnection } from "./connections.ts";
import { headOf, type Place, rememberingPlaces, serverNameOf } from "./request-head.ts";
import { unreachableReason } from "./unreachable.ts";

const DEFAULT_TIMEOUT_SECONDS = 10;

type Environment = Readonly<Record<string, string | undefined>>;

/** KEYTURN_CA_FILE or NODE_EXTRA_CA_CERTS: certificates to trust beside the usual ones. */
export function httpViewer(env: Environment): Required<Viewer> {
  const caFile = env.KEYTURN_CA_FILE || env.NODE_EXTRA_CA_CERTS;
  const trust = trusting(caFile ? readCa(caFile) : undefined);
  const placeOf = rememberingPlaces();
  const exchange = keptConnections();
  return {
    async send(request, signal) {
      const place = placeOf(request.url);
      const { method, body } = request;
      const sent = { method, body, head: headOf(request, place) };
      const to = destinationOf(request, place, trust);
      const end = endOf(request.timeout ?? DEFAULT_TIMEOUT_SECONDS, signal);
      try {
        return await exchange(to, sent, end).catch((thrown: unknown) => {
          if (thrown instanceof StaleConnection && isIdempotent(method)) return exchange(to, sent, end);
          throw thrown;
        });
      } catch (thrown) {
        signal?.throwIfAborted();
        throw unreachable(thrown, place, to, end.isTimeout());
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

function destinationOf(
  request: ViewerRequest,
  place: Place,
  trust: (extra: string | undefined) => SecureContext,
): Destination {
  const { address, ca } = request;
  return {
    host: address?.host ?? (/(^|\.)localhost$/i.test(place.host) ? "127.0.0.1" : place.host),
    port: address?.port ?? place.port,
    ...(place.protocol === "https:" && { tls: { name: serverNameOf(request, place), trust: trust(ca) } }),
  };
}

/** One context for each set of trusted certificates: parsing them costs more than a request. */
function trusting(always: string | undefined): (extra: string | undefined) => SecureContext {
  const contexts = new Map<string | undefined, SecureContext>();
  return (extra) => {
    const known = contexts.get(extra);
    if (known !== undefined) return known;
    const added = [always, extra].filter((pem) => pem !== undefined);
    const context = createSecureContext(added.length === 0 ? {} : { ca: [...rootCertificates, ...added] });
    contexts.set(extra, context);
    return context;
  };
}

interface Deadline extends End {
  readonly isTimeout: () => boolean;
  release(): void;
}

/** The time is up or the signal aborted. By hand: AbortSignal.timeout and any cost more than all else about a request. */
function endOf(seconds: number, signal: AbortSignal | undefined): Deadline {
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

function isIdempotent(method: string): boolean {
  return ["GET", "HEAD", "OPTIONS"].includes(method);
}

/** Names the host only: the query of a signed URL is a credential. */
function unreachable(
  thrown: unknown,
  { protocol }: Place,
  { host, port }: Destination,
  timedOut: boolean,
): RemoteError {
  const { reason, hints } = timedOut
    ? { reason: "it did not answer in time", hints: [] }
    : unreachableReason(thrown);
  return new RemoteError(
    "ERR_UNREACHABLE",
    `no answer from ${protocol}//${host}:${port}: ${reason}`,
    hints,
    thrown,
  );
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
