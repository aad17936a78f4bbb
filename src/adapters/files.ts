/** Files of the local disk. New files are complete or absent, and never stand in the way of what is there already. */
import { randomBytes } from "node:crypto";
import { constants, createReadStream } from "node:fs";
import { appendFile, link, lstat, open, readFile, stat, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError } from "../errors.ts";
import type { Files } from "../seams.ts";

export const localFiles: Files = {
  async read(path) {
    try {
      return await readFile(path);
    } catch (thrown) {
      throw unreadable(path, thrown);
    }
  },
  async stdin() {
    const { buffer } = await import("node:stream/consumers");
    return buffer(process.stdin);
  },
  async *stream(path) {
    try {
      yield* path === "-" ? process.stdin : createReadStream(path);
    } catch (thrown) {
      throw unreadable(path, thrown);
    }
  },
  writeNew,
  async append(path, text) {
    try {
      await appendFile(path, text);
    } catch (thrown) {
      throw new InputError("ERR_FILE_UNREADABLE", `${path} cannot be written: ${reasonOf(thrown)}`, [
        `ls -l ${path}`,
      ]);
    }
  },
  async mode(path) {
    try {
      // What a link leads to is what others can read; a link to nowhere still takes the name.
      const { mode } = await stat(path).catch(() => lstat(path));
      return mode & 0o7777;
    } catch (thrown) {
      if (codeOf(thrown) === "ENOENT" || codeOf(thrown) === "ENOTDIR") return undefined;
      throw unreadable(path, thrown);
    }
  },
};

/**
 * Writes beside the target, syncs, then gives the file its name with link(2), which fails when the name is taken, also
 * by a symlink: unlike rename(2) it can never replace anything. Then the folder is synced, so that the name lasts.
 */
async function writeNew(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const folder = dirname(path);
  const draft = join(folder, `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW;
  try {
    const file = await open(draft, flags, mode);
    try {
      await file.chmod(mode);
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(draft, path);
  } catch (thrown) {
    if (codeOf(thrown) === "EEXIST") {
      throw new InputError("ERR_FILE_EXISTS", `${path} exists already; keyturn never overwrites a file`, [
        "choose another name, or move the file away first",
      ]);
    }
    throw new InputError("ERR_FILE_UNREADABLE", `${path} cannot be written: ${reasonOf(thrown)}`, [
      `ls -ld ${folder}`,
    ]);
  } finally {
    await unlink(draft).catch(() => {
      // Never made: the error above is the one that counts.
    });
  }
  await syncFolder(folder);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unreadable(path: string, thrown: unknown): InputError {
  return new InputError("ERR_FILE_UNREADABLE", `${path} cannot be read: ${reasonOf(thrown)}`, [
    `ls -l ${path}`,
  ]);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EACCES: "permission denied",
  EPERM: "not permitted",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is not a folder",
  ENOSPC: "no space left",
  EROFS: "the file system is read-only",
  ELOOP: "too many symlinks",
};

function reasonOf(thrown: unknown): string {
  const code = codeOf(thrown) ?? "unknown reason";
  return REASONS[code] ?? code;
}

function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : undefined;
}
