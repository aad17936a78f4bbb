/** Reads command lines of players and downloaders as the requests that they would send. Runs nothing. */
import type { CapturedCookie, CapturedRequest } from "./capture.ts";
import { bashWords } from "./read-bash-words.ts";
import { cmdWords, looksLikeCmd } from "./read-cmd-words.ts";
import { asCookies, parseCookieHeader } from "./read-cookie-header.ts";
import { parseSetCookie } from "./read-set-cookie.ts";
import { unreadableCapture } from "./unreadable-capture.ts";

interface ParsedArguments {
  readonly urls: string[];
  readonly cookies: CapturedCookie[];
  readonly headers: [string, string][];
  readonly jarFiles: string[];
  readonly remarks: string[];
}
type Take = (value: string, parsed: ParsedArguments) => void;

function add(cookies: CapturedCookie[], header: string): void {
  for (const cookie of asCookies(parseCookieHeader(header))) cookies.push(cookie);
}

/** One header line, `Name: value`. */
const header: Take = (line, { cookies, headers }) => {
  const colon = line.indexOf(":");
  if (colon < 0) return;
  const name = line.slice(0, colon).trim();
  const value = line.slice(colon + 1).trim();
  if (name.toLowerCase() === "cookie") add(cookies, value);
  else headers.push([name, value]);
};
/** ffmpeg: lines ending in a real CRLF. In plain quotes `\r\n` stays part of the last value. */
const headerLines: Take = (text, parsed) => {
  for (const line of text.split(/\r?\n/)) header(line, parsed);
  if (/\\r\\n|\\n/.test(text)) {
    parsed.remarks.push(
      "-headers contains \\r\\n as four characters, which ffmpeg sends literally; write $'...' so that bash turns them into line breaks",
    );
  }
};
/** mpv: a comma-separated list; `\,` is a comma inside a value. */
const headerList: Take = (text, parsed) => {
  for (const line of text.split(/(?<!\\),(?=\s*[\w-]+\s*:)/))
    header(line.replaceAll("\\,", ",").trim(), parsed);
};
/** ffmpeg's -cookies: Set-Cookie values, one per line. */
const setCookies: Take = (text, { cookies }) => {
  for (const line of text.split(/\r?\n|\\n/)) {
    const cookie = parseSetCookie(line.replace(/;\s*$/, ""), 0);
    if (cookie === undefined) continue;
    const { domain, path } = cookie.stored ?? {};
    const isPlaced = domain !== undefined || path !== undefined;
    // Without domain and path ffmpeg sends the cookie everywhere, so attributes must not be judged.
    cookies.push(isPlaced ? cookie : { name: cookie.name, value: cookie.value });
  }
};
const pairs: Take = (text, { cookies }) => add(cookies, text);
const jar: Take = (path, { jarFiles }) => void jarFiles.push(path);
const url: Take = (text, { urls }) => void urls.push(text);
const skip: Take = () => undefined;
const browserJar: Take = (_, { remarks }) =>
  void remarks.push(
    "the cookies come from a browser's own store (--cookies-from-browser), which was not read",
  );
const named =
  (name: string): Take =>
  (value, { headers }) =>
    void headers.push([name, value]);
const noCookies: Take = (_, { remarks }) =>
  void remarks.push("VLC has no option to send a Cookie header: use a signed URL");

interface Program {
  readonly names: RegExp;
  /** Options with a value, without dashes; any other counts as a switch unless `isValued` says otherwise. */
  readonly options: Readonly<Record<string, Take>>;
  /** Every option takes the next word, as almost all of ffmpeg's do, except these. */
  readonly switches?: RegExp;
}

