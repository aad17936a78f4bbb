/** Connections to edges and origins: one request at a time on each, kept for the next one to the same place. */
import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectSecure, type SecureContext } from "node:tls";
import type { ViewerResponse } from "../seams.ts";
import { ResponseReader } from "./response-reader.ts";

export interface Destination {
  readonly host: string;
  readonly port: number;
  /** Over TLS, whose certificate must be for `name` (the host itself where it is undefined), by these authorities. */
  readonly tls?: { readonly name: string | undefined; readonly trust: SecureContext };
}

export interface Sent {
  readonly method: string;
  /** Request line and headers, Latin-1. */
  readonly head: string;
  readonly body: string | Uint8Array | undefined;
}

/** When an exchange must end. */
export interface End {
  /** Calls `stop` once it must; the last one given counts. */
  onEnd(stop: () => void): void;
}

/** The other side closed an idle connection in the moment it was used again: nothing was answered. */
export class StaleConnection extends Error {}

/** Rejects with the network's error, UnreadableResponse or StaleConnection when there was no answer. */
export type Exchange = (to: Destination, sent: Sent, end: End) => Promise<ViewerResponse>;

/** Nobody is kept waiting by connections that are idle: they do not keep the process alive. */
export function keptConnections(): Exchange {
  const idle = new Map<SecureContext | undefined, Map<string, Connection[]>>();
  const idleAt = ({ host, port, tls }: Destination): Connection[] => {
    const places = idle.get(tls?.trust) ?? new Map<string, Connection[]>();
    idle.set(tls?.trust, places);
    const place = `${host} ${port} ${tls?.name ?? ""}`;
    const connections = places.get(place) ?? [];
    places.set(place, connections);
    return connections;
  };
  return (to, sent, end) => {
    const connections = idleAt(to);
    const connection = connections.pop() ?? new Connection(to, connections);
    return connection.exchange(sent, end);
  };
}

interface Asked {
  readonly reader: ResponseReader;
  readonly resolve: (response: ViewerResponse) => void;
  readonly reject: (error: Error) => void;
}

class Connection {
  readonly #socket: Socket;
  /** Where it waits between requests. */
  readonly #idle: Connection[];
  readonly #readyEvent: "connect" | "secureConnect";
  #asked: Asked | undefined;
  #isReady = false;
  #address = "";
  /** It has answered before. */
  #isUsed = false;

  constructor({ host, port, tls }: Destination, idle: Connection[]) {
    this.#idle = idle;
    this.#socket =
      tls === undefined
        ? connectPlain({ host, port, noDelay: true })
        : connectSecure({
            host,
            port,
            ...(tls.name === undefined ? {} : { servername: tls.name }),
            secureContext: tls.trust,
            ALPNProtocols: ["http/1.1"],
          });
    this.#readyEvent = tls === undefined ? "connect" : "secureConnect";
    this.#socket.once(this.#readyEvent, () => {
      this.#isReady = true;
      this.#address = this.#socket.remoteAddress ?? "";
    });
    this.#socket.on("data", (bytes) => this.#read(bytes));
    this.#socket.on("end", () => this.#end(hungUp()));
    this.#socket.on("close", () => this.#end(hungUp()));
    this.#socket.on("error", (error) => this.#end(error));
  }

  exchange(sent: Sent, end: End): Promise<ViewerResponse> {
    return new Promise((resolve, reject) => {
      this.#asked = { reader: new ResponseReader(sent.method), resolve, reject };
      end.onEnd(() => this.#end(new Error("the exchange was ended")));
      // Cookies go to nobody whose certificate was not checked.
      if (this.#isReady) this.#write(sent);
      else this.#socket.once(this.#readyEvent, () => this.#write(sent));
    });
  }

  #write({ head, body }: Sent): void {
    if (this.#isUsed) this.#socket.ref();
    if (body === undefined) this.#socket.write(head, "latin1");
    else {
      this.#socket.cork();
      this.#socket.write(head, "latin1");
      this.#socket.write(body);
      this.#socket.uncork();
    }
  }

  #read(bytes: Buffer): void {
    const reader = this.#asked?.reader;
    try {
      reader?.push(bytes);
    } catch (thrown) {
      this.#end(thrown as Error);
      return;
    }
    if (reader === undefined) this.#end(new Error("it answers what nobody asked"));
    else if (reader.isDone) this.#answer(reader);
  }

  #answer(reader: ResponseReader): void {
    const { resolve } = this.#asked as Asked;
    this.#asked = undefined;
    if (reader.keepsConnection) {
      this.#isUsed = true;
      this.#socket.unref();
      this.#idle.push(this);
    } else this.#socket.destroy();
    resolve({ ...reader.response, address: this.#address });
  }

  /** However it comes about: what has arrived is an answer, cut short, once its header is whole. */
  #end(why: Error): void {
    const at = this.#idle.indexOf(this);
    if (at !== -1) this.#idle.splice(at, 1);
    this.#socket.destroy();
    if (this.#asked === undefined) return;
    const { reader, reject } = this.#asked;
    reader.end();
    if (reader.isDone) {
      this.#answer(reader);
      return;
    }
    this.#asked = undefined;
    const isStale = this.#isUsed && !reader.hasBegun && isClosing(why);
    reject(isStale ? new StaleConnection("closed while it was idle", { cause: why }) : why);
  }
}

const isClosing = (error: Error): boolean =>
  "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");

const hungUp = (): Error =>
  Object.assign(new Error("the other side closed the connection"), { code: "ECONNRESET" });
