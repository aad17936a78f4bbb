// Writes every published JSON Schema as a file, from the one source that `keyturn config schema` prints.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/** Into `outdir/schemas`: `keyturn.yaml.json`, and `rotate-status.json` for each command's `--json`. */
export async function writeSchemas(outdir) {
  const { outputFiles } = await build({
    entryPoints: ["src/report/schemas/files.ts"],
    platform: "node",
    format: "esm",
    mainFields: ["module", "main"],
    bundle: true,
    write: false,
    logLevel: "warning",
  });
  const [{ contents }] = outputFiles;
  const source = `data:text/javascript;base64,${Buffer.from(contents).toString("base64")}`;
  const { schemaFiles } = await import(source);
  const folder = join(outdir, "schemas");
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of schemaFiles()) writeFileSync(join(folder, name), text);
}
