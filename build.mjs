// Builds src/ into dist/. First esbuild splits what each command may load into chunks. It splits only ES modules, and Node
// starts CommonJS faster, so Rolldown then links the chunks as CommonJS, in few files. Same sources, same bytes.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { build } from "esbuild";
import { rolldown } from "rolldown";
import { writeNotices } from "./notices.mjs";

/** An optional output folder, to build beside the one in use. */
const outdir = process.argv[2] ?? "dist";
const self = JSON.parse(readFileSync("package.json", "utf8"));
/** Keeps names, for readable stack traces. */
const options = {
  ...{ bundle: true, write: false, metafile: true, logLevel: "warning", platform: "node", target: "node20" },
  ...{ minifyWhitespace: true, minifySyntax: true, legalComments: "none" },
};

/**
 * The signer imports a twelve-line function from a module that pulls in all of AWS's protocols: every mint would load
 * them. Commander loads node:child_process for executable subcommands; keyturn has none. And zod speaks sixty languages.
 */
const leaner = {
  name: "leaner",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@smithy\/core\/protocols$/ }, ({ importer }) => {
      if (!importer.includes("cloudfront-signer")) return undefined;
      const folder = dirname(createRequire(importer).resolve("@smithy/core/package.json"));
      const path = join(folder, "dist-es/submodules/protocols/extended-encode-uri-component.js");
      // As its package says. A file gets this from whichever import is resolved first: by a race, unless all say the same.
      return { path, sideEffects: false };
    });
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes("node_modules/commander/") ? { path: "none", namespace: "empty" } : undefined,
    );
    onResolve({ filter: /\/locales\/index\.js$/ }, () => ({ path: "none", namespace: "empty" }));
    onLoad({ filter: /.*/, namespace: "empty" }, () => ({ contents: "module.exports = {};" }));
  },
};

const split = await build({
  ...options,
  entryPoints: ["src/main.ts"],
  // Prefer the ES modules of packages that ship both: only those can be tree-shaken.
  mainFields: ["module", "main"],
  outdir,
  // An optional peer dependency with native code: `keyturn logs` loads it at run time.
  external: ["@duckdb/node-api"],
  splitting: true,
  format: "esm",
  chunkNames: "[name]-[hash]",
  plugins: [leaner],
  define: { KEYTURN_VERSION: JSON.stringify(self.version) },
});
const text = new Map(split.outputFiles.map((each) => [basename(each.path), each.text]));
const facts = new Map(Object.entries(split.metafile.outputs).map(([path, each]) => [basename(path), each]));
const chunks = [...facts.keys()];

/** These chunks and everything that they load before they run. */
function closureOf(names, found = new Set()) {
  for (const name of names.filter((each) => !found.has(each))) {
    found.add(name);
    const imports = facts
      .get(name)
      .imports.filter((each) => each.kind === "import-statement" && !each.external);
    closureOf(
      imports.map(({ path }) => basename(path)),
      found,
    );
  }
  return found;
}
const neededBy = (entries) =>
  closureOf(chunks.filter((chunk) => entries.test(facts.get(chunk).entryPoint ?? "")));

// What people repeat during an incident, with what these commands load as they run.
const quick = neededBy(
  /^src\/(commands\/(curl|keys\/(generate|list|match|upload))|adapters\/(cache|new-file|programs|aws\/cloud)|gates\/read|browser\/attributes-lint|mint\/(mint-many|bad)|report\/mint-count)\.ts$/,
);
const inspect = neededBy(/^src\/commands\/inspect\.ts$/);

/** Finding, opening and reading a file takes as long as running it, so light chunks join the first of these that needs them. */
const shared = [
  ["main.js", neededBy(/^src\/main\.ts$/)],
  ["mint.js", neededBy(/^src\/(commands\/mint|report\/print)\.ts$/)],
  // Neither of the next two loads the other.
  ["mint.js", new Set([...quick].filter((chunk) => inspect.has(chunk)))],
  ["quick.js", quick],
  ["inspect.js", inspect],
  // The page of every id: most runs find nothing that needs a runbook.
  ["pages.js", neededBy(/^src\/help\/pages-by-id\.ts$/)],
  ["help.js", neededBy(/^src\/cli\/help-page\.ts$/)],
  ["commands.js", new Set(chunks)],
];
const LIGHT =
  /^src\/(?!sandbox\/)|^empty:|node_modules\/(commander|@aws-sdk\/cloudfront-signer)\/|extended-encode-uri/;
