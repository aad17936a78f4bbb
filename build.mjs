// Builds src/ into dist/: code-split ESM, so that a command loads only what it uses. The same sources give the same bytes.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";
import { writeNotices } from "./notices.mjs";

const self = JSON.parse(readFileSync("package.json", "utf8"));

rmSync("dist", { recursive: true, force: true });
mkdirSync("dist");
const { metafile } = await build({
  entryPoints: ["src/main.ts"],
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  chunkNames: "chunks/[name]-[hash]",
  sourcemap: false,
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  define: { KEYTURN_VERSION: JSON.stringify(self.version) },
  // Bundled CommonJS packages call require() for Node's own modules.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
});
writeNotices(metafile, self, "dist");
// What each chunk is made of, for the tests that say what a command may load; not packed.
writeFileSync("dist/meta.json", JSON.stringify(metafile));
