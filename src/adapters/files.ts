/**
 * Files of the local disk, read synchronously: they are near, and neither Node's streams nor a pool of threads has to be
 * started for them, a seventh of a start. What is no file (a pipe, a terminal) may keep one waiting, and then Ctrl-C must
 * be heard: that is read through a stream, which the interrupt ends. What writes is loaded when something is written.
 */
import {
  appendFileSync,
  closeSync,
  createReadStream,
  lstatSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
} from "node:fs";
import type { Readable } from "node:stream";
import { codeOf, unreadable, unwritable } from "../file-errors.ts";
import type { Files } from "../seams.ts";
import { shellWord } from "../text/shell-word.ts";

/** `interrupt` ends a reading that waits for somebody to write. */
export function localFiles(interrupt: AbortSignal): Files {
  return {
    async read(path) {
      try {
        if (isPlainFile(path)) return readFileSync(path);
        return await drained(await streamOf(path, interrupt), interrupt);
      } catch (thrown) {
        throw fileError(path, thrown, interrupt);
      }
    },
    async stdin() {
      try {
        return await drained(process.stdin, interrupt);
      } catch (thrown) {
        throw fileError("stdin", thrown, interrupt);
      }
    },
    async *stream(path) {
      try {
        if (path !== "-" && isPlainFile(path)) yield* pieces(path);
        else yield* interruptible(path === "-" ? process.stdin : await streamOf(path, interrupt), interrupt);
      } catch (thrown) {
        throw fileError(path, thrown, interrupt);
      }
    },
    async writeNew(...what) {
      const { writeNewFile } = await import("./new-file.ts");
      return writeNewFile(...what);
    },
    async append(path, text) {
      try {
        appendFileSync(path, text);
      } catch (thrown) {
        throw unwritable(path, thrown, `ls -l ${shellWord(path)}`);
      }
    },
    async mode(path) {
      try {
        // What a link leads to is what others can read; a link to nowhere still takes the name.
        const { mode } = statSync(path, { throwIfNoEntry: false }) ?? lstatSync(path);
        return mode & 0o7777;
      } catch (thrown) {
        if (codeOf(thrown) === "ENOENT" || codeOf(thrown) === "ENOTDIR") return undefined;
        throw unreadable(path, thrown);
      }
    },
  };
}

function fileError(path: string, thrown: unknown, interrupt: AbortSignal): unknown {
  return interrupt.aborted ? interrupt.reason : unreadable(path, thrown);
}

function isPlainFile(path: string): boolean {
  return statSync(path).isFile();
}

async function streamOf(path: string, interrupt: AbortSignal): Promise<Readable> {
  if (!statSync(path).isFIFO()) return createReadStream(path);
  const { openNamedPipe } = await import("./named-pipe.ts");
  return openNamedPipe(path, interrupt);
}

const PIECE_BYTES = 65_536;

function* pieces(path: string): Iterable<Uint8Array> {
  const file = openSync(path, "r");
  try {
    for (;;) {
      const piece = Buffer.allocUnsafe(PIECE_BYTES);
      const length = readSync(file, piece);
      if (length === 0) return;
      yield piece.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}

async function* interruptible(stream: Readable, interrupt: AbortSignal): AsyncIterable<Uint8Array> {
  const { addAbortSignal } = await import("node:stream");
  yield* addAbortSignal(interrupt, stream);
}

/** What is read whole is a key, a password, a request: a device that never ends would fill the memory. */
const MOST_BYTES = 64 * 1024 * 1024;

async function drained(stream: Readable, interrupt: AbortSignal): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of interruptible(stream, interrupt)) {
    pieces.push(piece);
    length += piece.length;
    if (length > MOST_BYTES) throw Object.assign(new Error("it does not end"), { code: "EFBIG" });
  }
  return Buffer.concat(pieces);
}
