/** A request, alone or with its response, as header lines: copied from DevTools, or the output of `curl -v`. */
import { InputError } from "../errors.ts";
import type { EpochSeconds } from "../time.ts";
import type { CapturedCookie, CapturedRequest, CapturedResponse } from "./capture.ts";
import { asCookies, parseCookieHeader } from "./read-cookie-header.ts";
import { parseSetCookie } from "./read-set-cookie.ts";

const REQUEST_LINE = /^([A-Z]{3,10}) (\S+)(?: HTTP\/[\d.]+)?$/;
const STATUS_LINE = /^HTTP\/[\d.]+ (\d{3})\b/;
const HEADER = /^:?[A-Za-z0-9!#$%&'*+.^_`|~-]+:/;

export function looksLikeHttp(text: string): boolean {
  const first = (text.split("\n", 1)[0] ?? "").trim();
  if (/^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \S+(?: HTTP\/|$)/.test(first)) return true;
  return (
    /^(?:[<>*] |:(?:authority|method|path|scheme)(?::|[ \t\r]*$))/m.test(text) &&
    /^(?:> )?(?::method|:authority|[A-Z]{3,10} \/)/m.test(text)
  );
}

/** Undefined without a request line or a Cookie header. */
export function readHttp(text: string, now: EpochSeconds): CapturedRequest | undefined {
  const { asked, answered, exchanges } = sides(text);
  const request = readHead(asked);
  const headers = request.headers.filter(([name]) => name !== "cookie");
  const header = (wanted: string) => request.headers.find(([name]) => name === wanted)?.[1];
  const host = header(":authority") ?? header("host");
  const path = request.target ?? header(":path");
  const cookies = request.headers
    .filter(([name]) => name === "cookie")
    .flatMap(([, value]) => parseCookieHeader(value));
  if (path === undefined && cookies.length === 0) return undefined;
  const method = request.method ?? header(":method");
  const url = path === undefined ? undefined : urlOf(path, host, header(":scheme"));
  const response = answered.length === 0 ? undefined : readResponse(answered);
  return {
    form: "http-request",
    source: response === undefined ? "HTTP request" : "HTTP request and response",
    method,
    url,
    cookies: cookies.length > 0 ? asCookies(cookies) : setCookies(response, url, now),
    headers,
    response,
    remarks: exchanges > 1 ? [`the input contains ${exchanges} requests in sequence; the last was read`] : [],
  };
}

/**
 * A response alone, for `--response`: a body, or a status line with headers and a body. Throws ERR_CAPTURE_UNREADABLE
 * if empty.
 */
export function readHttpAnswer(text: string): CapturedResponse {
  if (text.trim() === "") {
    throw new InputError("ERR_CAPTURE_UNREADABLE", "nothing to inspect: the response is empty", [
      "curl -si https://HOST/PATH > answer.txt",
    ]);
  }
  const clean = sides(text);
  const lines = clean.answered.length > 0 ? clean.answered : clean.asked;
  return readResponse(lines);
}

/** `curl -v` marks what it sent with `>` and what it received with `<`; the rest is a request until a status line. */
function sides(text: string): Sides {
  const lines = joined(text.split(/\r?\n/));
  const isVerbose =
    lines.some((line) => /^> [A-Z]{3,10} /.test(line)) || lines.some((line) => /^< HTTP\//.test(line));
  const asked: string[] = [];
  const answered: string[] = [];
  for (const line of lines) {
    if (isVerbose) {
      if (/^>( |$)/.test(line)) asked.push(line.slice(2));
      else if (/^<( |$)/.test(line)) answered.push(line.slice(2));
      else if (!/^[*{}]( |$)/.test(line) && answered.length > 0) answered.push(line);
    } else if (answered.length > 0 || STATUS_LINE.test(line)) {
      answered.push(line);
    } else {
      asked.push(line);
    }
  }
  const requests = isVerbose ? headsOf(asked, REQUEST_LINE) : [];
  return {
    asked: asked.slice(requests.at(-1)),
    answered: answered.slice(headsOf(answered, STATUS_LINE).at(-1)),
    exchanges: requests.length,
  };
}

/** Where each head starts, if several follow each other: redirects, a proxy's response, 100 Continue. */
function headsOf(lines: readonly string[], start: RegExp): number[] {
  const heads: number[] = [];
  let isOver = true;
  for (const [at, line] of lines.entries()) {
    const isBlank = line.trim() === "";
    if (isOver && start.test(line.trimEnd())) {
      heads.push(at);
      isOver = false;
    } else if (isBlank) {
      isOver = true;
    } else if (isOver && heads.length > 0) {
      // A body: nothing in it counts as a head.
      break;
    }
  }
  return heads;
}

interface Sides {
  readonly asked: string[];
  readonly answered: string[];
  /** The number of requests in the output of curl -v; the two sides are those of the last. */
  readonly exchanges: number;
}

/** Chrome's panel copies a name and its value as two lines, in later versions without a colon. */
function joined(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => /^(?::(?:authority|method|path|scheme)|cookie)\s*$/i.test(line));
  if (first < 0) return [...lines];
  const pairs = lines.slice(0, first);
  for (let at = first; at < lines.length; at += 1) {
    const line = lines[at] as string;
    const value = lines[at + 1];
    if (!/^:?[A-Za-z0-9-]+\s*$/.test(line) || value === undefined) {
      pairs.push(line);
    } else {
      pairs.push(`${line.trimEnd()}: ${value}`);
      at += 1;
    }
  }
  return pairs;
}

interface Head {
  readonly method?: string;
  readonly target?: string;
  /** Names in lower case. */
  readonly headers: [name: string, value: string][];
  readonly body: string;
}

function readHead(lines: readonly string[]): Head {
  const headers: [string, string][] = [];
  let request: Pick<Head, "method" | "target"> = {};
  let at = 0;
  for (; at < lines.length; at += 1) {
    const line = (lines[at] as string).trimEnd();
    if (line === "" && headers.length > 0) break;
    const [, method, target] = REQUEST_LINE.exec(line) ?? [];
    if (method !== undefined && target !== undefined && headers.length === 0) request = { method, target };
    else if (HEADER.test(line)) {
      const colon = line.indexOf(":", 1);
      const name = line.slice(0, colon).toLowerCase();
      let value = line.slice(colon + 1).trim();
      // Chrome's panel: two lines, with a colon.
      if (value === "" && lines[at + 1] !== undefined && !HEADER.test(lines[at + 1] as string)) {
        at += 1;
        value = (lines[at] as string).trim();
      }
      headers.push([name, value]);
    }
  }
  return { ...request, headers, body: lines.slice(at + 1).join("\n") };
}

function readResponse(lines: readonly string[]): CapturedResponse {
  const status = lines.map((line) => STATUS_LINE.exec(line)?.[1]).find((each) => each !== undefined);
  const isBodyAlone =
    status === undefined && !lines.some((line) => HEADER.test(line) && !line.startsWith("<"));
  if (isBodyAlone) return { status: 403, headers: [], body: lines.join("\n").trim() };
  const { headers, body } = readHead(lines);
  return { status: status === undefined ? 403 : Number(status), headers, body: body.trim() };
}

function urlOf(target: string, host: string | undefined, scheme = "https"): string | undefined {
  const [bare = ""] = target.split("#", 1);
  if (/^https?:\/\//i.test(bare)) return bare;
  return host === undefined || !bare.startsWith("/") ? undefined : `${scheme}://${host}${bare}`;
}

/** A mint endpoint's response: the cookies that it set are the subject, not those of the request. */
function setCookies(
  response: CapturedResponse | undefined,
  url: string | undefined,
  now: EpochSeconds,
): CapturedCookie[] {
  const set = (response?.headers ?? []).filter(([name]) => name === "set-cookie");
  return set.flatMap(([, value]) => {
    const cookie = parseSetCookie(value, now, url);
    return cookie?.name.startsWith("CloudFront-") ? [cookie] : [];
  });
}
