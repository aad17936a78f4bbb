/** The runbooks shipped with the program: Markdown files in one folder. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../errors.ts";
import type { Runbooks } from "../seams/runbooks.ts";
import { nearest } from "../text/nearest.ts";

export function runbookFiles(folder: string): Runbooks {
  const names = async () =>
    (await readdir(folder))
      .filter((file) => file.endsWith(".md") && file !== "README.md")
      .map((file) => file.slice(0, -".md".length))
      .sort();
  return {
    names,
    async read(name) {
      const known = await names();
      if (known.includes(name)) return readFile(join(folder, `${name}.md`), "utf8");
      const containing = known.filter((each) => each.includes(name.toLowerCase()));
      const meant = containing.length > 0 ? containing : [nearest(name, known) ?? []].flat();
      throw new InputError("ERR_RUNBOOK", `there is no runbook "${name}"`, [
        ...meant.slice(0, 3).map((each) => `keyturn runbook show ${each}`),
        "keyturn runbook list",
      ]);
    },
  };
}
