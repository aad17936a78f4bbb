/** A cache of texts in the XDG cache folder. */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Cache } from "../seams/world.ts";

/** `$XDG_CACHE_HOME/keyturn`, or `~/.cache/keyturn`. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "keyturn");
}

export function fileCache(folder: string): Cache {
  return {
    async read(name) {
      return readFile(join(folder, name), "utf8").catch(() => undefined);
    },
    async write(name, text) {
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        const draft = join(folder, `.${name}.${process.pid}`);
        await writeFile(draft, text, { mode: 0o600 });
        await rename(draft, join(folder, name));
      } catch {
        // A full disk or a read-only home only costs a Tab suggestion.
      }
    },
  };
}
