/** Reads lines of CloudFront's access logs as requests: standard v1 and v2, W3C, JSON, real-time. */
import { isRecord } from "../is-record.ts";
import type { CapturedRequest, LoggedResponse } from "./capture.ts";
import { asCookies, parseCookieHeader } from "./read-cookie-header.ts";

/** DG:standard-logs-reference, in the order of version 1. */
const V1 =
  `date time x-edge-location sc-bytes c-ip cs-method cs-host cs-uri-stem sc-status cs-referer cs-user-agent cs-uri-query
  cs-cookie x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for
  ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port
  time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end`.split(
    /\s+/,
  );

/** A terminal's selection has spaces for tabs; no field contains any. */
const V1_LINE = /^\d{4}-\d\d-\d\d(?:\t| +)\d\d:\d\d:\d\d(?:\t| +)[A-Z]{3}\d/;
/** Real-time records start with epoch seconds and have the configured fields, without a header line. */
const REAL_TIME_LINE = /^\d{10}(?:\.\d{1,3})?\t(?:[^\t\n]*\t){4}/;

/** One of CloudFront's field names, as logs, JSON and Athena write them. */
type LogLine = Readonly<Record<string, string>>;

export const looksLikeAccessLog = (text: string): boolean =>
  /^#Fields:\s/m.test(text.slice(0, 4096)) || V1_LINE.test(text) || REAL_TIME_LINE.test(text);

/** Undefined if no line records a request. */
export function readAccessLog(text: string): CapturedRequest[] | undefined {
  let names: readonly string[] = V1;
  const lines: LogLine[] = [];
  for (const line of text.split(/\r?\n/)) {
    const head = /^#Fields:\s*(.*)$/.exec(line)?.[1];
    if (head !== undefined) names = head.trim().split(/\s+/).map(fieldName);
    else if (line.trim() !== "" && !line.startsWith("#")) lines.push(lineOf(line, names));
  }
  return requestsOf(lines);
}

/** A record of version 2 in JSON; undefined for any other object. */
export function readLogRecord(document: unknown): CapturedRequest[] | undefined {
  if (!isRecord(document)) return undefined;
  const entries = Object.entries(document).map(([name, value]) => [fieldName(name), String(value)] as const);
  const line = Object.fromEntries(entries);
  return line["cs-uri-stem"] === undefined ? undefined : requestsOf([line]);
}

/** `cs(Cookie)`, `cs_cookie` and `cs-cookie` are one field. */
function fieldName(name: string): string {
  return name.toLowerCase().replace(/[(_]/g, "-").replaceAll(")", "");
}

function lineOf(line: string, names: readonly string[]): LogLine {
  const cells = line.includes("\t") ? line.split("\t") : line.trim().split(/ +/);
  if (/^\d{10}/.test(line)) return realTime(cells);
  return Object.fromEntries(names.map((name, at) => [name, cells[at] ?? "-"]));
}

/** Real-time records do not name their fields, so this recognizes them by their values. */
function realTime(cells: readonly string[]): LogLine {
  const find = (pattern: RegExp) => cells.find((cell) => pattern.test(cell)) ?? "-";
  const path = cells.findIndex((cell) => cell.startsWith("/"));
  const hosts = cells.filter(
    (cell) => /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(cell) && /[a-z]{2}$/i.test(cell),
  );
  return {
    timestamp: cells[0] ?? "-",
    "c-ip": find(/^(?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]*:[\da-f:]+)$/i),
    "cs-method": find(/^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/),
    "cs-protocol": find(/^(?:https?|wss?)$/),
    "cs-uri-stem": path < 0 ? "-" : (cells[path] as string),
    "x-host-header": hosts[0] ?? "-",
    "sc-status": find(/^(?:000|[1-5]\d\d)$/),
    "cs-uri-query": find(/^(?!\/)(?:[^\t]*&)?(?:Key-Pair-Id|Signature|Policy|Expires)=/),
    "cs-cookie": find(/(?:^|;\s?|;%20)CloudFront-[\w-]+=/),
    "sc-content-type": find(/^(?:text|application|image|video|audio)\/[\w.+-]+/),
  };
}

