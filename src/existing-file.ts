/** Refused before the work that would fill the file, rather than after it. */
import { InputError } from "./errors.ts";
import type { Files } from "./seams.ts";

/** Throws ERR_FILE_EXISTS. */
export async function refuseExisting(
  path: string,
  files: Pick<Files, "mode">,
  hint = "choose another name, or move the file away first",
): Promise<void> {
  if ((await files.mode(path)) === undefined) return;
  throw new InputError("ERR_FILE_EXISTS", `${path} exists already; keyturn never overwrites a file`, [hint]);
}
