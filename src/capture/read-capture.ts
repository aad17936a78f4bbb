/** Recognizes what an input is, and reads it. The only place that knows in which order formats are tried. */
import { InputError } from "../errors.ts";
import { DEEPEST_JSON, isTooDeep } from "../text/json-depth.ts";
import type { EpochSeconds } from "../time.ts";
import type { CapturedRequest } from "./capture.ts";
import { looksLikeAccessLog, readAccessLog, readLogRecord } from "./read-access-log.ts";
import { looksLikeCode, readCode } from "./read-code.ts";
import { asCookies, parseCookieHeader, readDocumentCookie } from "./read-cookie-header.ts";
import { readCookieJson } from "./read-cookie-json.ts";
import {
  looksLikeCookieLines,
  looksLikeCookieTable,
  readCookieLines,
  readCookieTable,
} from "./read-cookie-table.ts";
import { looksLikeCurl, readCurl } from "./read-curl.ts";
import { looksLikeEnvironment, readEnvironment } from "./read-environment.ts";
import { readEvent } from "./read-event.ts";
import { looksLikeFetch, readFetch } from "./read-fetch.ts";
import { looksLikeHttp, readHttp } from "./read-http.ts";
import { looksLikeJar, readJar } from "./read-jar.ts";
import { looksLikePlayer, readPlayer } from "./read-player.ts";
import { looksLikePolicyJson, readEncodedPolicy, readPolicyJson } from "./read-policy.ts";
import { readScattered } from "./read-scattered.ts";
import { looksLikeSetCookie, readSetCookie } from "./read-set-cookie.ts";
import { readUrls, readUrlsInText } from "./read-url.ts";
import { unreadableCapture } from "./unreadable-capture.ts";

/**
 * At least one request; does not read a HAR (read-har.ts streams it). `now` turns a Max-Age into an end. Throws
 * ERR_CAPTURE_UNREADABLE, which says where and why without quoting the input.
 */
