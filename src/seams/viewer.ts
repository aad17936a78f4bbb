/** Requests to an edge, as a seam. Types only. */
import type { Seconds } from "../time.ts";

export interface ViewerRequest {
  readonly method: string;
  /** Sent unchanged: path and query are not normalized. */
  readonly url: string;
  /** In order, including any Cookie header. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string | Uint8Array;
  /** Connect here instead of resolving the host (`--resolve`); the Host header and TLS name stay. */
  readonly address?: { readonly host: string; readonly port?: number };
  /** PEM of an extra CA to trust (the sandbox's). */
  readonly ca?: string;
  /** For the whole response; 10 s by default. */
  readonly timeout?: Seconds;
}
export interface ViewerResponse {
  readonly status: number;
  /** Names in lower case, in order, duplicates kept. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** At most 64 KiB; the rest is not read. */
  readonly body: Uint8Array;
  readonly truncated: boolean;
  readonly address: string;
}
/**
 * Sends requests to an edge, exactly as given. Never follows redirects, never throws on an HTTP status; throws
 * ERR_UNREACHABLE only when there was no response. Names under `.localhost` resolve to loopback (RFC 6761, 6.3), which
 * Node's resolver does not do.
 */
export interface Viewer {
  send(request: ViewerRequest, signal?: AbortSignal): Promise<ViewerResponse>;
  /** All addresses of a host; absent in viewers without DNS. Throws ERR_UNREACHABLE. */
  addresses?(host: string): Promise<readonly string[]>;
}
