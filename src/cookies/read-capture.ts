/** Finds out what an input is, and reads it. One place knows the order in which the forms are tried. */
import { InputError } from "../errors.ts";
import type { CapturedRequest } from "./capture.ts";
import { asCookies, parseCookieHeader } from "./read-cookie-header.ts";
import { readCookieJson } from "./read-cookie-json.ts";
import { looksLikePolicyJson, readEncodedPolicy, readPolicyJson } from "./read-policy.ts";

/** At least one request. Throws ERR_CAPTURE_UNREADABLE, which says where and why, and shows nothing of the input. */
export function readCapture(input: string): CapturedRequest[] {
  const text = input.replace(/^\uFEFF/, "").trim();
  if (text === "") throw unreadable("the input is empty");
  if (looksLikePolicyJson(text)) return [readPolicyJson(text)];
  if (/^[{[]/.test(text)) return readJson(text);
  if (/^https?:\/\/\S+$/i.test(text)) return [readUrl(text)];
  const header = /^cookie:/i.test(text) ? text.slice(7) : text;
  const pairs = parseCookieHeader(header);
  if (pairs.length > 0) {
    return [{ form: "cookie-header", source: "Cookie header", cookies: asCookies(pairs), remarks: [] }];
  }
  const policy = readEncodedPolicy(text);
  if (policy !== undefined) return [policy];
  throw unreadable("the input is in none of the forms that keyturn reads");
}

function readUrl(text: string): CapturedRequest {
  const [url = text] = text.split("#", 1);
  return { form: "signed-url", source: "URL", url, cookies: [], remarks: [] };
}

function readJson(text: string): CapturedRequest[] {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw unreadable("the input begins like JSON and is none");
  }
  const requests = readCookieJson(document);
  if (requests === undefined) throw unreadable("the JSON holds no cookies");
  return requests;
}

function unreadable(message: string): InputError {
  return new InputError("ERR_CAPTURE_UNREADABLE", message, ["keyturn inspect --help"]);
}
