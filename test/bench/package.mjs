// What `npm install` of the packed tarball brings: keyturn and nothing else.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export const packageFigures = [{ id: "package", take: takePackage }];

function takePackage({ folder, keyturn }) {
  const root = join(dirname(keyturn), "..");
  const told = execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], {
    cwd: root,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const project = join(folder, "installed");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), "{}");
  const tarball = join(folder, JSON.parse(told)[0].filename);
  execFileSync("npm", ["install", "--offline", "--no-audit", "--no-fund", tarball], {
    cwd: project,
    stdio: "pipe",
  });
  const count = readdirSync(join(project, "node_modules")).filter((name) => !name.startsWith(".")).length;
  return [
    {
      what: "packages installed by npm install of the tarball",
      bound: "at most",
      target: 1,
      ratio: count,
      spread: 0,
      rounds: 1,
    },
  ];
}
