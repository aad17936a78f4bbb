/**
 * Rewrites a log that is not one record per line: JSON objects without newlines (Firehose), on several lines or inside
 * one document (CloudWatch Logs), quoted in CSV (Insights), and UTF-16 (PowerShell).
 */
import { createReadStream, createWriteStream } from "node:fs";
import { pipeline as joined } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { isRecord } from "../../is-record.ts";

/** In characters: more than any record has. An object that is longer is not a record. */
const LONGEST = 2_500_000;

/** Writes `to`, which must not exist. Stops where a gzip file is damaged. Throws the reason of an interrupt. */
export async function rewriteLines(
  from: string,
  to: string,
  { isGzip, encoding }: { readonly isGzip: boolean; readonly encoding: string },
  interrupt: AbortSignal,
): Promise<void> {
  const decoder = new TextDecoder(encoding);
  const records = encoding === "utf-8" ? new RecordScanner() : undefined;
  const rewritten = (text: string) => records?.linesIn(text) ?? text;
  await pipeline(
    async function* () {
      const file = createReadStream(from, { signal: interrupt });
      // Unlike `pipe`, it hands an error of the file on; the loop below throws it.
      const chunks: AsyncIterable<Uint8Array> = isGzip ? joined(file, createGunzip(), () => {}) : file;
      try {
        for await (const chunk of chunks) yield rewritten(decoder.decode(chunk, { stream: true }));
      } catch (thrown) {
        interrupt.throwIfAborted();
        if (!(thrown as NodeJS.ErrnoException).code?.startsWith("Z_")) throw thrown;
        yield '{"cut off or damaged\n';
      }
      yield `${rewritten(decoder.decode())}${records?.rest() ?? ""}`;
    },
    createWriteStream(to, { mode: 0o600, flags: "wx" }),
    { signal: interrupt },
  );
}

/** Finds innermost objects in any text around them: the records, or the events that carry one as text. */
class RecordScanner {
  #held = "";
  /** Of the innermost open object, in `#held`. */
  #start = -1;
  #at = 0;
  #depth = 0;
  #isInString = false;
  #isCsv: boolean | undefined;
  #quote = "";

  /** Each record on a line; an object that is neither a record nor an event is skipped. */
  linesIn(text: string): string {
    this.#held += this.#unquoted(text);
    const lines: string[] = [];
    for (; this.#at < this.#held.length; this.#at += 1) {
      const char = this.#held.charCodeAt(this.#at);
      if (this.#isInString) {
        if (char === BACKSLASH) this.#at += 1;
        else if (char === QUOTE) this.#isInString = false;
      } else if (char === QUOTE) this.#isInString = this.#depth > 0;
      else if (char === OPEN) {
        this.#depth += 1;
        this.#start = this.#at;
      } else if (char === CLOSE) {
        this.#depth = Math.max(0, this.#depth - 1);
        if (this.#start >= 0) lines.push(...recordsIn(this.#held.slice(this.#start, this.#at + 1)));
        this.#start = -1;
      }
    }
    this.#forget();
    return lines.map((line) => `${line}\n`).join("");
  }

  /** A record without an end, on a line that counts as damaged. */
  rest(): string {
    return this.#start < 0 ? "" : `${this.#held.slice(this.#start).replaceAll(/\s+/g, " ")}\n`;
  }

  #forget(): void {
    const isTooLong = this.#start >= 0 && this.#held.length - this.#start > LONGEST;
    if (isTooLong) {
      this.#start = -1;
      this.#depth = 0;
      this.#isInString = false;
    }
    const kept = this.#start < 0 ? this.#held.length : this.#start;
    this.#held = this.#held.slice(kept);
    this.#at -= kept;
    this.#start = this.#start < 0 ? -1 : 0;
  }

  /** CSV doubles each quote; the one around a cell stands outside of every object. */
  #unquoted(text: string): string {
    this.#isCsv ??= text.includes('{""');
    if (!this.#isCsv) return text;
    const whole = this.#quote + text;
    const odd = /"*$/.exec(whole)?.[0].length ?? 0;
    this.#quote = odd % 2 === 1 ? '"' : "";
    return whole.slice(0, whole.length - this.#quote.length).replaceAll('""', '"');
  }
}

const [QUOTE, BACKSLASH, OPEN, CLOSE] = [0x22, 0x5c, 0x7b, 0x7d];

/** The record, from an event's message or from the object itself, as one line. */
function recordsIn(text: string): string[] {
  const object = parsed(text);
  // `value`: a field of `get-query-results`.
  const inner =
    object?.message ?? object?.["@message"] ?? (object?.field === "@message" ? object.value : undefined);
  const record = typeof inner === "string" ? parsed(inner) : object;
  if (record === undefined) return [text.replaceAll(/\s+/g, " ")];
  return Object.keys(record).some((name) => /^(?:x[-_]edge[-_]|c[-_]ip$|cs[-_(]|sc[-_])/.test(name))
    ? [JSON.stringify(record)]
    : [];
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
