/** The packed tarball and an installation of it, made once for the tests of this folder. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../..");

/** Packs what `npm run build` made into `folder`; resolves to the tarball's path. */
export function pack(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const told = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [packed] = JSON.parse(told.toString()) as [{ filename: string }];
  return join(folder, packed.filename);
}

export function filesIn(tarball: string): string[] {
  const listed = execFileSync("tar", ["-tzf", tarball]).toString();
  return listed
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.replace(/^package\//, ""));
}

/** Installs the tarball offline in a new empty folder below `folder`. */
export function install(tarball: string, folder: string): string {
  const project = join(folder, "project");
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, "package.json"), "{}");
  execFileSync("npm", ["install", "--offline", "--no-audit", "--no-fund", tarball], {
    cwd: project,
    stdio: "pipe",
  });
  return project;
}

/** A new folder for one test file, and a function that removes it. */
export function scratch(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "keyturn-package-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
