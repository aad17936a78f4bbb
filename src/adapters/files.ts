/**
 * Files of the local disk, read synchronously: they are near, and neither Node's streams nor a pool of threads has to be
 * started for them, a seventh of a start. What is no file (a pipe, a terminal) may keep one waiting, and then Ctrl-C must
 * be heard: that is read through a stream. What writes is loaded when something is written.
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
import type { Files } from "../seams.ts";
import { codeOf, unreadable, unwritable } from "./file-errors.ts";

export const localFiles: Files = {
  async read(path) {
    try {
      return isPlainFile(path) ? readFileSync(path) : await drained(createReadStream(path));
    } catch (thrown) {
      throw unreadable(path, thrown);
    }
  },
  stdin: () => drained(process.stdin),
  async *stream(path) {
    try {
      if (path === "-") yield* process.stdin;
      else yield* isPlainFile(path) ? pieces(path) : createReadStream(path);
    } catch (thrown) {
      throw unreadable(path, thrown);
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
      throw unwritable(path, thrown, `ls -l ${path}`);
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

function isPlainFile(path: string): boolean {
  return statSync(path).isFile();
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

async function drained(stream: NodeJS.ReadableStream): Promise<Uint8Array> {
  const { buffer } = await import("node:stream/consumers");
  return buffer(stream);
}
