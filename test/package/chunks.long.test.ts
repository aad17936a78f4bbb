/** A command loads only what it uses: checks the modules that it loaded, resolved through the build's metafile. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/cli/command-table.ts";
import { ROOT, scratch } from "./tarball.ts";

const { folder, remove } = scratch();
afterAll(remove);

/** esbuild's metafile, plus the chunks in each file of dist/. */
interface Metafile {
  readonly outputs: Readonly<Record<string, { readonly inputs: Readonly<Record<string, unknown>> }>>;
  readonly files: Readonly<Record<string, readonly string[]>>;
}

const list = join(folder, "loaded.json");
const recorder = join(folder, "recorder.cjs");
const SOURCE = `process.on("exit", () => require("node:fs").writeFileSync(${JSON.stringify(list)}, JSON.stringify(Object.keys(require.cache))));`;

/** The packages, and our own files, that the command loaded; expects the exit code `ending`. */
function loadedBy(
  argv: readonly string[],
  ending = 0,
  env: Readonly<Record<string, string>> = {},
): Set<string> {
  if (!existsSync(recorder)) writeFileSync(recorder, SOURCE);
  const keyturn = ["--require", recorder, join(ROOT, "bin/keyturn.js")];
  const { status, stderr } = spawnSync(process.execPath, [...keyturn, ...argv], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, ...env },
    encoding: "utf8",
  });
  expect(status, stderr).toBe(ending);
  const loaded = JSON.parse(readFileSync(list, "utf8")) as string[];
  const meta = JSON.parse(readFileSync(join(ROOT, "dist/meta.json"), "utf8")) as Metafile;
  const chunks = loaded
    .filter((path) => path.startsWith(join(ROOT, "dist/")))
    .flatMap((path) => meta.files[basename(path)] ?? []);
  const files = chunks.flatMap((chunk) => Object.keys(meta.outputs[`dist/${chunk}`]?.inputs ?? {}));
  expect(files).toContain("src/main.ts");
  return new Set(files.map((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file));
}

const packagesOf = (loaded: Set<string>) => [...loaded].filter((name) => !/^src\/|:/.test(name)).sort();

describe("what a command loads", () => {
  const key = join(folder, "key.pem");
  const HEAVY = /^@aws-sdk\/client-|^(zod|yaml|node-forge|tldts|tough-cookie|fast-xml-parser|jsonc-parser)$/;
  const heavyOf = (loaded: Set<string>) => packagesOf(loaded).filter((name) => HEAVY.test(name));
  const otherParts = (loaded: Set<string>) =>
    [...loaded].filter((file) => /^src\/(audit|inspect|logs|rotation|sandbox|unattended)\//.test(file));

  beforeAll(() => {
    loadedBy(["keys", "generate", "--out", key]);
  });

  it("--help loads only the command line", () => {
    expect(packagesOf(loadedBy(["--help"]))).toEqual(["commander"]);
  });

  it.each(COMMANDS.map(({ words }) => words))(
    "%s --help does not load what only the command itself needs",
    (words) => {
      const loaded = packagesOf(loadedBy([...words.split(" "), "--help"]));
      expect(
        loaded.filter((name) => /^@aws-sdk\/client-|^(zod|yaml|node-forge|fast-xml-parser)$/.test(name)),
      ).toEqual([]);
    },
  );

  it("keys generate loads the command line, the signer's chunk, and chalk only for colored output", () => {
    const generate = (name: string) => ["keys", "generate", "--out", join(folder, name)];
    const plain = packagesOf(loadedBy(generate("other.pem")));
    expect(plain).toEqual(["@aws-sdk/cloudfront-signer", "@smithy/core", "commander"]);
    const coloured = packagesOf(loadedBy(generate("another.pem"), 0, { FORCE_COLOR: "1" }));
    expect(coloured).toEqual([...plain, "chalk"].sort());
    expect(otherParts(loadedBy(generate("third.pem")))).toEqual([]);
  });

  it("mint with a key file loads no AWS client, zod, yaml or node-forge, and nothing that reads secrets", () => {
    const named = ["--private-key", key, "--key-pair-id", "K2JCJMDEHXQW5F", "--ttl", "5m", "--offline"];
    const loaded = loadedBy(["mint", "https://app.example.com/a", ...named]);
    expect(heavyOf(loaded)).toEqual([]);
    expect([...loaded].filter((file) => /^src\/(sandbox|keys\/wrapping)\/|secret/.test(file))).toEqual([]);
  });

  it.each([
    ["--count", "9"],
    ["--output", "cookies.txt"],
  ])("mint %s loads no other command's parts", (...flags) => {
    const named = ["--private-key", key, "--key-pair-id", "K2JCJMDEHXQW5F", "--offline"];
    const loaded = loadedBy(["mint", "https://app.example.com/a", ...named, ...flags]);
    expect(heavyOf(loaded)).toEqual([]);
    expect(otherParts(loaded)).toEqual([]);
  });

  it("inspect of a curl command loads no AWS client, zod, yaml or node-forge", () => {
    const copied = join(folder, "copied.txt");
    writeFileSync(copied, "curl 'https://app.example.com/a' -b 'CloudFront-Key-Pair-Id=K2JCJMDEHXQW5F'\n");
    expect(heavyOf(loadedBy(["inspect", copied], 1))).toEqual([]);
  });

  it("keys list loads CloudFront's client, and nothing of the sandbox", () => {
    const aws = { AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "none", AWS_SECRET_ACCESS_KEY: "none" };
    const loaded = loadedBy(["keys", "list", "--endpoint-url", "http://127.0.0.1:1"], 6, aws);
    expect(packagesOf(loaded)).toContain("@aws-sdk/client-cloudfront");
    expect([...loaded].filter((file) => file.startsWith("src/sandbox/"))).toEqual([]);
    expect(packagesOf(loaded)).not.toContain("node-forge");
  });
});