const WITH_FFMPEG: Program["options"] = {
  headers: headerLines,
  cookies: setCookies,
  i: url,
  user_agent: named("User-Agent"),
  referer: named("Referer"),
};
const PROGRAMS: readonly Program[] = [
  {
    names: /^ff(?:mpeg|play|probe)$/,
    options: WITH_FFMPEG,
    switches:
      /^(?:y|n|re|hide_banner|nostdin|stats|nostats|an|vn|sn|dn|shortest|copyts|autoexit|fs|nodisp|show_\w+|report|loop)$/,
  },
  {
    names: /^(?:yt-dlp|youtube-dl)$/,
    options: {
      "add-header": header,
      "add-headers": header,
      cookies: jar,
      "cookies-from-browser": browserJar,
      referer: named("Referer"),
      "user-agent": named("User-Agent"),
      ...valued(
        "o output f format S format-sort P paths proxy r limit-rate R retries u username p password x",
      ),
      ...valued(
        "downloader external-downloader downloader-args postprocessor-args ppa extractor-args sub-langs",
      ),
      ...valued("N concurrent-fragments merge-output-format remux-video audio-format a batch-file"),
    },
  },
  {
    names: /^mpv(?:\.com)?$/,
    options: {
      "http-header-fields": headerList,
      "http-header-fields-append": header,
      "http-header-fields-add": headerList,
      "http-header-fields-set": headerList,
      "cookies-file": jar,
      referrer: named("Referer"),
      "user-agent": named("User-Agent"),
      "stream-lavf-o": lavf,
      "stream-lavf-o-append": lavf,
      "demuxer-lavf-o": lavf,
    },
  },
  {
    names: /^[cnqr]?vlc$/,
    options: {
      "http-referrer": named("Referer"),
      "http-user-agent": named("User-Agent"),
      "http-cookies": noCookies,
    },
  },
  {
    names: /^streamlink$/,
    options: {
      "http-cookie": pairs,
      "http-cookies": pairs,
      "http-header": equalsHeader,
      "http-headers": equalsHeader,
      ...valued("p player o output a player-args"),
    },
  },
  {
    names: /^aria2c$/,
    options: { header, "load-cookies": jar, referer: named("Referer"), ...valued("o out d dir x s j k") },
  },
];

/** FFmpeg's options inside mpv's: `headers=...` or `cookies=[...]`. */
function lavf(text: string, parsed: ParsedArguments): void {
  const [, name = "", value = ""] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  WITH_FFMPEG[name]?.(value.replace(/^["'[]|["'\]]$/g, ""), parsed);
}
/** streamlink's `Name=value`. */
function equalsHeader(text: string, parsed: ParsedArguments): void {
  header(text.replace("=", ": "), parsed);
}
function valued(names: string): Readonly<Record<string, Take>> {
  return Object.fromEntries(names.split(" ").map((name) => [name, skip]));
}

const COMMAND =
  /^(?:[$%>#]\s+|PS [^>]*>\s*)?(?:[\w./\\:-]*[/\\])?(ff(?:mpeg|play|probe)|yt-dlp|youtube-dl|mpv|[cnqr]?vlc|streamlink|aria2c)(?:\.exe|\.com)?["']?\s/i;

export const looksLikePlayer = (text: string): boolean => COMMAND.test(text);

/** One request per URL. Throws ERR_CAPTURE_UNREADABLE if there is none. */
export function readPlayer(text: string): CapturedRequest[] {
  const name = (COMMAND.exec(text)?.[1] ?? "").toLowerCase();
  const program = PROGRAMS.find(({ names }) => names.test(name)) as Program;
  const { words, hasExpansion, isCutOff } = (looksLikeCmd(text) ? cmdWords : bashWords)(
    text.replace(/^(?:[$%>#]\s+|PS [^>]*>\s*)/, ""),
  );
  const parsed = readArguments(words.slice(1), program);
  if (hasExpansion)
    parsed.remarks.push(
      "the command contains a shell variable or substitution, which only a shell can expand",
    );
  if (isCutOff)
    parsed.remarks.push("the command is cut off: a quote is never closed, or its last line continues");
  const urls = parsed.urls.map(withoutStreamlinkPrefix).filter((each) => /^https?:\/\//i.test(each));
  if (urls.length === 0) {
    throw unreadableCapture(`the ${name} command has no http or https URL; paste the whole command`);
  }
  const { cookies, headers, jarFiles, remarks } = parsed;
  return urls.slice(0, 100).map((each, at) => {
    const [bare = "", fragment] = each.split("#", 2);
    return {
      form: "http-request",
      source: urls.length === 1 ? `${name} command` : `${name} command, URL ${at + 1} of ${urls.length}`,
      method: "GET",
      url: bare,
      fragment,
      cookies,
      headers,
      jarFiles,
      remarks,
    };
  });
}

/** `hls://https://...` names the protocol to play. */
const withoutStreamlinkPrefix = (word: string): string =>
  word.replace(/^(?:hls|dash|httpstream):\/\/(?=https?:)/i, "");

function readArguments(words: readonly string[], { options, switches }: Program): ParsedArguments {
  const parsed: ParsedArguments = { urls: [], cookies: [], headers: [], jarFiles: [], remarks: [] };
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] as string;
    const [, dashes, name = "", attached] = /^(--?|:)([\w:.-]+)(?:=(.*))?$/s.exec(word) ?? [];
    if (dashes === undefined) {
      parsed.urls.push(word);
      continue;
    }
    const take = options[name];
    const wantsNext = attached === undefined && (take !== undefined || (switches && !switches.test(name)));
    const value = wantsNext ? (words[at + 1] ?? "") : (attached ?? "");
    if (wantsNext) at += 1;
    take?.(value, parsed);
  }
  return parsed;
}
