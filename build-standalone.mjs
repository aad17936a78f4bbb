// keyturn as one executable file, for a machine without Node: Node's single executable application
// (https://nodejs.org/api/single-executable-applications.html). It holds the Node that runs this script, its platform too.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { build } from "esbuild";

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 25 || (major === 25 && minor < 5)) {
  process.stderr.write(
    `error: Node ${process.versions.node} cannot write an executable by itself: build with Node 25.5 or later\n`,
  );
  process.exit(2);
}

const name = `keyturn-${process.platform}-${process.arch}${process.platform === "win32" ? ".exe" : ""}`;
const output = resolve(process.argv[2] ?? join("dist-standalone", name));
const { version } = JSON.parse(readFileSync("package.json", "utf8"));

/** The runbooks are in the executable: their reader finds them there instead of in a folder. */
const assets = Object.fromEntries(readdirSync("runbooks").map((file) => [file, resolve("runbooks", file)]));
const embedded = {
  name: "embedded",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:fs\/promises$/ }, ({ importer }) =>
      importer.endsWith("runbook-files.ts") ? { path: "runbooks", namespace: "embedded" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "embedded" }, () => ({
      contents: `
        import { getAsset } from "node:sea";
        import { basename } from "node:path";
        export const readdir = async () => ${JSON.stringify(Object.keys(assets))};
        export const readFile = async (path) => getAsset(basename(path), "utf8");`,
    }));
  },
};

const folder = mkdtempSync(join(tmpdir(), "keyturn-standalone-"));
try {
  await build({
    ...{ bundle: true, platform: "node", format: "cjs", target: "node24", logLevel: "warning" },
    ...{ minifyWhitespace: true, minifySyntax: true, legalComments: "none" },
    stdin: {
      contents: 'import { main } from "./src/main.ts"; main("").then(() => process.exit());',
      resolveDir: process.cwd(),
    },
    mainFields: ["module", "main"],
    // Native code, which an executable cannot hold: keyturn logs says how to install it.
    external: ["@duckdb/node-api"],
    outfile: join(folder, "keyturn.js"),
    plugins: [embedded],
    define: { KEYTURN_VERSION: JSON.stringify(version) },
  });
  const config = join(folder, "sea.json");
  const settings = { main: join(folder, "keyturn.js"), output, assets, disableExperimentalSEAWarning: true };
  writeFileSync(config, JSON.stringify(settings));
  mkdirSync(dirname(output), { recursive: true });
  execFileSync(process.execPath, ["--build-sea", config], { stdio: ["ignore", "ignore", "inherit"] });
  process.stdout.write(`${output}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
