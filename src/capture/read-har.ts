/** The requests of a HAR, one by one while streaming. */
import { InputError } from "../errors.ts";
import { isRecord } from "../is-record.ts";
import { DEEPEST_JSON, isTooDeep } from "../text/json-depth.ts";
import type { CapturedCookie, CapturedRequest, CapturedResponse } from "./capture.ts";
import { HarScanner } from "./har-scanner.ts";
import { asCookies, parseCookieHeader } from "./read-cookie-header.ts";

/** Throws ERR_CAPTURE_UNREADABLE where the file stops being a HAR, after yielding everything before. */
export async function* readHar(chunks: AsyncIterable<Uint8Array>): AsyncIterable<CapturedRequest> {
  const scanner = new HarScanner();
  let number = 0;
  for await (const chunk of chunks) {
    for (const text of scanner.push(chunk)) {
      number += 1;
      const request = readEntry(text, number);
      if (request !== undefined) yield request;
    }
  }
  const end = scanner.end();
  if (end === "none") throw unreadable("the HAR has no log.entries");
  if (end === "cut-off") throw unreadable(`the HAR is cut off after ${number} complete entries`);
}

/** Undefined for an entry without a request. */
function readEntry(text: string, number: number): CapturedRequest | undefined {
  let entry: unknown;
  if (isTooDeep(text))
    throw unreadable(`entry ${number} of the HAR nests deeper than ${DEEPEST_JSON} levels`);
  try {
    entry = JSON.parse(text);
  } catch {
    throw unreadable(`entry ${number} of the HAR is not JSON`);
  }
  if (!isRecord(entry) || !isRecord(entry.request)) return undefined;
  const { request, response } = entry;
  const headers = headerList(request.headers);
  const sentAt = typeof entry.startedDateTime === "string" ? Date.parse(entry.startedDateTime) : Number.NaN;
  const answer = isRecord(response) ? readResponse(response) : undefined;
  return {
    form: "har",
    source: `HAR entry ${number}`,
    method: typeof request.method === "string" ? request.method : undefined,
    url: typeof request.url === "string" ? request.url.split("#", 1)[0] : undefined,
    cookies: sentCookies(request, headers),
    headers: headers.filter(([name]) => name !== "cookie"),
    sentAt: Number.isFinite(sentAt) ? sentAt / 1000 : undefined,
    response: answer,
    remarks: [],
  };
}

/** The header has the order and the raw values; the list is the fallback if a browser hides the header. */
function sentCookies(
  request: Readonly<Record<string, unknown>>,
  headers: readonly (readonly [string, string])[],
): CapturedCookie[] {
  const sent = headers.filter(([name]) => name === "cookie");
  if (sent.length > 0) return asCookies(sent.flatMap(([, value]) => parseCookieHeader(value)));
  const list = Array.isArray(request.cookies) ? request.cookies : [];
  return list.flatMap((cookie: unknown) =>
    isRecord(cookie) && typeof cookie.name === "string" && typeof cookie.value === "string"
      ? [{ name: cookie.name, value: cookie.value }]
      : [],
  );
}

function readResponse(response: Readonly<Record<string, unknown>>): CapturedResponse {
  const content = isRecord(response.content) ? response.content : {};
  const text = typeof content.text === "string" ? content.text : "";
  return {
    status: statusOf(response.status),
    headers: headerList(response.headers),
    body: content.encoding === "base64" ? Buffer.from(text, "base64").toString("utf8") : text,
  };
}

/** 0 without a response: some browsers write -1, or nothing. */
function statusOf(status: unknown): number {
  return typeof status === "number" && Number.isInteger(status) && status >= 100 && status < 1000
    ? status
    : 0;
}

/** Names in lower case. */
function headerList(list: unknown): [name: string, value: string][] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((header: unknown): [string, string][] =>
    isRecord(header) && typeof header.name === "string" && typeof header.value === "string"
      ? [[header.name.toLowerCase(), header.value]]
      : [],
  );
}

function unreadable(message: string): InputError {
  return new InputError("ERR_CAPTURE_UNREADABLE", message, [
    "save it again: DevTools, Network, Export HAR (with sensitive data, otherwise the cookies are missing)",
  ]);
}
