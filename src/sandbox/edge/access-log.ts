/**
 * The edge's access log, in the real format: the second in which a request ended, `-` for an absent value, and in v1
 * every `~` of a signature as `%7E` (DG:standard-logs-reference). It contains cookies, which are usable credentials, so
 * it stays in memory. Unknown for the real service: here the detailed result type of a signing denial is `Error`.
 */
import type { EpochSeconds } from "../../time.ts";
import type { WireRequest } from "../wire.ts";
import type { EdgeResponse } from "./edge-responses.ts";

export interface LoggedExchange {
  readonly at: EpochSeconds;
  readonly requestId: string;
  readonly pop: string;
  readonly viewerAddress: string;
  /** The distribution's own domain name; the viewer's Host is in the request. */
  readonly distributionHost: string;
  readonly request: WireRequest;
  /** Before HEAD removed its body. */
  readonly answer: EdgeResponse;
  /** Whether the origin answered, which takes longer. */
  readonly originCalled: boolean;
  /** The detailed result type, if it differs from the result type: `ClientGeoBlocked`, `InvalidRequestMethod`. */
  readonly detail?: string;
}

/** Standard logging v1, in its order. */
const FIELDS: readonly string[] =
  "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end".split(
    " ",
  );

/** A line by field name, without encoding; absent fields are left out. */
export type AccessLogLine = Readonly<Record<string, string>>;

export class AccessLog {
  readonly #limit: number;
  readonly #ring: AccessLogLine[] = [];
  #total = 0;

  /** Keeps the last `limit` lines. */
  constructor(limit = 50_000) {
    this.#limit = limit;
  }

  add(logged: LoggedExchange): void {
    this.#ring[this.#total % this.#limit] = lineOf(logged);
    this.#total += 1;
  }

  /** Whether it still holds every request since the start. */
  get isWhole(): boolean {
    return this.#total <= this.#limit;
  }

  /** Lines added after the first `count`, and the new total; lines no longer kept are left out. */
  after(count: number): { readonly lines: readonly AccessLogLine[]; readonly total: number } {
    const first = Math.max(count, this.#total - this.#limit);
    const lines = Array.from(
      { length: this.#total - first },
      (_, at) => this.#ring[(first + at) % this.#limit] as AccessLogLine,
    );
    return { lines, total: this.#total };
  }

  v1(): string {
    return v1Text(this.#ring);
  }
  json(): string {
    return jsonText(this.#ring);
  }
}

/** As v1 has it, unpacked; out of order, as real lines are. */
export function v1Text(lines: readonly AccessLogLine[]): string {
  const rows = shuffled(lines).map((line) => FIELDS.map((name) => v1Cell(name, line[name])).join("\t"));
  return ["#Version: 1.0", `#Fields: ${FIELDS.join(" ")}`, ...rows, ""].join("\n");
}

/** As v2 has it: one object per line, all values strings; only `fields`, if some were chosen. */
export function jsonText(lines: readonly AccessLogLine[], fields: readonly string[] = FIELDS): string {
  return shuffled(lines)
    .map((line) => `${JSON.stringify(Object.fromEntries(fields.map((name) => [name, line[name] ?? "-"])))}\n`)
    .join("");
}

/** Moves each line by a few places, always the same way. */
function shuffled(lines: readonly AccessLogLine[]): AccessLogLine[] {
  const placed = lines.map((line, at) => ({ line, place: at + ((at * 7) % 13) }));
  return placed.sort((one, other) => one.place - other.place).map(({ line }) => line);
}

function lineOf({
  at,
  requestId,
  pop,
  viewerAddress,
  distributionHost,
  request,
  answer,
  ...more
}: LoggedExchange): AccessLogLine {
  const header = (name: string) => answer.headers.find(([each]) => each.toLowerCase() === name)?.[1];
  const [path = "", ...query] = request.target.split("?");
  const result = resultType(header("x-cache"), answer.status);
  const took = more.originCalled ? "0.021" : "0.001";
  const ended = new Date(Math.floor(at) * 1000).toISOString();
  return {
    date: ended.slice(0, 10),
    time: ended.slice(11, 19),
    "x-edge-location": pop,
    "sc-bytes": String(Buffer.byteLength(answer.body) + 400),
    "c-ip": viewerAddress,
    "cs-method": request.method,
    "cs(Host)": distributionHost,
    "cs-uri-stem": path,
    "sc-status": String(answer.status),
    "cs(Referer)": request.headers.referer ?? "-",
    "cs(User-Agent)": request.headers["user-agent"] ?? "-",
    "cs-uri-query": query.length === 0 ? "-" : query.join("?"),
    "cs(Cookie)": request.headers.cookie ?? "-",
    "x-edge-result-type": result,
    "x-edge-request-id": requestId,
    "x-host-header": request.headers.host ?? "-",
    "cs-protocol": request.scheme,
    "cs-bytes": String(request.body.length + 300),
    "time-taken": took,
    "x-edge-response-result-type": result,
    "cs-protocol-version": "HTTP/1.1",
    "time-to-first-byte": took,
    "x-edge-detailed-result-type": more.detail ?? result,
    "sc-content-type": header("content-type") ?? "-",
    "sc-content-len": header("content-length") ?? String(Buffer.byteLength(answer.body)),
  };
}

/** `Error from cloudfront` -> `Error`: the header names the same type. */
function resultType(xCache: string | undefined, status: number): string {
  return xCache?.split(" ")[0] ?? (status >= 400 ? "Error" : "Miss");
}

/** Fields that the viewer controls. */
function v1Cell(name: string, value = "-"): string {
  return name.startsWith("cs") && value !== "-" ? v1Encoded(value) : value;
}

const ENCODED = new Set([..."<>\"#%{}|\\^~[]`'"].map((character) => character.charCodeAt(0)));

/** DG:standard-logs-reference, "Encoding": characters 0 to 32, 127 and above, and some others. */
function v1Encoded(text: string): string {
  let encoded = "";
  for (const byte of Buffer.from(text)) {
    const isPlain = byte > 32 && byte < 127 && !ENCODED.has(byte);
    encoded += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
}
