/**
 * One request to the backend, streamed both ways. node:http does the protocol: it keeps the path's bytes and the headers'
 * order as given, upgrades, and stops reading where the other side is slow.
 */
import {
  Agent,
  type AgentOptions,
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
} from "node:http";
import { request as httpsRequest, Agent as TlsAgent } from "node:https";
import type { Duplex, Readable } from "node:stream";
import type { Clock } from "../../seams.ts";
import type { Seconds } from "../../time.ts";
import { OriginFailure } from "./origin-failure.ts";
import { Silence } from "./silence.ts";

export interface Origin {
  readonly protocol: "http:" | "https:";
  readonly hostname: string;
  readonly port: number;
  /** How long the origin may be silent before and within its answer. */
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
}

export type OriginAnswer =
  | { readonly response: IncomingMessage; readonly request: ClientRequest }
  | { readonly response: IncomingMessage; readonly socket: Duplex; readonly head: Buffer };

const CONNECT_TIMEOUT: Seconds = 10;
const LARGEST_HEAD = 65_536;

type Agents = ReturnType<typeof agents>;
const agents = (how: AgentOptions) => ({ "http:": new Agent(how), "https:": new TlsAgent(how) }) as const;

export class OriginCaller {
  /** Kept connections are for requests that can be sent again when one turns out to be closed. */
  readonly #kept = agents({ keepAlive: true });
  readonly #fresh = agents({ keepAlive: true, maxFreeSockets: 0 });
  readonly #clock: Pick<Clock, "now" | "sleep">;

  constructor(clock: Pick<Clock, "now" | "sleep">) {
    this.#clock = clock;
  }

  /** Resolves with the head of the answer. Throws OriginFailure. */
  async call(origin: Origin, request: OriginRequest): Promise<OriginAnswer> {
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

  #once(origin: Origin, request: OriginRequest, agents: Agents): Promise<OriginAnswer> {
    const { protocol, hostname, port, responseTimeout } = origin;
    const { method, target, headers, body, signal } = request;
    return new Promise((resolve, reject) => {
      const send = protocol === "https:" ? httpsRequest : httpRequest;
      const outgoing = send({
        ...{ protocol, hostname, port, method, path: target, signal },
        agent: agents[protocol],
        headers: headers.flat(),
        maxHeaderSize: LARGEST_HEAD,
        // Names under .localhost are loopback, which resolvers outside browsers do not know (RFC 6761, 6.3).
        ...(/(^|\.)localhost$/i.test(hostname) && { hostname: "127.0.0.1", servername: hostname }),
      });
      const silence = new Silence(this.#clock);
      const fail = (failure: OriginFailure) => {
        reject(failure);
        outgoing.destroy();
      };
      const isSent = () =>
        silence.start(responseTimeout, () => fail(OriginFailure.silent(origin, responseTimeout)));
      outgoing.on("socket", (socket) => {
        if (!socket.connecting) return;
        silence.start(CONNECT_TIMEOUT, () => fail(OriginFailure.unreached(origin, CONNECT_TIMEOUT)));
        socket.once(protocol === "https:" ? "secureConnect" : "connect", () => {
          if (outgoing.writableFinished) isSent();
          else silence.stop();
        });
      });
      outgoing.on("finish", () => {
        if (!outgoing.socket?.connecting) isSent();
      });
      outgoing.on("error", (cause: NodeJS.ErrnoException) => {
        silence.stop();
        reject(OriginFailure.of(origin, cause, outgoing.reusedSocket && body === undefined));
      });
      outgoing.on("response", (response) => {
        silence.stop();
        resolve({ response, request: outgoing });
      });
      outgoing.on("upgrade", (response, socket, head) => {
        silence.stop();
        resolve({ response, socket, head });
      });
      if (body) {
        body.on("error", (error) => outgoing.destroy(error));
        body.pipe(outgoing);
      } else outgoing.end();
    });
  }
}
