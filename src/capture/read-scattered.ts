/** CloudFront's names, each followed by its value, in any other text: what a debugger, a console or a browser prints. */
import type { CapturedRequest } from "./capture.ts";

/** Between a name and its value: punctuation, and words such as PHP's `string(344)` and Swift's `.value`. */
const PAIR =
  /\b(CloudFront-(?:Policy|Signature|Key-Pair-Id|Expires|Hash-Algorithm))(?:[^\w~-]|\bvalue\b|\bstring\(\d{1,5}\)){1,30}?([\w~-][\w~%+/-]{7,16000}={0,2})/g;
const SHORTEST_SET = 2;

/** Undefined unless at least two of the names have a value. The values' ends are guessed, so this comes last. */
export function readScattered(text: string): CapturedRequest | undefined {
  const found = new Map<string, string>();
  for (const [, name = "", value = ""] of text.matchAll(PAIR)) {
    if (!found.has(name) && !value.startsWith("CloudFront-")) found.set(name, value);
  }
  if (found.size < SHORTEST_SET) return undefined;
  const url = /https?:\/\/[^\s"'`<>)\\]{1,8192}/i.exec(text)?.[0].split("#", 1)[0];
  return {
    form: "http-request",
    source: "names and values in a text",
    method: "GET",
    url,
    cookies: [...found].map(([name, value]) => ({ name, value })),
    remarks: ["the cookies were found inside other text, which was ignored"],
  };
}
