/**
 * Reads the response to one request out of its connection's bytes (RFC 9112), however they are cut. Node's own client
 * costs three times as much, most of it for streams that a bounded answer does not need; it is the judge in the tests.
 */
import type { ViewerResponse } from "../seams.ts";
import { NOT_IN_VALUES, TOKEN } from "./request-head.ts";

/** Of the header, and of any line. */
const MOST_HEADER = 16 * 1024;
/** Of the body that is kept; the rest is not read. */
const MOST_BODY = 64 * 1024;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const NOTHING = Buffer.alloc(0);
const SWITCHING_PROTOCOLS = 101;
/** Whatever their headers say (RFC 9112, 6.3). */
const BODILESS: ReadonlySet<number> = new Set([SWITCHING_PROTOCOLS, 204, 304]);

/** The bytes are no response: `NOT_HTTP`, or more headers than are read: `HEADERS_TOO_LONG`. */
export class UnreadableResponse extends Error {
  readonly code: "NOT_HTTP" | "HEADERS_TOO_LONG";

  constructor(code: UnreadableResponse["code"]) {
    super(code);
    this.code = code;
  }
}

/** What comes next. A body's end is known by its length, by its chunks, or by the end of the connection. */
type Next = "status" | "header" | "body" | "chunk-size" | "chunk-end" | "trailer" | "nothing";

export class ResponseReader {
  readonly #isHead: boolean;
  #next: Next = "status";
  /** A line that has not ended yet. */
  #begun: Buffer = NOTHING;
  #headerBytes = 0;
  #version = "";
  #status = 0;
  #headers: [name: string, value: string][] = [];
  #isChunked = false;
  /** Bytes that are missing of the body or the chunk; Infinity: until the connection ends. */
  #missing = 0;
  readonly #body: Buffer[] = [];
  #bodyBytes = 0;
  #isTruncated = false;
  #keepsConnection = false;

  constructor(method: string) {
    this.#isHead = method === "HEAD";
  }

  /** Nothing more is read. */
  get isDone(): boolean {
    return this.#next === "nothing";
  }
  /** From here on there is an answer, however it breaks off. */
  get hasHeader(): boolean {
    return this.#next !== "status" && this.#next !== "header";
  }
  get hasBegun(): boolean {
    return this.#status !== 0 || this.#begun.length > 0;
  }
  /** The connection can take another request. */
  get keepsConnection(): boolean {
    return this.isDone && this.#keepsConnection;
  }
  get response(): Omit<ViewerResponse, "address"> {
    return {
      status: this.#status,
      headers: this.#headers,
      body: this.#body.length === 1 ? (this.#body[0] as Buffer) : Buffer.concat(this.#body),
      truncated: this.#isTruncated,
    };
  }

  /** Throws UnreadableResponse; what is wrong after the header cuts the answer short instead. */
  push(bytes: Buffer): void {
    let rest = this.#begun.length === 0 ? bytes : Buffer.concat([this.#begun, bytes]);
    this.#begun = NOTHING;
    while (rest.length > 0 && !this.isDone) {
      if (this.#next === "body") {
        const part = rest.subarray(0, this.#missing);
        rest = rest.subarray(part.length);
        this.#next = this.#afterBody(part);
        continue;
      }
      const end = rest.indexOf(LINE_FEED);
      const length = end === -1 ? rest.length : end + 1;
      if (this.#headerBytes + length > MOST_HEADER) {
        this.#next = this.#refused("HEADERS_TOO_LONG");
      } else if (end === -1) {
        this.#begun = rest;
        return;
      } else {
        this.#headerBytes += length;
        const line = rest.toString("latin1", 0, rest[end - 1] === CARRIAGE_RETURN ? end - 1 : end);
        rest = rest.subarray(length);
        this.#next = this.#afterLine(line);
      }
    }
    // It answers what nobody asked.
    if (rest.length > 0) this.#keepsConnection = false;
  }

  /** The connection ended, or is given up: what has come is all there is. */
  end(): void {
    if (this.isDone || !this.hasHeader) return;
    this.#keepsConnection = false;
    this.#next = this.#missing === Number.POSITIVE_INFINITY ? "nothing" : this.#cutShort();
  }

  #cutShort(): Next {
    this.#isTruncated = true;
    this.#keepsConnection = false;
    return "nothing";
  }

