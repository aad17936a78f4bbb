/** New files: complete or absent, never replacing an existing one. */
import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { link, open, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError } from "../errors.ts";
import { codeOf, unwritableFile } from "../file-errors.ts";

/**
 * Writes to a temporary file, syncs, then names the file with link(2), which fails if the name is taken, even by a
 * symlink: unlike rename(2) it never replaces anything. Then syncs the folder, so that the name survives a crash.
 */
export async function writeNewFile(path: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  const folder = dirname(path);
  const draft = join(folder, `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW;
  try {
    const file = await open(draft, flags, mode);
    try {
      // The umask may restrict a public file; it must not take the owner's rights to a private one.
      if ((mode & 0o077) === 0) await file.chmod(mode);
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(draft, path);
  } catch (thrown) {
    if (codeOf(thrown) === "EEXIST") {
      throw new InputError("ERR_FILE_EXISTS", `${path} already exists; keyturn never overwrites files`, [
        "choose another name, or move the file away first",
      ]);
    }
    throw unwritableFile(path, thrown);
  } finally {
    await unlink(draft).catch(() => {
      // Never created: the error above is the one that matters.
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
