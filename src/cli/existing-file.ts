/** Checks that a new file can be written, before doing the work that fills it. */
import { InputError } from "../errors.ts";
import type { Files } from "../seams/world.ts";
import { shellWord } from "../text/shell-word.ts";

/** Throws ERR_FILE_EXISTS, or ERR_FILE_UNREADABLE if its folder does not exist. */
export async function refuseExisting(
  path: string,
  files: Pick<Files, "mode">,
  hint = "choose another name, or move the file away first",
): Promise<void> {
  const folder = /^(.+)\/[^/]*$/.exec(path)?.[1];
  if (folder !== undefined && (await files.mode(folder)) === undefined)
    throw new InputError(
      "ERR_FILE_UNREADABLE",
      `${path} cannot be written: folder ${folder} does not exist`,
      [`mkdir -p ${shellWord(folder)}`],
    );
  if ((await files.mode(path)) === undefined) return;
  throw new InputError("ERR_FILE_EXISTS", `${path} already exists; keyturn never overwrites files`, [hint]);
}
