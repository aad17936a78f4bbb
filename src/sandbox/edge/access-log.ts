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
  readonly #ring: Kept[] = [];
  #total = 0;

  /** Keeps the last `limit` lines. */
  constructor(limit = 50_000) {
    this.#limit = limit;
  }

  add(logged: LoggedExchange): void {
    this.#ring[this.#total % this.#limit] = keptOf(logged);
    this.#total += 1;
  }

  /** Whether it still holds every request since the start. */
  get isWhole(): boolean {
    return this.#total <= this.#limit;
  }

  /** Lines added after the first `count`, and the new total; lines no longer kept are left out. */
  after(count: number): { readonly lines: readonly AccessLogLine[]; readonly total: number } {
    const first = Math.max(count, this.#total - this.#limit);
    const lines = Array.from({ length: this.#total - first }, (_, at) =>
      lineOf(this.#ring[(first + at) % this.#limit] as Kept),
    );
    return { lines, total: this.#total };
  }

  v1(): string {
    return v1Text(this.#ring.map(lineOf));
  }
  json(): string {
    return jsonText(this.#ring.map(lineOf));
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

/** What a line is made from. The line is written when the log is read, so that requests do not pay for it. */
interface Kept extends Omit<LoggedExchange, "request" | "answer"> {
  readonly method: string;
  readonly scheme: WireRequest["scheme"];
  readonly target: string;
  readonly host: string | undefined;
  readonly referer: string | undefined;
  readonly userAgent: string | undefined;
  readonly cookie: string | undefined;
  readonly received: number;
  readonly status: number;
  readonly headers: EdgeResponse["headers"];
  readonly sent: number;
}

function keptOf(logged: LoggedExchange): Kept {
  const { request, answer } = logged;
  const { headers } = request;
  return {
    at: logged.at,
    requestId: logged.requestId,
    pop: logged.pop,
    viewerAddress: logged.viewerAddress,
    distributionHost: logged.distributionHost,
    originCalled: logged.originCalled,
    detail: logged.detail,
    method: request.method,
    scheme: request.scheme,
    target: request.target,
    host: headers.host,
    referer: headers.referer,
    userAgent: headers["user-agent"],
    cookie: headers.cookie,
    received: request.body.length,
    status: answer.status,
    headers: answer.headers,
    sent: Buffer.byteLength(answer.body),
  };
}

function lineOf(kept: Kept): AccessLogLine {
  const header = (name: string) => kept.headers.find(([each]) => each.toLowerCase() === name)?.[1];
  const [path = "", ...query] = kept.target.split("?");
  const result = resultType(header("x-cache"), kept.status);
  const took = kept.originCalled ? "0.021" : "0.001";
  const ended = new Date(Math.floor(kept.at) * 1000).toISOString();
  return {
    date: ended.slice(0, 10),
    time: ended.slice(11, 19),
    "x-edge-location": kept.pop,
    "sc-bytes": String(kept.sent + 400),
    "c-ip": kept.viewerAddress,
    "cs-method": kept.method,
    "cs(Host)": kept.distributionHost,
    "cs-uri-stem": path,
    "sc-status": String(kept.status),
    "cs(Referer)": kept.referer ?? "-",
    "cs(User-Agent)": kept.userAgent ?? "-",
    "cs-uri-query": query.length === 0 ? "-" : query.join("?"),
    "cs(Cookie)": kept.cookie ?? "-",
    "x-edge-result-type": result,
    "x-edge-request-id": kept.requestId,
    "x-host-header": kept.host ?? "-",
    "cs-protocol": kept.scheme,
    "cs-bytes": String(kept.received + 300),
    "time-taken": took,
    "x-edge-response-result-type": result,
    "cs-protocol-version": "HTTP/1.1",
    "time-to-first-byte": took,
    "x-edge-detailed-result-type": kept.detail ?? result,
    "sc-content-type": header("content-type") ?? "-",
    "sc-content-len": header("content-length") ?? String(kept.sent),
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
