/** Access log files on the local disk: found, sampled, copied from stdin. */
import { createReadStream, createWriteStream, type Stats } from "node:fs";
import { open, readdir, realpath, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip, constants as zlib } from "node:zlib";
import { InputError } from "../../errors.ts";
import { unreadableFile, unwritableFile } from "../../file-errors.ts";
import type { LogEngine, LogFileStart, LogFiles } from "../../seams/logs.ts";
import { shellWord } from "../../text/shell-word.ts";
import { rewriteLines } from "./rewritten-lines.ts";

export function localLogFiles(folder: string, engine: LogEngine, interrupt: AbortSignal): LogFiles {
  const names = new Map<string, string>();
  const shown = (path: string) => names.get(path) ?? path;
  return {
    shown,
    async rewritten(path, encoding) {
      const copy = join(folder, `rewritten-${names.size}`);
      const { compression } = await startOf(path, 2);
      await rewriteLines(path, copy, { isGzip: compression === "gzip", encoding }, interrupt).catch(
        (thrown) => {
          interrupt.throwIfAborted();
          throw unreadableFile(shown(path), thrown);
        },
      );
      names.set(copy, shown(path));
      return copy;
    },
    async find(asked, stdin) {
      // By its real path: `logs/a.gz` and `./logs/a.gz` are one file.
      const found = new Map<string, string>();
      for (const name of asked) {
        if (name !== "-") {
          for (const path of await filesOf(name, engine)) {
            const real = await realpath(path).catch(() => path);
            if (!found.has(real)) found.set(real, path);
          }
        } else if (!found.has("-")) {
          const copy = await copiedInto(folder, stdin, interrupt);
          names.set(copy, "stdin");
          found.set("-", copy);
        }
      }
      return [...found.values()];
    },
    async keep(name, bytes) {
      const path = join(folder, name);
      await writeFile(path, bytes, { mode: 0o600, flag: "wx" }).catch((cause) => {
        throw unwritableFile(path, cause);
      });
      return path;
    },
    start: startOf,
    async isWhole(path) {
      try {
        // The chunks do not matter: zlib verifies the checksum at the end.
        await pipeline(
          createReadStream(path),
          createGunzip(),
          async (chunks) => {
            for await (const _ of chunks);
          },
          { signal: interrupt },
        );
        return true;
      } catch (thrown) {
        interrupt.throwIfAborted();
        if ((thrown as NodeJS.ErrnoException).code?.startsWith("Z_")) return false;
        throw unreadableFile(path, thrown);
      }
    },
  };
}

async function copiedInto(
  folder: string,
  stdin: AsyncIterable<Uint8Array>,
  interrupt: AbortSignal,
): Promise<string> {
  const path = join(folder, "stdin");
  await pipeline(stdin, createWriteStream(path, { mode: 0o600 }), { signal: interrupt }).catch((thrown) => {
    interrupt.throwIfAborted();
    throw thrown instanceof InputError ? thrown : unreadableFile("stdin", thrown);
  });
  return path;
}

/** An existing name is taken literally, stars included. */
async function filesOf(name: string, engine: LogEngine): Promise<readonly string[]> {
  const found = await stat(name).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === "ENOENT" && /[*?[]/.test(name)) return undefined;
    throw unreadableFile(name, thrown);
  });
  const files = found === undefined ? await matching(name, engine) : await within(name, found);
  if (files.length > 0) return files;
  throw new InputError(
    "ERR_FILE_UNREADABLE",
    found === undefined ? `no file matches ${name}` : `${name} contains no files`,
    [`ls -la ${shellWord(found === undefined ? dirname(name) : name)}`],
  );
}

/** Node 20 has no glob; DuckDB's also supports `**`. */
async function matching(pattern: string, engine: LogEngine): Promise<readonly string[]> {
  const rows = await engine.query(`SELECT file FROM glob('${pattern.replaceAll("'", "''")}') ORDER BY file`);
  return rows.map(({ file }) => String(file));
}

async function within(name: string, found: Stats): Promise<readonly string[]> {
  if (!found.isDirectory()) return [name];
  const inside = await readdir(name, { recursive: true, withFileTypes: true }).catch((thrown) => {
    throw unreadableFile(name, thrown);
  });
  return inside
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Enough compressed bytes for `count` uncompressed ones, if lines compress at all. */
async function startOf(path: string, count: number): Promise<LogFileStart> {
  const file = await open(path).catch((thrown) => {
    throw unreadableFile(path, thrown);
  });
  try {
    const { size } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(count), 0, count, 0);
    const raw = buffer.subarray(0, bytesRead);
    if (raw[0] !== 0x1f || raw[1] !== 0x8b) return { compression: "none", size, length: size, bytes: raw };
    const { buffer: end } = await file.read(Buffer.alloc(4), 0, 4, Math.max(0, size - 4));
    const length = end.readUInt32LE(0);
    return { compression: "gzip", size, length, bytes: await inflatedStart(raw, count) };
  } catch (thrown) {
    throw unreadableFile(path, thrown);
  } finally {
    await file.close();
  }
}

/** Decompresses as much as possible of a file's beginning, which ends in the middle and may be damaged. */
async function inflatedStart(raw: Uint8Array, count: number): Promise<Uint8Array> {
  const gunzip = createGunzip({ finishFlush: zlib.Z_SYNC_FLUSH });
  const pieces: Uint8Array[] = [];
  let length = 0;
  gunzip.end(raw);
  try {
    for await (const piece of gunzip) {
      pieces.push(piece);
      length += piece.length;
      if (length >= count) break;
    }
  } catch {
    // Truncated: keep what came out so far.
  }
  return Buffer.concat(pieces).subarray(0, count);
}
