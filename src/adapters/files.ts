/**
 * Files on the local disk, read synchronously: it is fast and starts neither Node's streams nor its thread pool, a
 * seventh of the start-up time. Pipes and terminals may block, and Ctrl-C must still work: they are read through a
 * stream that the interrupt ends. The code that writes is loaded on the first write.
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
import { codeOf, unreadableFile, unwritableFile } from "../file-errors.ts";
import type { Files } from "../seams/world.ts";
import { shellWord } from "../text/shell-word.ts";

/** `interrupt` ends a read that waits for a writer. */
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
        throw unwritableFile(path, thrown, `ls -l ${shellWord(path)}`);
      }
    },
    async mode(path) {
      try {
        // The link's target decides who can read it; a dangling link still takes the name.
        const { mode } = statSync(path, { throwIfNoEntry: false }) ?? lstatSync(path);
        return mode & 0o7777;
      } catch (thrown) {
        if (codeOf(thrown) === "ENOENT" || codeOf(thrown) === "ENOTDIR") return undefined;
        throw unreadableFile(path, thrown);
      }
    },
  };
}

function fileError(path: string, thrown: unknown, interrupt: AbortSignal): unknown {
  return interrupt.aborted ? interrupt.reason : unreadableFile(path, thrown);
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

/** Files read whole are keys, passwords and requests; an endless device would fill the memory. */
const MOST_BYTES = 64 * 1024 * 1024;

async function drained(stream: Readable, interrupt: AbortSignal): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of interruptible(stream, interrupt)) {
    pieces.push(piece);
    length += piece.length;
    if (length > MOST_BYTES) throw Object.assign(new Error("the file is endless"), { code: "EFBIG" });
  }
  return Buffer.concat(pieces);
}
