/**
 * Extracts the entries of a HAR while streaming: holds one entry at a time, without its long strings (mostly response
 * bodies). Knows just enough JSON for that; each entry is parsed properly afterwards.
 */

/** Longer strings become empty: a request has at most 32,768 bytes, the edge's longest denial 146. */
const LONGEST_STRING = 65_536;
/** Far above any entry without long strings; longer entries are skipped. */
const LONGEST_ENTRY = 16 * 1024 * 1024;
const LONGEST_KEY = 16;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COLON = 0x3a;
const EMPTY_STRING = Buffer.from('""');

/** Browsers write `log` first; other tools may put a comment before it. */
export const looksLikeHar = (head: string): boolean =>
  /^\uFEFF?\s*\{\s*(?:"[^"\\]{0,64}"\s*:\s*"[^"\\]{0,512}"\s*,\s*){0,4}"log"\s*:/.test(head);

export class HarScanner {
  /** Entries started so far. */
  count = 0;
  /** Entries that were too long to hold. */
  skipped = 0;
  #depth = 0;
  /** Depth inside the entries array; 0 until it is found. */
  #entriesDepth = 0;
  #isDone = false;
  /** The last string before the entries; a key if a colon follows. */
  #string = "";
  #key = "";
  #isString = false;
  #isEscaped = false;
  #stringLength = 0;
  /** Pieces of the current entry copied from earlier chunks, and how many of them precede the open string. */
  #parts: Buffer[] | undefined;
  #partsBeforeString = 0;
  #held = 0;
  #isOverlong = false;

  /** The entries completed by this chunk, as JSON text. */
  push(chunk: Uint8Array): string[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const entries: string[] = [];
    /** Where the uncopied rest of the current entry begins, and where the open string does. */
    let from = 0;
    let stringFrom = -1;
    let at = 0;
    while (at < bytes.length) {
      if (this.#isString) {
        at = this.#skipString(bytes, at);
        if (!this.#isString && this.#isTooLong()) {
          this.#dropString(bytes, from, stringFrom);
          from = at;
        }
        continue;
      }
      const byte = bytes[at] as number;
      at += 1;
      if (byte === QUOTE) {
        this.#isString = true;
        this.#stringLength = 0;
        this.#string = "";
        stringFrom = at - 1;
      } else if (byte === COLON) {
        this.#key = this.#string;
      } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        this.#depth += 1;
        if (this.#beginsEntries(byte)) this.#entriesDepth = this.#depth;
        else if (this.#isEntryDepth() && !this.#isDone) {
          this.count += 1;
          this.#parts = [];
          this.#held = 0;
          this.#isOverlong = false;
          from = at - 1;
        }
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        if (this.#parts !== undefined && this.#isEntryDepth()) {
          const entry = this.#finish(bytes.subarray(from, at));
          if (entry !== undefined) entries.push(entry);
        } else if (this.#entriesDepth > 0 && this.#depth === this.#entriesDepth) {
          this.#isDone = true;
        }
        this.#depth -= 1;
      }
    }
    if (this.#parts !== undefined) this.#holdRest(bytes, from, stringFrom);
    return entries;
  }

  /** How the file ended: `whole`, `cut-off` inside the entries, or without any (`none`). */
  end(): "whole" | "cut-off" | "none" {
    if (this.#isDone) return "whole";
    return this.#entriesDepth === 0 ? "none" : "cut-off";
  }

  /** `{"log": {"entries": [`. */
  #beginsEntries(byte: number): boolean {
    return this.#entriesDepth === 0 && byte === OPEN_ARRAY && this.#depth === 3 && this.#key === "entries";
  }
  #isEntryDepth(): boolean {
    return this.#entriesDepth > 0 && this.#depth === this.#entriesDepth + 1;
  }
  #isTooLong(): boolean {
    return this.#parts !== undefined && this.#stringLength > LONGEST_STRING;
  }

  #finish(rest: Buffer): string | undefined {
    this.#hold(rest);
    const parts = this.#parts ?? [];
    this.#parts = undefined;
    if (!this.#isOverlong) return Buffer.concat(parts).toString("utf8");
    this.skipped += 1;
    return undefined;
  }

  /** An open string starts a new piece, so that it can be dropped. */
  #holdRest(bytes: Buffer, from: number, stringFrom: number): void {
    let rest = from;
    if (this.#isString && stringFrom >= 0) {
      this.#hold(bytes.subarray(from, stringFrom));
      this.#partsBeforeString = this.#parts?.length ?? 0;
      rest = stringFrom;
    }
    if (this.#isString && this.#isTooLong()) this.#truncate();
    else this.#hold(bytes.subarray(rest));
  }

  /** Replaces the string that just ended with an empty one. */
  #dropString(bytes: Buffer, from: number, stringFrom: number): void {
    if (stringFrom >= 0) this.#hold(bytes.subarray(from, stringFrom));
    else this.#truncate();
    this.#hold(EMPTY_STRING);
  }

  #truncate(): void {
    const dropped = this.#parts?.splice(this.#partsBeforeString) ?? [];
    for (const part of dropped) this.#held -= part.length;
  }

  #hold(part: Buffer): void {
    if (part.length === 0) return;
    this.#held += part.length;
    // A copy, because the chunk's memory may be reused.
    this.#isOverlong ||= this.#held > LONGEST_ENTRY;
    if (!this.#isOverlong) this.#parts?.push(Buffer.from(part));
  }

  /** The index after the closing quote, or the end of the chunk. */
  #skipString(bytes: Buffer, from: number): number {
    const start = this.#isEscaped ? from + 1 : from;
    this.#isEscaped = false;
    for (let at = start; ; ) {
      const quote = bytes.indexOf(QUOTE, at);
      const end = quote < 0 ? bytes.length : quote;
      let backslashes = 0;
      while (end - backslashes > at && bytes[end - backslashes - 1] === BACKSLASH) backslashes += 1;
      const isEscaped = backslashes % 2 === 1;
      if (quote < 0 || !isEscaped) {
        this.#note(bytes, from, end);
        this.#isString = quote < 0;
        this.#isEscaped = quote < 0 && isEscaped;
        return quote < 0 ? end : end + 1;
      }
      at = end + 1;
    }
  }

  #note(bytes: Buffer, from: number, end: number): void {
    this.#stringLength += end - from;
    if (this.#entriesDepth > 0 || this.#string.length > LONGEST_KEY) return;
    this.#string += bytes.toString("latin1", from, Math.min(end, from + LONGEST_KEY));
  }
}
