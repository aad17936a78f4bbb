/**
 * One request to the backend, streamed both ways, tried as often as CloudFront tries. node:http does the protocol: it
 * keeps the path's bytes and the headers' order, supports upgrades, and applies backpressure.
 */
import { Agent, type AgentOptions, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest, Agent as TlsAgent } from "node:https";
import type { Duplex, Readable } from "node:stream";
import type { Clock } from "../../seams/world.ts";
import type { Seconds } from "../../time.ts";
import { IdleTimer } from "./idle-timer.ts";
import { loopbackLookup } from "./loopback.ts";
import { OriginFailure } from "./origin-failure.ts";

export interface OriginEndpoint {
  readonly protocol: "http:" | "https:";
  readonly hostname: string;
  readonly port: number;
  /** 1 to 3. */
  readonly connectionAttempts: number;
  readonly connectionTimeout: Seconds;
  /** How long the origin may send nothing, before and during its response. */
  readonly responseTimeout: Seconds;
}

export interface OriginRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Absent: no body. */
  readonly body?: Readable;
  /** Aborts the call when the viewer goes away. */
  readonly signal: AbortSignal;
  /** Called when a timeout has passed and another attempt follows. */
  readonly onRetry?: (failure: OriginFailure, attempt: number) => void;
}

export interface OriginResponse {
  readonly origin: OriginEndpoint;
  /** Why the rest of the response cannot be read: the response itself only shows that it was aborted. */
  readonly errorCode: () => string | undefined;
  readonly response: IncomingMessage;
  /** Set if the origin switched protocols: its connection, and the first bytes read from it. */
  readonly upgraded?: { readonly socket: Duplex; readonly head: Buffer };
}

const LARGEST_HEAD = 65_536;

type Agents = ReturnType<typeof agents>;
const agents = (how: AgentOptions) => ({ "http:": new Agent(how), "https:": new TlsAgent(how) }) as const;

export class OriginClient {
  /** Reuse connections only for requests that can be sent again if the connection turns out to be closed. */
  readonly #kept = agents({ keepAlive: true });
  readonly #fresh = agents({ keepAlive: true, maxFreeSockets: 0 });
  readonly #clock: Pick<Clock, "now" | "sleep">;

  constructor(clock: Pick<Clock, "now" | "sleep">) {
    this.#clock = clock;
  }

  /** Resolves with the head of the answer. Throws OriginFailure, after the last attempt. */
  async send(origin: OriginEndpoint, request: OriginRequest): Promise<OriginResponse> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#attempt(origin, request);
      } catch (thrown) {
        if (!(thrown instanceof OriginFailure) || request.signal.aborted) throw thrown;
        if (!canRetry(thrown, request)) throw thrown;
        if (attempt >= origin.connectionAttempts) throw thrown.after(attempt);
        if (thrown.status === 504) request.onRetry?.(thrown, attempt);
      }
    }
  }

  async #attempt(origin: OriginEndpoint, request: OriginRequest): Promise<OriginResponse> {
    try {
      return await this.#once(origin, request, request.body ? this.#fresh : this.#kept);
    } catch (thrown) {
      // The backend closed an idle connection just as it was used again.
      if (!(thrown instanceof OriginFailure) || !thrown.isStaleConnection) throw thrown;
      return this.#once(origin, request, this.#fresh);
    }
  }

  close(): void {
    for (const each of [this.#kept, this.#fresh]) {
      each["http:"].destroy();
      each["https:"].destroy();
    }
  }

  #once(origin: OriginEndpoint, request: OriginRequest, agents: Agents): Promise<OriginResponse> {
    const { protocol, hostname, port, connectionTimeout, responseTimeout } = origin;
    const { method, target, headers, body, signal } = request;
    return new Promise((resolve, reject) => {
      const outgoing = (protocol === "https:" ? httpsRequest : httpRequest)({
        ...{ protocol, hostname, port, method, path: target, signal },
        agent: agents[protocol],
        headers: headers.flat(),
        maxHeaderSize: LARGEST_HEAD,
        ...loopbackLookup(hostname),
      });
      const idleTimer = new IdleTimer(this.#clock);
      const fail = (failure: OriginFailure) => {
        reject(failure);
        outgoing.destroy();
      };
      // The body is not read before there is a connection: until then another attempt can still send it.
      const send = () => {
        if (!body) return outgoing.end();
        body.on("error", (error) => outgoing.destroy(error));
        body.pipe(outgoing);
      };
      outgoing.on("socket", (socket) => {
        if (!socket.connecting) return send();
        idleTimer.start(connectionTimeout, () =>
          fail(OriginFailure.connectionTimeout(origin, connectionTimeout)),
        );
        socket.once(protocol === "https:" ? "secureConnect" : "connect", () => {
          idleTimer.stop();
          send();
        });
      });
      let hasResponse = false;
      outgoing.on("finish", () => {
        // Some backends refuse an upload before reading it.
        if (hasResponse) return;
        idleTimer.start(responseTimeout, () => fail(OriginFailure.responseTimeout(origin, responseTimeout)));
      });
      let errorCode: string | undefined;
      outgoing.on("error", (cause: NodeJS.ErrnoException) => {
        errorCode = cause.code;
        idleTimer.stop();
        reject(OriginFailure.fromError(origin, cause, outgoing.reusedSocket && body === undefined));
      });
      const responded = (received: Pick<OriginResponse, "response" | "upgraded">) => {
        hasResponse = true;
        idleTimer.stop();
        resolve({ origin, errorCode: () => errorCode, ...received });
      };
      outgoing.on("response", (response) => responded({ response }));
      outgoing.on("upgrade", (response, socket, head) => responded({ response, upgraded: { socket, head } }));
    });
  }
}

/** DG:DownloadDistValuesOrigin: other methods than GET and HEAD may have had their effect. */
function canRetry({ retryable }: OriginFailure, { method }: OriginRequest): boolean {
  return retryable === "connection" || (retryable === "response" && (method === "GET" || method === "HEAD"));
}
