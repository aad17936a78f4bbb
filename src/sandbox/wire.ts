/** HTTP as values: the sandbox's servers are pure handlers; `listen.ts` puts them on a socket, tests call them directly. */

export interface WireRequest {
  readonly method: string;
  readonly scheme: "http" | "https";
  /** Raw request target: path and query as they came. */
  readonly target: string;
  /** Names in lower case; repeated ones joined as Node joins them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The peer's address, IPv4 where it is mapped. */
  readonly remoteAddress: string;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Uint8Array;
}

export type WireHandler = (request: WireRequest) => Promise<WireResponse>;

/** Thrown by a handler under fault: the connection is destroyed without an answer. */
export class ConnectionDropped extends Error {}