function fileOf(chunk) {
  const inputs = [...closureOf([chunk])].flatMap((each) => Object.keys(facts.get(each).inputs));
  const isShared = shared[0][1].has(chunk) || inputs.every((input) => LIGHT.test(input));
  return isShared ? shared.find(([, members]) => members.has(chunk))[0] : chunk;
}
const fileByChunk = new Map(chunks.map((chunk) => [chunk, fileOf(chunk)]));
const files = new Map(chunks.map((chunk) => [fileOf(chunk), []]));
for (const [chunk, file] of fileByChunk) files.get(file).push(chunk);

const linked = await rolldown({
  input: "main.js",
  plugins: [
    {
      name: "chunks",
      resolveId: (path) => (text.has(basename(path)) ? basename(path) : { id: path, external: true }),
      load: (chunk) => text.get(chunk),
    },
  ],
  // The chunks are shaken already.
  treeshake: false,
  preserveEntrySignatures: "allow-extension",
});
const program = await linked.generate({
  format: "cjs",
  entryFileNames: "[name].js",
  chunkFileNames: "[name].js",
  codeSplitting: {
    includeDependenciesRecursively: false,
    groups: [{ debugName: "files", name: (chunk) => fileByChunk.get(chunk)?.replace(/\.js$/, "") }],
  },
  // Functions and classes keep their names, for readable stack traces. Shorter local names are parsed faster.
  minify: {
    compress: false,
    mangle: { toplevel: false, keepNames: true },
    codegen: { removeWhitespace: true },
  },
});

/** A function has its credentials in the environment and parses no command line. */
const leanest = {
  name: "leanest",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^commander$/ }, () => ({ path: "none", namespace: "empty" }));
    onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, () => ({
      path: "environment",
      namespace: "credentials",
    }));
    onLoad({ filter: /.*/, namespace: "credentials" }, () => ({
      contents: 'export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";',
      // Not the importer's folder: which client imports it first is a race.
      resolveDir: process.cwd(),
    }));
  },
};
// The function of `keyturn unattended`: one file, small, since it is loaded whole at every cold start.
const lambda = await build({
  ...options,
  entryPoints: [{ in: "src/lambda.ts", out: "unattended/index" }],
  outdir,
  minify: true,
  mainFields: ["module", "main"],
  format: "cjs",
  plugins: [leanest, leaner],
  define: { KEYTURN_VERSION: JSON.stringify(self.version) },
});

rmSync(outdir, { recursive: true, force: true });
mkdirSync(join(outdir, "schemas"), { recursive: true });
mkdirSync(join(outdir, "unattended"));
for (const { fileName, code } of program.output) writeFileSync(join(outdir, fileName), code);
for (const { path, contents } of lambda.outputFiles) writeFileSync(path, contents);
writeFileSync(join(outdir, "package.json"), '{"type":"commonjs"}\n');
writeNotices(split.metafile, self, outdir);
await writeSchemas();
await writeManPage();
// The chunks in each file and their inputs, for the tests of what a command may load; not packed.
writeFileSync(
  join(outdir, "meta.json"),
  JSON.stringify({ ...split.metafile, files: Object.fromEntries(files) }),
);

/** Schemas of every command's JSON and of keyturn.yaml, from the definitions that the program itself validates with. */
async function writeSchemas() {
  const { outputFiles } = await build({
    ...options,
    entryPoints: ["src/report/schemas/files.ts"],
    format: "esm",
  });
  const bundled = Buffer.from(outputFiles[0].contents).toString("base64");
  const { schemaFiles } = await import(`data:text/javascript;base64,${bundled}`);
  for (const [file, schema] of schemaFiles()) writeFileSync(join(outdir, "schemas", file), schema);
}

/** `man keyturn`, from the table that --help prints. It loads no command. */
async function writeManPage() {
  const apart = {
    name: "apart",
    setup: ({ onResolve }) => onResolve({ filter: /\/commands\// }, ({ path }) => ({ path, external: true })),
  };
  const entryPoints = ["src/cli/man-page.ts"];
  const { outputFiles } = await build({ ...options, entryPoints, format: "cjs", plugins: [apart] });
  const page = { exports: {} };
  new Function("module", "require", outputFiles[0].text)(page, createRequire(import.meta.url));
  writeFileSync(join(outdir, "keyturn.1"), page.exports.manPage(self.version));
}
