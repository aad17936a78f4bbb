/**
 * A `fetch(...)` call as browsers copy it: the URL and the options, both JSON. Runs nothing. Only Chromium's call for
 * Node.js contains the cookies; the others rely on the browser that runs the call.
 */
import { isRecord } from "../is-record.ts";
import { isTooDeep } from "../text/json-depth.ts";
import type { CapturedRequest } from "./capture.ts";
import { asCookies, parseCookieHeader } from "./read-cookie-header.ts";
import { unreadableCapture } from "./unreadable-capture.ts";

/** Chromium writes it bare, Firefox with `await`. */
export const looksLikeFetch = (text: string): boolean => /^(?:await\s+)?fetch\s*\(/.test(text);

const HEAD = /^(?:await\s+)?fetch\s*\(\s*("(?:[^"\\\r\n]|\\.)*")\s*/;
/** One request per call that shows what is sent. Throws ERR_CAPTURE_UNREADABLE. */
export function readFetch(text: string): CapturedRequest[] {
  const calls: Call[] = [];
  for (let left = text; looksLikeFetch(left); ) {
    const { call, rest } = readCall(left);
    calls.push(call);
    left = rest.replace(/^[\s;]+/, "");
  }
  const shown = calls.filter(({ showsAll }) => showsAll);
  if (shown.length === 0) {
    throw unreadableCapture(
      "the fetch call does not show its cookies, which the browser adds; copy it as cURL instead",
    );
  }
  const hidden = calls.length - shown.length;
  const remarks =
    hidden === 0 ? [] : [`fetch calls skipped because they do not show their cookies: ${hidden}`];
  return shown.map(({ request }, index) => ({
    ...request,
    source: shown.length === 1 ? "fetch call" : `fetch call, request ${index + 1} of ${shown.length}`,
    remarks,
  }));
}

interface Call {
  readonly request: Omit<CapturedRequest, "source" | "remarks">;
  /** The call contains its cookies, sends none, or has a signed URL that needs none. */
  readonly showsAll: boolean;
}

function readCall(text: string): { readonly call: Call; readonly rest: string } {
  const [head = "", quoted = ""] = HEAD.exec(text) ?? [];
  const url = parse(quoted);
  if (typeof url !== "string" || !/^https?:\/\//i.test(url)) {
    throw unreadableCapture("the fetch call does not start with a complete URL in double quotes");
  }
  const comma = /^,\s*/.exec(text.slice(head.length))?.[0] ?? "";
  const from = head.length + comma.length;
  const end = text[from] === "{" ? endOfObject(text, from) : from;
  const options = end === from ? {} : parse(text.slice(from, end));
  const close = /^\s*,?\s*\)/.exec(text.slice(end))?.[0];
  if (!isRecord(options) || close === undefined) {
    throw unreadableCapture(
      "the options of the fetch call are not the JSON that a browser copies, or are cut off",
    );
  }
  return { call: callOf(url, options), rest: text.slice(end + close.length) };
}

function callOf(
  url: string,
  { headers, method, referrer, credentials }: Readonly<Record<string, unknown>>,
): Call {
  const all = Object.entries(isRecord(headers) ? headers : {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  const isCookie = ([name]: readonly [string, string]) => name.toLowerCase() === "cookie";
  const cookies = all.filter(isCookie).flatMap(([, value]) => parseCookieHeader(value));
  const referer: [string, string][] = typeof referrer === "string" ? [["Referer", referrer]] : [];
  return {
    request: {
      form: "http-request",
      method: typeof method === "string" ? method : "GET",
      url: url.split("#", 1)[0] as string,
      cookies: asCookies(cookies),
      headers: [...all.filter((each) => !isCookie(each)), ...referer],
    },
    showsAll: all.some(isCookie) || credentials === "omit" || /[?&]Signature=/.test(url),
  };
}

/** The index after the bracket that closes the one at `from`, or the text's end if none does. One pass. */
function endOfObject(text: string, from: number): number {
  let depth = 0;
  let isQuoted = false;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (isQuoted) {
      if (character === "\\") at += 1;
      else if (character === '"') isQuoted = false;
    } else if (character === '"') isQuoted = true;
    else if (character === "{") depth += 1;
    else if (character === "}") {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

function parse(text: string): unknown {
  if (isTooDeep(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the input, which is a credential.
    return undefined;
  }
}
