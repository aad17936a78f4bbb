/** Writes the files of a deployment into a folder that may hold an earlier one. Nothing of the user's is lost. */
import { InputError } from "../errors.ts";
import type { World } from "../seams/world.ts";
import { shellWord } from "../text/shell-word.ts";
import { MANIFEST, sha256, sumsIn } from "./folder.ts";

type Needs = Pick<World, "files" | "folders">;

export interface WrittenFolder {
  /** Files that somebody else wrote or changed, and their new names. */
  readonly movedAside: readonly { readonly from: string; readonly to: string }[];
}

/** Throws ERR_FILE_EXISTS for a folder with files that keyturn did not write, unless `force` moves them aside. */
export async function writeUnattendedFolder(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
  force: boolean,
  { files: disk, folders }: Needs,
): Promise<WrittenFolder> {
  const pathOf = (name: string) => `${folder.replace(/\/+$/, "")}/${name}`;
  const names = await folders.list(folder);
  const isOurs = names.includes(MANIFEST);
  const sums = isOurs ? sumsIn(Buffer.from(await disk.read(pathOf(MANIFEST))).toString("utf8")) : {};
  const isChanged = async (name: string) => {
    const now = sha256(await disk.read(pathOf(name)));
    const next = files.get(name);
    return now !== sums[name] && (next === undefined || now !== sha256(next));
  };
  const changed: string[] = [];
  for (const name of names) {
    if (name !== MANIFEST && files.has(name) && (await isChanged(name))) changed.push(name);
  }
  const foreign = isOurs ? changed : names;
  if (foreign.length > 0 && !force) throw notOurs(folder, foreign);
  const movedAside: { from: string; to: string }[] = [];
  for (const name of changed) {
    let to = `${name}.orig`;
    for (let at = 2; names.includes(to); at += 1) to = `${name}.orig-${at}`;
    await folders.move(pathOf(name), pathOf(to));
    movedAside.push({ from: name, to });
  }
  for (const [name, content] of files) await folders.replace(pathOf(name), content);
  // The package's name changes with its content: the previous one is no longer needed.
  for (const name of Object.keys(sums)) {
    if (files.has(name) || !names.includes(name)) continue;
    if (!(await isChanged(name))) await folders.remove(pathOf(name));
  }
  return { movedAside };
}

function notOurs(folder: string, names: readonly string[]): InputError {
  const some = names.slice(0, 5).join(", ");
  const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
  return new InputError(
    "ERR_FILE_EXISTS",
    `${folder} contains files that keyturn did not write, or that were changed since: ${some}${more}`,
    [
      "choose another folder with -o",
      `add --force: files of the same name are kept as NAME.orig; ls -la ${shellWord(folder)}`,
    ],
  );
}
