/** One HTTP response, ready to classify: headers by name, the body as text. Never throws, whatever the server sent. */
import type { ViewerResponse } from "../seams/viewer.ts";

/** What `classify` needs; a saved transcript has as much. */
export type RawAnswer = Pick<ViewerResponse, "status" | "headers" | "body" | "truncated">;

/** The request, as far as it helps to read the response. */
export interface AnsweredRequest {
  readonly method: string;
  readonly url: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly request: AnsweredRequest;
  /** First value of the header, or an empty string. */
  readonly header: (name: string) => string;
  readonly has: (name: string) => boolean;
  /** At most 64 KiB; bytes that are not UTF-8 become U+FFFD. */
  readonly text: string;
  /** No body was sent or read: HEAD, or an empty answer. */
  readonly bodiless: boolean;
  readonly truncated: boolean;
  /** CloudFront added its own headers: Via, X-Cache or X-Amz-Cf-Id. */
  readonly throughCloudFront: boolean;
}

const MOST_BODY = 65_536;
const UTF8 = new TextDecoder("utf-8");

export function readAnswer(raw: RawAnswer, request: AnsweredRequest): HttpAnswer {
  const values = new Map<string, string>();
  for (const [name, value] of raw.headers) {
    const key = name.toLowerCase();
    if (!values.has(key)) values.set(key, value);
  }
  const header = (name: string) => values.get(name) ?? "";
  return {
    status: raw.status,
    request,
    header,
    has: (name) => values.has(name),
    text: UTF8.decode(raw.body.subarray(0, MOST_BODY)),
    bodiless: raw.body.length === 0,
    truncated: raw.truncated,
    throughCloudFront:
      values.has("x-amz-cf-id") ||
      /\bcloudfront\.net\b/i.test(header("via")) ||
      /\bfrom cloudfront\b/i.test(header("x-cache")),
  };
}

/** `name: value` without control characters and cut to length, so that a hostile header stays on one line. */
export function quoteHeader(answer: HttpAnswer, name: string): string {
  return `${name}: ${oneLine(answer.header(name), 80)}`;
}

/** Printable ASCII with single spaces, as nearly every header is: safe to quote unchanged. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;

/** Printable text on one line of at most `length` characters. */
export function oneLine(text: string, length: number): string {
  if (text.length <= length && PLAIN.test(text)) return text;
  const flat = [...text.slice(0, length * 4)]
    .map((character) => (/[\p{C}\p{Z}]/u.test(character) ? " " : character))
    .join("")
    .replace(/ {2,}/g, " ")
    .trim();
  return flat.length > length ? `${flat.slice(0, length - 3)}...` : flat;
}
