/** HTTP as values: the sandbox's servers are pure handlers; `listen.ts` puts them on a socket, tests call them directly. */

export interface WireRequest {
  readonly method: string;
  readonly scheme: "http" | "https";
  /** Raw request target: path and query as received. */
  readonly target: string;
  /** Names in lower case; repeated ones are joined as in Node. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The peer's address, as IPv4 if it is a mapped address. */
  readonly remoteAddress: string;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | Uint8Array;
}

export type WireHandler = (request: WireRequest) => Promise<WireResponse>;

/** Thrown by a handler with a fault: the connection is destroyed without a response. */
export class ConnectionDropped extends Error {}
