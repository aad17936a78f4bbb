/** Access-log lines in every format, written from the documentation alone, without any code under test. */
import { gzipSync } from "node:zlib";

/** One request as the edge would log it. Missing values are logged as `-`. */
export interface LoggedRequest {
  readonly at: number;
  readonly id: string;
  readonly location?: string;
  readonly ip?: string;
  readonly method?: string;
  readonly protocol?: string;
  readonly host?: string;
  readonly distribution?: string;
  readonly path?: string;
  readonly query?: string;
  readonly cookie?: string;
  readonly agent?: string;
  readonly status: number;
  readonly result?: string;
  readonly responseResult?: string;
  readonly detailed?: string;
  readonly type?: string;
  readonly length?: number;
  readonly took?: number;
  readonly country?: string;
  readonly asn?: string;
}

const V1 =
  "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end".split(
    " ",
  );

/** Encodes as v1 does, with %XX (DG:standard-logs-reference). */
const encoded = (text: string) =>
  [...Buffer.from(text)]
    .map((byte) =>
      byte <= 32 || byte >= 127 || "<>\"#%{}|\\^~[]`'".includes(String.fromCharCode(byte))
        ? `%${byte.toString(16).toUpperCase().padStart(2, "0")}`
        : String.fromCharCode(byte),
    )
    .join("");

function values(event: LoggedRequest): Readonly<Record<string, string>> {
  const at = new Date(event.at * 1000).toISOString();
  const result = event.result ?? (event.status >= 400 ? "Error" : "Miss");
  const some: Record<string, string | number | undefined> = {
    date: at.slice(0, 10),
    time: at.slice(11, 19),
    "x-edge-location": event.location ?? "FRA56-P4",
    "sc-bytes": 500,
    "c-ip": event.ip ?? "192.0.2.7",
    "cs-method": event.method ?? "GET",
    "cs(Host)": event.distribution ?? "d111111abcdef8.cloudfront.net",
    "cs-uri-stem": event.path ?? "/api/items",
    "sc-status": String(event.status).padStart(3, "0"),
    "cs(User-Agent)": event.agent ?? "Mozilla/5.0 (X11) Chrome/140.0 Safari/537.36",
    "cs-uri-query": event.query,
    "cs(Cookie)": event.cookie,
    "x-edge-result-type": result,
    "x-edge-request-id": event.id,
    "x-host-header": event.host ?? "app.example.com",
    "cs-protocol": event.protocol ?? "https",
    "cs-bytes": 300,
    "time-taken": (event.took ?? 0.05).toFixed(3),
    "ssl-protocol": "TLSv1.3",
    "ssl-cipher": "TLS_AES_128_GCM_SHA256",
    "x-edge-response-result-type": event.responseResult ?? result,
    "cs-protocol-version": "HTTP/2.0",
    "c-port": 40_000,
    "time-to-first-byte": (event.took ?? 0.05).toFixed(3),
    "x-edge-detailed-result-type": event.detailed ?? result,
    "sc-content-type": event.type,
    "sc-content-len": event.length,
    "c-country": event.country,
    asn: event.asn,
  };
  return Object.fromEntries(
    Object.entries(some).map(([name, value]) => [name, value === undefined ? "-" : String(value)]),
  );
}

/** v1 encodes cookies, query, path and agent, but no other value in these tests. */
const v1Cell = (event: LoggedRequest, name: string): string => {
  const value = values(event)[name] ?? "-";
  return /^cs/.test(name) && value !== "-" ? encoded(value) : value;
};

export function v1Text(events: readonly LoggedRequest[]): string {
  const lines = events.map((event) => V1.map((name) => v1Cell(event, name)).join("\t"));
  return [`#Version: 1.0`, `#Fields: ${V1.join(" ")}`, ...lines, ""].join("\n");
}

/** Selected fields in another order, including some that v1 does not have. */
export const W3C_FIELDS = [
  ...V1.filter((name) => !/fle|referer|cipher|range/i.test(name)).reverse(),
  "c-country",
  "asn",
];

export function w3cText(events: readonly LoggedRequest[]): string {
  const lines = events.map((event) => W3C_FIELDS.map((name) => v1Cell(event, name)).join("\t"));
  return [`#Version: 1.0`, `#Fields: ${W3C_FIELDS.join("\t")}`, ...lines, ""].join("\n");
}

/** All values are strings, with only JSON's own escapes. */
const jsonLine = (event: LoggedRequest): string => JSON.stringify(values(event));
export const jsonText = (events: readonly LoggedRequest[]): string =>
  events.map((event) => `${jsonLine(event)}\n`).join("");

/** The output of `aws logs tail`. */
export const tailText = (events: readonly LoggedRequest[]): string =>
  events
    .map((event) => `${new Date(event.at * 1000 + 90_000).toISOString()} stream/1 ${jsonLine(event)}\n`)
    .join("");

/** The output of `aws logs filter-log-events`. */
export const eventsText = (events: readonly LoggedRequest[]): string =>
  `${JSON.stringify(
    {
      events: events.map((event) => ({
        logStreamName: "stream/1",
        timestamp: event.at * 1000,
        message: jsonLine(event),
        ingestionTime: event.at * 1000 + 90_000,
        eventId: "38742",
      })),
      searchedLogStreams: [],
    },
    null,
    4,
  )}\n`;

export const REALTIME_FIELDS =
  "timestamp,c-ip,s-ip,time-to-first-byte,sc-status,sc-bytes,cs-method,cs-protocol,cs-host,cs-uri-stem,cs-bytes,x-edge-location,x-edge-request-id,x-host-header,time-taken,cs-protocol-version,cs-user-agent,cs-referer,cs-cookie,cs-uri-query,x-edge-response-result-type,x-edge-result-type,x-edge-detailed-result-type,sc-content-type,sc-content-len,c-country,asn";

/**
 * No header, the time in seconds with milliseconds, the query also after the path, and cookies cut off at 800 bytes.
 */
export function realtimeText(events: readonly LoggedRequest[]): string {
  const lines = events.map((event) => {
    const all = values(event);
    const own: Record<string, string> = {
      timestamp: `${event.at}.123`,
      "cs-host": all["x-host-header"] as string,
      "cs-uri-stem": `${all["cs-uri-stem"]}${event.query === undefined ? "" : `?${event.query}`}`,
      "cs-user-agent": encoded(all["cs(User-Agent)"] as string),
      "cs-cookie": event.cookie === undefined ? "-" : encoded(event.cookie).slice(0, 800),
    };
    return REALTIME_FIELDS.split(",")
      .map((name) => own[name] ?? all[name] ?? "-")
      .join("\t");
  });
  return lines.map((line) => `${line}\n`).join("");
}

export const gz = (text: string): Uint8Array => gzipSync(text);

export const xmlDenial = { status: 403, type: "text/xml", took: 0.001 } as const;
export const BYTES = { MissingKey: 146, InvalidKey: 106, AccessDenied: 110, MalformedPolicy: 116 } as const;
