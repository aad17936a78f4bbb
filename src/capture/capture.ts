/** What an input reveals of a request, or of cookies alone: read, not verified. The values are credentials. */
import type { EpochSeconds } from "../time.ts";

export type CaptureForm =
  | "cookie-header"
  | "set-cookie"
  | "curl"
  /** Raw, as browsers list it, or as the `fetch` call that makes it. */
  | "http-request"
  | "cookie-jar"
  | "har"
  | "storage-state"
  | "cookie-json"
  | "environment"
  | "signed-url"
  | "policy";

export interface CapturedCookie {
  readonly name: string;
  /** As on the wire, never decoded. */
  readonly value: string;
  /** Only in formats that show what a browser stored; a Cookie header does not. */
  readonly stored?: StoredAttributes;
}

export interface StoredAttributes {
  /** Without a leading dot. Absent: unknown, or the host that set it. */
  readonly domain?: string;
  /** Sent back only to that exact host. */
  readonly hostOnly?: boolean;
  readonly path?: string;
  readonly secure?: boolean;
  readonly sameSite?: "Strict" | "Lax" | "None";
  readonly expires?: EpochSeconds;
  readonly partitioned?: boolean;
  /** The URL whose response set it. */
  readonly setBy?: string;
  /** Attributes that no browser knows, usually other cookies joined to this one. */
  readonly ignored?: readonly string[];
}

export interface CapturedResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** What an access log records of a response: enough to infer a denial, not to prove it. */
export interface LoggedResponse {
  readonly status: number;
  readonly contentType?: string;
  /** sc-content-len. */
  readonly length?: number;
}

export interface CapturedRequest {
  readonly form: CaptureForm;
  /** For a person: `HAR entry 12 of 40`. */
  readonly source: string;
  readonly method?: string;
  /** As written, without a fragment. */
  readonly url?: string;
  /** What follows the `#`: clients never send it, and people lose credentials in it. */
  readonly fragment?: string;
  /** The viewer's address, if the format records it. */
  readonly ip?: string;
  /** In the order sent. */
  readonly cookies: readonly CapturedCookie[];
  /** Request headers that show where the request came from; the Cookie header is in `cookies`. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly response?: CapturedResponse;
  /** Replaces `response` if the input is a log. */
  readonly logged?: LoggedResponse;
  /** When it was sent, if the format records it. */
  readonly sentAt?: EpochSeconds;
  /** Files that the input names and the caller must read: curl's `-b FILE`. */
  readonly jarFiles?: readonly string[];
  /** What was skipped or looked odd, one sentence each; never a value. */
  readonly remarks: readonly string[];
}
