/** What an input shows of a request, or of cookies without one: read, not verified. The values are credentials. */
import type { EpochSeconds } from "../time.ts";

export type CaptureForm =
  | "cookie-header"
  | "set-cookie"
  | "curl"
  /** Raw, as browsers list it, or as the `fetch` call that would make it. */
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
  /** As on the wire: never decoded. */
  readonly value: string;
  /** Only where the form tells what a browser stored; a Cookie header has none. */
  readonly stored?: StoredAttributes;
}

export interface StoredAttributes {
  /** Without a leading dot. Absent: unknown, or the host that set it. */
  readonly domain?: string;
  /** Sent back to exactly that host. */
  readonly hostOnly?: boolean;
  readonly path?: string;
  readonly secure?: boolean;
  readonly sameSite?: "Strict" | "Lax" | "None";
  readonly expires?: EpochSeconds;
  readonly partitioned?: boolean;
  /** The URL whose answer set it. */
  readonly setBy?: string;
  /** Attributes that no browser knows: other cookies that were joined to this one, mostly. */
  readonly ignored?: readonly string[];
}

export interface CapturedResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

/** What an access log keeps of an answer: enough to infer a denial, not to prove it. */
export interface LoggedAnswer {
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
  /** What followed `#`: no client sends it, and people lose credentials in it. */
  readonly fragment?: string;
  /** The viewer's address, where the form tells. */
  readonly ip?: string;
  /** In the order sent. */
  readonly cookies: readonly CapturedCookie[];
  /** Request headers that tell where the request came from; the Cookie header is in `cookies`. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly response?: CapturedResponse;
  /** Instead of `response`, where the form is a log. */
  readonly logged?: LoggedAnswer;
  /** When it was sent, where the form tells. */
  readonly sentAt?: EpochSeconds;
  /** Files that the input names and somebody else must read: curl's `-b FILE`. */
  readonly jarFiles?: readonly string[];
  /** What was passed over or looked odd, one sentence each; never a value. */
  readonly remarks: readonly string[];
}
