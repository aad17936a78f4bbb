/** A command's input: a file, stdin, or the argument itself. Streams a HAR, and reads everything else into memory. */
import { InputError } from "../errors.ts";
import type { World } from "../seams/world.ts";
import { noteColumns, wrap } from "../text/layout.ts";
import type { EpochSeconds } from "../time.ts";
import type { CapturedCookie, CapturedRequest } from "./capture.ts";
import { looksLikeHar } from "./har-scanner.ts";
import { readCapture } from "./read-capture.ts";
import { readJar } from "./read-jar.ts";

type Needs = Pick<World, "files" | "terminal">;

/** Enough to recognize a file. */
const HEAD = 4096;
/** Only a HAR is ever larger, and that streams. */
const LARGEST = 16 * 1024 * 1024;

/** Throws ERR_FILE_UNREADABLE, ERR_CAPTURE_UNREADABLE; for a HAR only while reading. */
export async function readInput(
  argument: string,
  now: EpochSeconds,
  world: Needs,
): Promise<readonly CapturedRequest[] | AsyncIterable<CapturedRequest>> {
  if (isInline(argument)) {
    warnOfHistory(argument, world);
    return withJars(readCapture(argument, now), world);
  }
  const chunks = world.files.stream(argument)[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let size = 0;
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    held.push(next.value);
    size += next.value.length;
    if (size >= HEAD && isHar(held)) break;
    if (size > LARGEST) throw tooLarge();
  }
  if (isHar(held)) {
    const { readHar } = await import("./read-har.ts");
    return readHar(resumed(held, chunks));
  }
  return withJars(readCapture(decoded(Buffer.concat(held)), now), world);
}

/**
 * What no path looks like: a header, a URL, JSON, a policy, a command line, even of unsupported programs. An error
 * would print a path.
 */
const NO_PATH =
  /^(?:(?:set-)?cookie:|https?:\/\/|curl(?:\.exe)?\s|(?:await\s+)?fetch\s*\(|(?:ff(?:mpeg|play|probe)|yt-dlp|youtube-dl|mpv|[cnqr]?vlc|streamlink|aria2c)(?:\.exe)?\s|document\.cookie|https?%3A|["'<]https?:\/\/|wget\s|https?\s|Invoke-|[{[]|eyJ[\w~-]{20})|CloudFront[-_][A-Z]|[?&;](?:Policy|Signature)=|[\r\n]/i;

const isInline = (argument: string): boolean => NO_PATH.test(argument);

function warnOfHistory(argument: string, { terminal }: Needs): void {
  if (!/Signature=|CloudFront[-_]Signature|-b\s|cookie:/i.test(argument)) return;
  const warning =
    "warning: the argument contains cookies or a signature, which are now in the shell's history; use a file, or - for stdin";
  terminal.note(wrap(warning, noteColumns(terminal), 0, 2));
}

/** PowerShell's > and Notepad write UTF-16, usually with its mark. */
function decoded(bytes: Buffer): string {
  const isBigEndian = bytes[0] === 0xfe && bytes[1] === 0xff;
  const isLittleEndian = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] !== 0 && bytes[1] === 0);
  if (isBigEndian)
    return bytes
      .subarray(0, bytes.length & ~1)
      .swap16()
      .toString("utf16le");
  return bytes.toString(isLittleEndian ? "utf16le" : "utf8");
}

const isHar = (held: readonly Uint8Array[]): boolean =>
  looksLikeHar(
    Buffer.concat(held)
      .toString("latin1", 0, HEAD)
      .replace(/^\u00EF\u00BB\u00BF/, ""),
  );

/** The bytes already read, then the rest; keeps nothing. */
async function* resumed(held: Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  yield* held.splice(0);
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/** curl's `-b FILE` names a jar: reads its cookies as curl would. */
async function withJars(captures: CapturedRequest[], { files }: Needs): Promise<CapturedRequest[]> {
  return Promise.all(
    captures.map(async (capture) => {
      const cookies: CapturedCookie[] = [...capture.cookies];
      const remarks = [...capture.remarks];
      for (const path of capture.jarFiles ?? []) {
        try {
          const jar = readJar(Buffer.from(await files.read(path)).toString("utf8"));
          for (const cookie of jar?.cookies ?? []) cookies.push(cookie);
          if (jar === undefined) remarks.push(`${path}, named by -b, is not a cookie jar`);
        } catch (thrown) {
          if (!(thrown instanceof InputError)) throw thrown;
          remarks.push(`the cookie jar of the command was not read: ${thrown.message}`);
        }
      }
      return { ...capture, cookies, remarks };
    }),
  );
}

function tooLarge(): InputError {
  return new InputError(
    "ERR_CAPTURE_UNREADABLE",
    `the input is larger than ${LARGEST / 1024 / 1024} MiB and not a HAR`,
    ["keyturn inspect --help"],
  );
}
