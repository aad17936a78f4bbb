/**
 * One sandbox per folder: two would overwrite each other's account. The `lock` file is created exclusively and holds the
 * process id. A lock whose process is gone (it was killed) is replaced.
 */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../../errors.ts";
import { unwritableFile } from "../../file-errors.ts";
import type { Processes } from "../../seams/programs.ts";
import { shellWord } from "../../text/shell-word.ts";
import { makeFolder } from "../folder.ts";

export interface Lock {
  release(): Promise<void>;
}

/** Throws ERR_USAGE if another sandbox uses the folder, ERR_FILE_UNREADABLE if it is not writable. */
export async function lockFolder(folder: string, processes: Processes): Promise<Lock> {
  const path = join(folder, "lock");
  const holder = await holderOf(path);
  if (holder !== undefined && processes.isRunning(holder)) throw held(folder, path);
  await makeFolder(folder).catch((cause) => {
    throw unwritableFile(folder, cause);
  });
  try {
    if (holder !== undefined) await rm(path, { force: true });
    // "wx": if two start at the same moment, one fails here.
    await writeFile(path, `${processes.own}\n`, { flag: "wx", mode: 0o600 });
  } catch (cause) {
    throw (cause as NodeJS.ErrnoException).code === "EEXIST"
      ? held(folder, path)
      : unwritableFile(path, cause);
  }
  return { release: () => rm(path, { force: true }) };
}

const held = (folder: string, path: string) =>
  new UsageError("ERR_USAGE", `another sandbox is using the state in ${folder}`, [
    `. ${shellWord(join(folder, "env.sh"))}`,
    `or give another folder with --state; if none is running: rm ${shellWord(path)}`,
  ]);

/** NaN if the lock names no process; then it is replaced. */
async function holderOf(path: string): Promise<number | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === undefined ? undefined : Number(text);
}
