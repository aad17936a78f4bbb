/** One URL, or a list, as people paste it: quoted, escaped, encoded as a whole, wrapped, with spaces in it. */
import type { CapturedRequest } from "./capture.ts";
import { asCookies, parseCookieHeader } from "./read-cookie-header.ts";

/** Nobody pastes more; the rest is counted but not read. */
const MOST_URLS = 1000;

/** Undefined unless the text consists only of URLs. */
export function readUrls(pasted: string): CapturedRequest[] | undefined {
  const text = fromQuotedPrintable(pasted);
  if (text !== pasted) {
    const remark = "the URL was quoted-printable, as in the source of a mail; it was decoded";
    return readUrls(text)?.map((request) => ({ ...request, remarks: [remark, ...request.remarks] }));
  }
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const whole = lines.length === 1 ? readUrl(text) : undefined;
  if (whole !== undefined) return [whole];
  const isList = lines.length > 1 && lines.every((line) => readUrl(line) !== undefined);
  if (isList) {
    return lines.slice(0, MOST_URLS).map((line, at) => ({
      ...(readUrl(line) as CapturedRequest),
      source: `URL ${at + 1} of ${lines.length}`,
    }));
  }
  return joined(lines);
}

/** RFC 2045, 6.7: `=3D` is `=`, and a line that ends with `=` continues. */
function fromQuotedPrintable(text: string): string {
  if (!/[?&](?:Expires|Policy|Signature|Key-Pair-Id)=(?:\r?\n)?3D/.test(text)) return text;
  return text
    .replace(/=[ \t]*\r?\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** A URL that a mail or a terminal wrapped: the other lines have no spaces and start nothing new. */
function joined(lines: readonly string[]): CapturedRequest[] | undefined {
  const [first = "", ...others] = lines.map((line) => line.trim());
  const isRest = (line: string) =>
    /^[\w!$&'()*+,;=:@%/?~.[\]-]+$/.test(line) && !/^[\w-]+:(?:\s|$)/.test(line);
  if (others.length === 0 || others.length > 50 || /\s/.test(first) || !others.every(isRest))
    return undefined;
  const request = readUrl(first + others.join(""));
  if (request === undefined) return undefined;
  return [{ ...request, remarks: [...request.remarks, "the URL was wrapped; its lines were joined"] }];
}

/** One line. */
function readUrl(line: string): CapturedRequest | undefined {
  const remarks: string[] = [];
  const repair = (text: string, remark: string, change: (text: string) => string) => {
    const changed = change(text);
    if (changed !== text) remarks.push(remark);
    return changed;
  };
  let text = unwrapped(line.trim());
  text = repair(text, "the URL was percent-encoded as a whole; it was decoded", decodedWhole);
  text = repair(text, "the URL contained JSON escapes (\\u0026, \\/), which were decoded", withoutEscapes);
  text = repair(text, "the URL contained shell backslashes before ? & or =, which were removed", (each) =>
    each.replace(/\\([?&=])/g, "$1"),
  );
  if (!/^https?:\/\/[^\s/?#]/i.test(text) || /\s(?:https?:\/\/|-{1,2}\w|HTTP\/\d)/i.test(text))
    return undefined;
  const [address = "", pairs] = splitOnce(text, "|");
  // Kodi and some players accept headers after a bar: `URL|Cookie=...&User-Agent=...`.
  const carried = pairs === undefined ? undefined : kodiHeaders(pairs);
  const [url = "", fragment] = splitOnce(carried === undefined ? text : address, "#");
  return {
    form: "signed-url",
    source: "URL",
    url,
    fragment: fragment || undefined,
    cookies: asCookies(parseCookieHeader(carried?.cookie ?? "")),
    remarks,
  };
}

function kodiHeaders(text: string): { readonly cookie?: string } | undefined {
  if (!/(?:^|&)(?:Cookie|User-Agent|Referer|Authorization)=/i.test(text)) return undefined;
  const cookie = /(?:^|&)Cookie=([^&]*)/i.exec(text)?.[1];
  return cookie === undefined ? {} : { cookie: attempt(decodeURIComponent, cookie) };
}

function splitOnce(text: string, mark: string): [before: string, after?: string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** Quotes, angle brackets, a label, a Markdown link, the comma of a list. */
function unwrapped(line: string): string {
  const quoted = /^&quot;(.*)&quot;$/.exec(line)?.[1];
  if (quoted !== undefined) return quoted.replaceAll("&amp;", "&");
  const markdown = /^!?\[[^\]]*\]\((https?:\/\/[^)\s]+)\)$/i.exec(line)?.[1];
  if (markdown !== undefined) return markdown;
  const bare = line
    .replace(/^(?:(?:signed[ _-]?)?ur[li]|link|location|src|href)\s*[:=]\s*/i, "")
    .replace(/^"[\w -]+"\s*:\s*(?=")/, "")
    .replace(/^(["'`])(.*)\1[,;]?$/, "$2")
    .replace(/^<(.*)>$/, "$1");
  return /^(?:https?:|https?%)/i.test(bare) ? bare : line;
}

function decodedWhole(text: string): string {
  let decoded = text;
  for (let times = 0; times < 2 && /^https?%(?:25)?3A/i.test(decoded); times += 1) {
    decoded = attempt(decodeURIComponent, decoded);
  }
  return decoded;
}

function withoutEscapes(text: string): string {
  return text
    .replace(/\\u00(2[0-9a-f]|3[0-9a-f])/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    .replaceAll("\\/", "/");
}

function attempt(change: (text: string) => string, text: string): string {
  try {
    return change(text);
  } catch {
    return text;
  }
}

const SIGNED =
  /https?:\/\/[^\s"'`<>]{1,4096}[?&](?:amp;)?(?:Policy|Signature|Key-Pair-Id|X-Amz-Signature)=[^\s"'`<>]{1,8192}/gi;

/** Signed URLs inside other text: a mail, a playlist, a Location header, the source of a page. */
export function readUrlsInText(text: string): CapturedRequest[] | undefined {
  const found = [...new Set(text.match(SIGNED) ?? [])].slice(0, MOST_URLS);
  const isMarkup = /<\w[^>]*=["']?https?:/i.test(text);
  const requests = found.flatMap((each) => {
    const url = each.replace(/[).,:;\]]+$/, "");
    const request = readUrl(isMarkup ? url.replaceAll("&amp;", "&") : url);
    return request === undefined ? [] : [request];
  });
  if (requests.length === 0) return undefined;
  return requests.map((request, at) => ({
    ...request,
    source: requests.length === 1 ? "URL in text" : `URL ${at + 1} of ${requests.length} in text`,
    remarks: [...request.remarks, "the URL was found inside other text, which was ignored"],
  }));
}
