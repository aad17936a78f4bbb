/** Reads a curl command, copied from a browser or typed, as the request that it would send. Runs nothing. */
import { InputError } from "../errors.ts";
import type { CapturedRequest } from "./capture.ts";
import { type BashWords, bashWords } from "./read-bash-words.ts";
import { cmdWords, looksLikeCmd } from "./read-cmd-words.ts";
import { asCookies, parseCookieHeader } from "./read-cookie-header.ts";

/** Allows a leading prompt, as pasted from a terminal. */
export const looksLikeCurl = (text: string): boolean => /^(?:[$%>#]\s+)?curl(?:\.exe)?\s/i.test(text);

/** More than people type, and more than most "Copy all" results; the rest is counted but not read. */
const MOST_URLS = 100;
const MOST_COMMANDS = 1000;

/**
 * One request per URL; all URLs of a command share its cookies. "Copy all as cURL" makes many commands; anything
 * else after a command is ignored. Throws ERR_CAPTURE_UNREADABLE.
 */
export function readCurl(text: string): CapturedRequest[] {
  const read = looksLikeCmd(text) ? cmdWords : bashWords;
  const requests: CapturedRequest[] = [];
  let commands = 0;
  for (let left = text; looksLikeCurl(left) && commands < MOST_COMMANDS; commands += 1) {
    const words = read(left.replace(/^[$%>#]\s+/, ""));
    for (const request of readCommand(words)) requests.push(request);
    left = words.rest.trimStart();
  }
  if (commands < 2) return requests;
  return requests.map((request, index) => ({
    ...request,
    source: `curl command, request ${index + 1} of ${requests.length}`,
  }));
}

function readCommand({ words, hasExpansion, isCutOff }: BashWords): CapturedRequest[] {
  const { urls, isPathAsIs, method, query, headers, cookies, jarFiles, remarks } = readArguments(
    words.slice(1),
  );
  if (hasExpansion)
    remarks.push("the command contains a shell variable or substitution, which only a shell can expand");
  if (isCutOff) remarks.push("the command is cut off: a quote is never closed, or its last line continues");
  if (urls.length === 0) {
    throw new InputError("ERR_CAPTURE_UNREADABLE", "the curl command has no URL", [
      "copy the whole command; its lines end with a backslash (or a caret on Windows)",
    ]);
  }
  if (urls.length > MOST_URLS)
    remarks.push(`the command has ${urls.length} URLs; the first ${MOST_URLS} were read`);
  return urls.slice(0, MOST_URLS).map((typed, index) => ({
    form: "curl",
    source: urls.length === 1 ? "curl command" : `curl command, URL ${index + 1} of ${urls.length}`,
    method,
    url: sentUrl(typed, query, isPathAsIs),
    ...fragmentOf(typed),
    cookies: asCookies(cookies),
    headers,
    jarFiles,
    remarks,
  }));
}

interface ParsedArguments {
  readonly urls: string[];
  readonly headers: [string, string][];
  readonly cookies: [string, string][];
  readonly jarFiles: string[];
  readonly remarks: string[];
  readonly query: string[];
  method: string;
  isPathAsIs: boolean;
}

/** Short options that take a value, attached or as the next word. */
const SHORT_WITH_VALUE = "AbcCdDeEFHhKmoPQrtTuUwxXyYz";
const LONG_WITH_VALUE = new Set(
  `abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to
  continue-at cookie cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode
  delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers doh-url dump-header ech engine etag-compare etag-save
  expect100-timeout form form-string ftp-account ftp-method happy-eyeballs-timeout-ms header hostpubsha256 hsts
  interface ip-tos ipfs-gateway json keepalive-time key key-type krb libcurl limit-rate local-port login-options
  max-filesize max-redirs max-time netrc-file noproxy oauth2-bearer output output-dir pass pinnedpubkey preproxy proto
  proto-default proto-redir proxy proxy-header proxy-user proxy1.0 quote random-file range rate referer request
  request-target resolve retry retry-delay retry-max-time service-name socks4 socks4a socks5 socks5-hostname speed-limit
  speed-time stderr time-cond tls-max tls13-ciphers trace trace-ascii trace-config unix-socket upload-file url url-query
  user user-agent variable vlan-priority write-out`.split(/\s+/),
);
const LONG_OF_SHORT: Readonly<Record<string, string>> = {
  A: "user-agent",
  b: "cookie",
  d: "data",
  e: "referer",
  F: "form",
  G: "get",
  H: "header",
  I: "head",
  T: "upload-file",
  X: "request",
  K: "config",
};

function readArguments(words: readonly string[]): ParsedArguments {
  const parsed: ParsedArguments = {
    urls: [],
    headers: [],
    cookies: [],
    jarFiles: [],
    remarks: [],
    query: [],
    method: "",
    isPathAsIs: false,
  };
  const data: string[] = [];
  let isGet = false;
  let implied = "GET";
  const apply = (name: string, value: string) => {
    switch (name) {
      case "url":
        parsed.urls.push(value);
        break;
      case "header":
        readHeader(value, parsed);
        break;
      case "cookie":
        if (value.includes("=")) for (const pair of parseCookieHeader(value)) parsed.cookies.push(pair);
        else if (value !== "") parsed.jarFiles.push(value);
        break;
      case "request":
        parsed.method = value;
        break;
      case "referer":
        parsed.headers.push(["Referer", value.split(";")[0] as string]);
        break;
      case "url-query":
        parsed.query.push(value);
        break;
      case "head":
        implied = "HEAD";
        break;
      case "upload-file":
        implied = "PUT";
        break;
      case "get":
        isGet = true;
        break;
      case "path-as-is":
        parsed.isPathAsIs = true;
        break;
      case "config":
        parsed.remarks.push("curl would read more options from the file of -K, which was not read");
        break;
      default:
        if (/^(?:data|json|form)/.test(name)) {
          data.push(value);
          if (implied === "GET") implied = "POST";
        }
    }
  };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] as string;
    const next = () => {
      at += 1;
      return words[at] ?? "";
    };
    if (word.startsWith("--") && word.length > 2) {
      // Later versions also accept the value after =.
      const [, name = "", attached] = /^([^=]*)(?:=(.*))?$/s.exec(word.slice(2)) ?? [];
      apply(name, LONG_WITH_VALUE.has(name) ? (attached ?? next()) : "");
    } else if (word.startsWith("-") && word.length > 1 && word !== "--") {
      for (let letter = 1; letter < word.length; letter += 1) {
        const name = word[letter] as string;
        const takesValue = SHORT_WITH_VALUE.includes(name) && name !== "h";
        const attached = word.slice(letter + 1);
        apply(LONG_OF_SHORT[name] ?? name, takesValue ? (attached === "" ? next() : attached) : "");
        if (takesValue) break;
      }
    } else if (word !== "--") {
      parsed.urls.push(word);
    }
  }
  if (isGet) {
    for (const each of data) parsed.query.push(each);
    if (implied === "POST") implied = "GET";
  }
  if (parsed.method === "") parsed.method = implied;
  return parsed;
}

function readHeader(line: string, parsed: ParsedArguments): void {
  if (line.startsWith("@")) {
    parsed.remarks.push("curl would read headers from the file of -H @FILE, which was not read");
    return;
  }
  const colon = line.indexOf(":");
  if (colon < 0) return;
  const name = line.slice(0, colon).trim();
  const value = line.slice(colon + 1).trim();
  if (name.toLowerCase() === "cookie") for (const pair of parseCookieHeader(value)) parsed.cookies.push(pair);
  else parsed.headers.push([name, value]);
}

function fragmentOf(typed: string): { readonly fragment?: string } {
  const at = typed.indexOf("#");
  return at < 0 || at === typed.length - 1 ? {} : { fragment: typed.slice(at + 1) };
}

/** The URL on the wire: curl adds a scheme, drops the fragment and by default removes dot segments. */
function sentUrl(typed: string, query: readonly string[], isPathAsIs: boolean): string {
  const [bare = ""] = typed.split("#", 1);
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(bare) ? bare : `http://${bare}`;
  const path = url.indexOf("/", url.indexOf("://") + 3);
  const mark = url.indexOf("?");
  const end = mark < 0 ? url.length : mark;
  const rooted = path < 0 || path > end ? `${url.slice(0, end)}/${url.slice(end)}` : url;
  const squashed = isPathAsIs || !/\/\.\.?(?:[/?]|$)/.test(rooted) ? rooted : squash(rooted);
  if (query.length === 0) return squashed;
  return `${squashed}${squashed.includes("?") ? "&" : "?"}${query.join("&")}`;
}

function squash(url: string): string {
  const mark = url.indexOf("?");
  const end = mark < 0 ? url.length : mark;
  const path = url.indexOf("/", url.indexOf("://") + 3);
  const kept: string[] = [];
  const segments = url.slice(path + 1, end).split("/");
  segments.forEach((segment, index) => {
    const isLast = index === segments.length - 1;
    if (segment === "..") kept.pop();
    else if (segment !== ".") kept.push(segment);
    if (isLast && (segment === "." || segment === "..")) kept.push("");
  });
  return `${url.slice(0, path)}/${kept.join("/")}${url.slice(end)}`;
}
