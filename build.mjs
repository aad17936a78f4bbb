// Builds src/ into dist/: one chunk for each thing a command may load, so that it loads only what it uses. esbuild
// splits ES modules alone, and Node starts CommonJS faster (about 10 % of a whole start), so each chunk is split as
// the one and written as the other: a function in a table, for bin/keyturn.js to call. The same sources give the same bytes.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
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

/** Ours, with what reads the command line, colours it and signs: no more than a command may need, and all of it small. */
const LIGHT =
  /^src\/(?!sandbox\/)|(^|\/)node_modules\/(commander|chalk|@aws-sdk\/cloudfront-signer)\/|^no-subprograms:|extended-encode-uri-component/;
/** The commands that people type again and again in the middle of an incident; and the one that is typed most. */
const MINT = /^src\/(commands\/mint|report\/print)\.ts$/;
const QUICK = /^src\/(commands\/(mint|inspect|curl|keys\/\w+)|report\/print)\.ts$/;

const outputs = new Map(Object.entries(metafile.outputs));
const entries = (isMeant) =>
  [...outputs.keys()].filter((path) => isMeant(outputs.get(path).entryPoint ?? ""));
const atStart = closureOf(entries((entry) => entry === "src/main.ts"));
const minting = closureOf(entries((entry) => MINT.test(entry)));
const quick = closureOf(entries((entry) => QUICK.test(entry)));

/** What these chunks load before they run, themselves included. */
function closureOf(paths, found = new Set()) {
  for (const path of paths) {
    if (found.has(path)) continue;
    found.add(path);
    const needed = outputs
      .get(path)
      .imports.filter(({ kind, external }) => kind === "import-statement" && !external);
    closureOf(
      needed.map((each) => each.path),
      found,
    );
  }
  return found;
}

/**
 * A command needs twenty small chunks or more, and to find, open and read each takes as long as to run it. So small ones
 * share files: what every start needs, what minting needs, what the other quick commands need, and the rest; V8 compiles
 * of them what runs. What is heavy has files of its own.
 */
function fileOf(path) {
  if (atStart.has(path)) return "main.js";
  const isLight = Object.keys(outputs.get(path).inputs).every((input) => LIGHT.test(input));
  if (!isLight) return chunkOf(path);
  if (minting.has(path)) return "mint.js";
  return quick.has(path) ? "quick.js" : "commands.js";
}

/** The name by which chunks require each other, within the folder: `main.js`, `chunks/chunk-ABCD1234.js`. */
const chunkOf = (path) => relative(outdir, path);

const toCommonJs = async (text) =>
  (await transform(text, { ...target, format: "cjs", supported: { "dynamic-import": false } })).code;
const preludes = await preludesOf();
const files = new Map();
const places = {};
for (const { path, text } of outputFiles) {
  const code = withoutPrelude(await toCommonJs(text));
  const within = relative(process.cwd(), path);
  const [name, file] = [chunkOf(within), fileOf(within)];
  if (name !== file) places[name] = file;
  const chunk = `${JSON.stringify(name)}: function (require, module, __export, __toCommonJS, __toESM) {${code}}`;
  files.set(file, [...(files.get(file) ?? []), chunk]);
}

rmSync(outdir, { recursive: true, force: true });
mkdirSync(join(outdir, "chunks"), { recursive: true });
const hash = createHash("sha256");
for (const [file, chunks] of files) {
  // Both a module for Node and a script whose value is the table.
  const table = `(typeof module === "undefined" ? {} : module).exports = {\n${chunks.join(",\n")}\n};\n`;
  writeFileSync(join(outdir, file), table);
  hash.update(table);
}
// The build's name, under which its compiled code is kept.
const name = hash.digest("hex").slice(0, 16);
writeFileSync(`${outdir}/package.json`, `${JSON.stringify({ type: "commonjs", build: name, places })}\n`);
writeNotices(metafile, self, outdir);
await writeSchemas();
// What each chunk is made of, for the tests that say what a command may load; not packed.
writeFileSync(`${outdir}/meta.json`, JSON.stringify(metafile));

/** The helpers that esbuild writes at the head of a chunk: bin/keyturn.js hands them in, for a mint calls forty chunks. */
async function preludesOf() {
  const samples = [
    "export const a = 1;",
    'export const a = () => import("a");',
    'import * as a from "a"; a.b(a);',
  ];
  const written = await Promise.all(samples.map(toCommonJs));
  return written.map((code) => code.slice(0, code.search(/var (stdin_exports|a)=/)));
}

function withoutPrelude(code) {
  const prelude = preludes.find((each) => code.startsWith(each)) ?? "";
  return code.slice(prelude.length).replace(/0&&\(module\.exports=\{[\w$,:]*\}\);\n$/, "");
}

/** Of every command's JSON and of keyturn.yaml, from the sources that the program itself checks with. */
async function writeSchemas() {
  const { outputFiles } = await build({
    ...target,
    entryPoints: ["src/report/schemas/files.ts"],
    write: false,
    bundle: true,
    format: "esm",
  });
  const bundled = Buffer.from(outputFiles[0].contents).toString("base64");
  const { schemaFiles } = await import(`data:text/javascript;base64,${bundled}`);
  mkdirSync(join(outdir, "schemas"));
  for (const [file, text] of schemaFiles()) writeFileSync(join(outdir, "schemas", file), text);
}
