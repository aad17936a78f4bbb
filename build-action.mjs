// Lays the built action out in a new folder: what the tag v1 holds. A run of it needs nothing else, and no installation.
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const [folder] = process.argv.slice(2);
if (folder === undefined || existsSync(folder)) {
  process.stderr.write("usage: npm run build:action -- FOLDER   (a new one)\n");
  process.exit(2);
}

/** The schemas are documents, and the list of chunks is for tests. */
const isNeeded = (path) => !["schemas", "meta.json", "keyturn.1"].includes(basename(path));
mkdirSync(folder, { recursive: true });
for (const path of ["action.yml", "LICENSE", "bin", "runbooks"]) {
  cpSync(path, join(folder, path), { recursive: true });
}
cpSync("dist", join(folder, "dist"), { recursive: true, filter: isNeeded });
writeFileSync(
  join(folder, "README.md"),
  "The built GitHub action of keyturn. Its sources are in this commit's parent; README.md there shows how to use it.\n",
);