function requestsOf(lines: readonly LogLine[]): CapturedRequest[] | undefined {
  const requests = lines.flatMap((line, at) => {
    const source = lines.length === 1 ? "access log line" : `access log line ${at + 1} of ${lines.length}`;
    const request = requestOf(line, source);
    return request === undefined ? [] : [request];
  });
  return requests.length === 0 ? undefined : requests;
}

function requestOf(line: LogLine, source: string): CapturedRequest | undefined {
  const field = (name: string) => {
    const value = line[name];
    return value === undefined || value === "-" || value === "" ? undefined : value;
  };
  const stem = field("cs-uri-stem");
  const host = field("x-host-header") ?? field("cs-host");
  if (stem === undefined) return undefined;
  const protocol = /^http$/i.test(field("cs-protocol") ?? "") ? "http" : "https";
  const [path = "", own] = stem.split("?", 2);
  const query = field("cs-uri-query") ?? own;
  const target = unescaped(path) + (query === undefined ? "" : `?${unescaped(query)}`);
  const cookie = field("cs-cookie");
  const pairs = cookie === undefined ? [] : parseCookieHeader(unescaped(cookie.replaceAll(";%20", "; ")));
  const status = Number(field("sc-status"));
  const sentAt = timeOf(field("date"), field("time"), field("timestamp") ?? field("timestamp-ms"));
  const ip = field("c-ip");
  const method = field("cs-method");
  const referer = field("cs-referer");
  return {
    form: "http-request",
    source,
    method,
    url: host === undefined ? undefined : `${protocol}://${host}${target}`,
    ip,
    cookies: asCookies(pairs),
    headers: referer === undefined ? [] : [["referer", unescaped(referer)]],
    sentAt,
    logged:
      status >= 100 ? loggedOf(status, field("sc-content-type"), Number(field("sc-content-len"))) : undefined,
    remarks: remarksOf(cookie, query),
  };
}

function loggedOf(status: number, contentType: string | undefined, length: number): LoggedResponse {
  return {
    status,
    contentType: contentType === undefined ? undefined : unescaped(contentType),
    length: Number.isFinite(length) ? length : undefined,
  };
}

function remarksOf(cookie: string | undefined, query: string | undefined): string[] {
  const isSigned = /(?:^|&)(?:Key-Pair-Id|Signature)=/.test(query ?? "");
  if (cookie === undefined && !isSigned)
    return ["the line logs no cookies, so it does not show whether the viewer sent any"];
  // Real-time logs cut cs-cookie at 800 bytes.
  if (cookie !== undefined && cookie.length >= 790 && cookie.length <= 800)
    return ["cs-cookie has the maximum length of a real-time log: the cookies are probably cut off"];
  return [];
}

/**
 * Version 1 encodes even ~ and %, other versions perhaps nothing: only text with an encoded one of the two was
 * encoded by the log. A request's own %20 appears as %2520 there.
 */
function unescaped(value: string): string {
  if (value.includes("~") || !/%(?:25|7E)/i.test(value)) return value;
  return value.replace(/(?:%[0-9A-Fa-f]{2})+/g, (escapes) =>
    Buffer.from(escapes.replaceAll("%", ""), "hex").toString("utf8"),
  );
}

function timeOf(date?: string, time?: string, stamp?: string): number | undefined {
  const at = date === undefined || time === undefined ? Number.NaN : Date.parse(`${date}T${time}Z`) / 1000;
  if (Number.isFinite(at)) return at;
  const epoch = Number(stamp);
  if (!Number.isFinite(epoch) || epoch <= 0) return undefined;
  return epoch > 1e12 ? epoch / 1000 : epoch;
}