  #refused(code: UnreadableResponse["code"]): Next {
    if (!this.hasHeader) throw new UnreadableResponse(code);
    return this.#cutShort();
  }

  #afterLine(line: string): Next {
    switch (this.#next) {
      case "status":
        return this.#afterStatus(line);
      case "header":
        return line === "" ? this.#afterHeader() : this.#afterField(line);
      case "chunk-size":
        return this.#afterChunkSize(line);
      case "chunk-end":
        return line === "" ? "chunk-size" : this.#refused("NOT_HTTP");
      default:
        // Trailers are read past.
        return line === "" ? "nothing" : "trailer";
    }
  }

  #afterStatus(line: string): Next {
    const [, version, status] = /^HTTP\/(1\.[01]) (\d{3})(?: |$)/.exec(line) ?? [];
    if (version === undefined) return this.#refused("NOT_HTTP");
    this.#version = version;
    this.#status = Number(status);
    return "header";
  }

  #afterField(line: string): Next {
    const last = this.#headers.at(-1);
    const isContinued = last !== undefined && /^[ \t]/.test(line);
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon));
    const value = withoutBlanks(isContinued ? line : line.slice(colon + 1));
    if (NOT_IN_VALUES.test(value) || !(isContinued || TOKEN.test(name))) return this.#refused("NOT_HTTP");
    if (isContinued) last[1] = `${last[1]} ${value}`;
    else this.#headers.push([name.toLowerCase(), value]);
    return "header";
  }

  #afterHeader(): Next {
    this.#headerBytes = 0;
    if (this.#status < 200 && this.#status !== SWITCHING_PROTOCOLS) return this.#afterInterim();
    const codings = this.#tokensOf("transfer-encoding");
    const [length, ...others] = new Set(this.#tokensOf("content-length"));
    if (others.length > 0 || !/^\d{1,15}$/.test(length ?? "0")) return this.#refused("NOT_HTTP");
    const options = this.#tokensOf("connection");
    const isKept = this.#version === "1.1" ? !options.includes("close") : options.includes("keep-alive");
    // A length beside a coding is how one response is made to look like two (RFC 9112, 6.3).
    const isOneOnly = codings.length === 0 || length === undefined;
    this.#keepsConnection = isKept && isOneOnly && this.#status !== SWITCHING_PROTOCOLS;
    if (this.#isHead || BODILESS.has(this.#status)) return "nothing";
    if (codings.at(-1) === "chunked") {
      this.#isChunked = true;
      return "chunk-size";
    }
    this.#missing = codings.length > 0 || length === undefined ? Number.POSITIVE_INFINITY : Number(length);
    return this.#missing === 0 ? "nothing" : "body";
  }

  /** The true answer follows. */
  #afterInterim(): Next {
    this.#status = 0;
    this.#headers = [];
    return "status";
  }

  #afterChunkSize(line: string): Next {
    const size = /^([\da-f]{1,12})[ \t]*(?:;|$)/i.exec(line)?.[1];
    if (size === undefined) return this.#refused("NOT_HTTP");
    this.#headerBytes = 0;
    this.#missing = Number.parseInt(size, 16);
    return this.#missing === 0 ? "trailer" : "body";
  }

  #afterBody(part: Buffer): Next {
    this.#missing -= part.length;
    this.#body.push(part.subarray(0, MOST_BODY - this.#bodyBytes));
    this.#bodyBytes += part.length;
    if (this.#bodyBytes > MOST_BODY) return this.#cutShort();
    if (this.#missing > 0) return "body";
    return this.#isChunked ? "chunk-end" : "nothing";
  }

  #tokensOf(wanted: string): string[] {
    const tokens: string[] = [];
    for (const [name, value] of this.#headers) {
      if (name === wanted)
        for (const token of value.split(",")) tokens.push(withoutBlanks(token).toLowerCase());
    }
    return tokens;
  }
}

/** By hand: a pattern that ends in blanks would look at a long run of them once for each. */
function withoutBlanks(text: string): string {
  let from = 0;
  let to = text.length;
  while (isBlank(text.charCodeAt(from))) from += 1;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

const isBlank = (code: number): boolean => code === 32 || code === 9;
