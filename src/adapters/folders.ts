/** Folders of generated files on the local disk. */
import { randomBytes } from "node:crypto";
import { link, mkdir, readdir, rename, unlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { InputError } from "../errors.ts";
import { codeOf, unreadableFile, unwritableFile } from "../file-errors.ts";
import type { Folders } from "../seams/folders.ts";
import { shellWord } from "../text/shell-word.ts";

export const localFolders: Folders = {
  async list(folder) {
    try {
      return (await readdir(folder)).sort();
    } catch (thrown) {
      if (codeOf(thrown) === "ENOENT") return [];
      throw unreadableFile(folder, thrown);
    }
  },
  async replace(path, content) {
    const draft = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(draft, content, { flag: "wx", flush: true });
      await rename(draft, path);
    } catch (thrown) {
      await unlink(draft).catch(() => {
        // Never created: the error above is the one that matters.
      });
      throw unwritableFile(path, thrown);
    }
  },
  async move(from, to) {
    try {
      await link(from, to);
      await unlink(from);
    } catch (thrown) {
      if (codeOf(thrown) === "EEXIST")
        throw new InputError("ERR_FILE_EXISTS", `${to} already exists`, [`ls -l ${shellWord(to)}`]);
      throw unwritableFile(to, thrown);
    }
  },
  async remove(path) {
    try {
      await unlink(path);
    } catch (thrown) {
      throw unwritableFile(path, thrown);
    }
  },
};
