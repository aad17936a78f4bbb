// Builds src/ into dist/: one chunk for each thing a command may load, so that it loads only what it uses. esbuild
// splits ES modules alone, and Node starts CommonJS faster (about 10 % of a whole start), so each chunk is split as
// the one and written as the other. The same sources give the same bytes.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build, transform } from "esbuild";
import { writeNotices } from "./notices.mjs";

/** Another folder may be named, to build beside what is in use. */
const outdir = process.argv[2] ?? "dist";
const self = JSON.parse(readFileSync("package.json", "utf8"));
/** Names stay as they are: stacks can be read, and nothing has to be run at each start to give them back. */
const minified = { minifyWhitespace: true, minifySyntax: true, legalComments: "none" };
const target = { platform: "node", target: "node20", ...minified };

/**
 * The signer imports one function of twelve lines from a module through which all of AWS's protocols are reached; a
 * chunk that is shared with the SDK would then be loaded by every mint. It gets the file of that function instead.
 */
const smallSigner = {
  name: "small-signer",
  setup({ onResolve }) {
    onResolve({ filter: /^@smithy\/core\/protocols$/ }, ({ importer }) => {
      if (!importer.includes("cloudfront-signer")) return undefined;
      const folder = dirname(createRequire(importer).resolve("@smithy/core/package.json"));
      return { path: join(folder, "dist-es/submodules/protocols/extended-encode-uri-component.js") };
    });
  },
};

/** Commander loads node:child_process for subcommands that are programs of their own; keyturn has none. */
const noSubprograms = {
  name: "no-subprograms",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /node_modules\/commander\//.test(importer) ? { path: "none", namespace: "no-subprograms" } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "no-subprograms" }, () => ({ contents: "module.exports = {};" }));
  },
};

const { metafile, outputFiles } = await build({
  ...target,
  entryPoints: ["src/main.ts"],
  // Packages that ship both forms give their ES modules: only those can be shaken.
  mainFields: ["module", "main"],
  outdir,
  write: false,
  bundle: true,
  splitting: true,
  format: "esm",
  chunkNames: "chunks/[name]-[hash]",
  logLevel: "warning",
  metafile: true,
  plugins: [smallSigner, noSubprograms],
  define: { KEYTURN_VERSION: JSON.stringify(self.version) },
});

rmSync(outdir, { recursive: true, force: true });
for (const { path, text } of outputFiles) {
  const { code } = await transform(text, {
    ...target,
    format: "cjs",
    supported: { "dynamic-import": false },
  });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, code);
}
writeFileSync(`${outdir}/package.json`, `${JSON.stringify({ type: "commonjs" })}\n`);
writeNotices(metafile, self, outdir);
// What each chunk is made of, for the tests that say what a command may load; not packed.
writeFileSync(`${outdir}/meta.json`, JSON.stringify(metafile));