export function readCapture(input: string, now: EpochSeconds): CapturedRequest[] {
  const text = input.replace(/^\uFEFF/, "").trim();
  if (text === "") throw nothing();
  if (looksLikePolicyJson(text)) return [readPolicyJson(text)];
  if (/^[{[]/.test(text) && !/^\[[^\]"\r\n]*\]\(/.test(text)) return readJson(text, now);
  if (looksLikeCurl(text)) return readCurl(text);
  if (looksLikePlayer(text)) return readPlayer(text);
  if (looksLikeFetch(text)) return readFetch(text);
  const urls = readUrls(text);
  if (urls !== undefined) return urls;
  if (/^cookie:[^\r\n]*$/i.test(text)) return [readCookieHeader(text.slice("cookie:".length))];
  for (const [isLikely, read] of BY_LINES) {
    const found = isLikely(text) ? read(text, now) : undefined;
    if (found !== undefined) return Array.isArray(found) ? found : [found as CapturedRequest];
  }
  const policy = readEncodedPolicy(text);
  if (policy !== undefined) return [policy];
  if (COOKIE_PAIR.test(text)) return [readCookieHeader(text)];
  const inText = readUrlsInText(text);
  if (inText !== undefined) return inText;
  const scattered = readScattered(text);
  if (scattered !== undefined) return [scattered];
  throw unreadableCapture(whatItIs(text));
}

/** A token and `=`, on one line (RFC 6265, 4.1.1). */
const COOKIE_PAIR = /^[\w!#$%&'*+.^`|~-]+=[^\r\n]*$/;

type Reader = (text: string, now: EpochSeconds) => CapturedRequest | CapturedRequest[] | undefined;

const BY_LINES: readonly (readonly [isLikely: (text: string) => boolean, read: Reader])[] = [
  [looksLikeJar, readJar],
  [looksLikeAccessLog, readAccessLog],
  [looksLikeCookieLines, readCookieLines],
  [looksLikeCookieTable, readCookieTable],
  [looksLikeHttp, readHttp],
  [looksLikeSetCookie, readSetCookie],
  [looksLikeEnvironment, readEnvironment],
  [(text) => /^cookie(?::|[ \t\r]*$)/im.test(text), readHttp],
  [() => true, readDocumentCookie],
  [looksLikeCode, readCode],
];

function readCookieHeader(value: string): CapturedRequest {
  const cookies = asCookies(parseCookieHeader(value));
  return { form: "cookie-header", source: "Cookie header", cookies, remarks: [] };
}

/** One document, or one on each line (`mint --count`). */
function readJson(text: string, now: EpochSeconds): CapturedRequest[] {
  const read = (document: unknown) =>
    readEvent(document, now) ?? readLogRecord(document) ?? readCookieJson(document) ?? readUrlsIn(document);
  const whole = parse(text);
  if (whole !== undefined) {
    const requests = read(whole);
    if (requests !== undefined) return requests;
    throw unreadableCapture(NO_COOKIES);
  }
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  // Not JSON, but a map in Java, Swift or JavaScript, which starts the same way.
  const isCode = parse(lines[0] as string) === undefined && looksLikeCode(text);
  const code = isCode ? readCode(text) : undefined;
  const printed = code ?? (parse(lines[0] as string) === undefined ? readScattered(text) : undefined);
  if (printed !== undefined) return [printed];
  const requests = lines.flatMap((line, index) => {
    const document = parse(line);
    if (document === undefined)
      throw unreadableCapture(notJson(text, lines.length > 1 ? index + 1 : undefined));
    return read(document) ?? [];
  });
  if (requests.length === 0) throw unreadableCapture(NO_COOKIES);
  return requests;
}

/** Signed URLs anywhere in an API's response. */
function readUrlsIn(document: unknown): CapturedRequest[] | undefined {
  const found: string[] = [];
  const walk = (value: unknown, depth: number): void => {
    if (depth > 8 || found.length >= 100) return;
    if (typeof value === "string" && SIGNED_URL.test(value)) found.push(value);
    else if (typeof value === "object" && value !== null)
      for (const each of Object.values(value)) walk(each, depth + 1);
  };
  walk(document, 0);
  const requests = found.flatMap((url) => readUrls(url) ?? []);
  if (requests.length === 0) return undefined;
  return requests.map((request, at) => ({
    ...request,
    source: requests.length === 1 ? "URL in JSON" : `URL ${at + 1} of ${requests.length} in JSON`,
  }));
}

const SIGNED_URL =
  /^https?:\/\/[^\s/?#]+[^\r\n]*[?&#](?:Policy|Signature|Key-Pair-Id|Expires|X-Amz-Signature)=/i;

const NO_COOKIES =
  "the JSON contains no cookies: neither CloudFront's names with values nor objects with name and value; give a response with --response FILE";

function parse(text: string): unknown {
  if (isTooDeep(text)) throw unreadableCapture(`the JSON nests deeper than ${DEEPEST_JSON} levels`);
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the input, which is a credential. Return undefined, which no JSON document parses to.
    return undefined;
  }
}

function notJson(text: string, line: number | undefined): string {
  const isCut = /^[{[]/.test(text) && !/[}\]]\s*$/.test(text);
  if (isCut) return "the JSON is cut off: its first bracket is never closed";
  return line === undefined ? "the input starts like JSON but is not valid JSON" : `line ${line} is not JSON`;
}

/** Skips a leading prompt. */
const OTHER_PROGRAMS: readonly (readonly [name: string, looksLike: RegExp])[] = [
  ["PowerShell", /Invoke-(?:WebRequest|RestMethod)|New-Object (?:System\.Net\.Cookie|Microsoft\.PowerShell)/],
  ["wget", /^(?:[$%>#]\s+)?wget2?(?:\.exe)?\s/],
  ["HTTPie", /^(?:[$%>#]\s+)?(?:https?|xhs?)\s/],
];

/** Unsupported formats that people paste anyway, and what to copy instead. */
function whatItIs(text: string): string {
  const program = OTHER_PROGRAMS.find(([, looksLike]) => looksLike.test(text))?.[0];
  if (program !== undefined) return `this is a command for ${program}; copy it as cURL instead`;
  if (/-----BEGIN /.test(text)) return "this is a PEM file; give a public key with --public-key FILE";
  if (/^\s*</.test(text)) return "this is XML or HTML; give a response with --response FILE";
  // Two patterns, each linear: a single one would retry at every `?`.
  const isBare = !/[\s=]/.test(text.split("?", 1)[0] as string);
  if (isBare && /[?&](?:Policy|Signature|Key-Pair-Id)=/.test(text)) {
    return "this looks like a URL without a scheme; start it with https://";
  }
  return "the format of the input is unknown";
}

/** Hints where there is no input. */
export const WAYS_TO_INSPECT: readonly string[] = [
  "put a request copied from the browser as cURL, or a Cookie header, in a file:",
  "keyturn inspect request.txt",
  "pbpaste | keyturn inspect -",
];

function nothing(): InputError {
  return new InputError("ERR_CAPTURE_UNREADABLE", "nothing to inspect: the input is empty", WAYS_TO_INSPECT);
}
