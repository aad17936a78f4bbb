/** What keeps a new file from being written, told before the work that would fill it rather than after. */
import { InputError } from "../errors.ts";
import type { Files } from "../seams.ts";
import { shellWord } from "../text/shell-word.ts";

/** Throws ERR_FILE_EXISTS, and ERR_FILE_UNREADABLE where there is no folder for it. */
export async function refuseExisting(
  path: string,
  files: Pick<Files, "mode">,
  hint = "choose another name, or move the file away first",
): Promise<void> {
  const folder = /^(.+)\/[^/]*$/.exec(path)?.[1];
  if (folder !== undefined && (await files.mode(folder)) === undefined)
    throw new InputError("ERR_FILE_UNREADABLE", `${path} cannot be written: there is no folder ${folder}`, [
      `mkdir -p ${shellWord(folder)}`,
    ]);
  if ((await files.mode(path)) === undefined) return;
  throw new InputError("ERR_FILE_EXISTS", `${path} exists already; keyturn never overwrites a file`, [hint]);
}
