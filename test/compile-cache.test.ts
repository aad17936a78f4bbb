/**
 * The compile cache, which makes the next start faster. It changes nothing else, and other users cannot put code there.
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import * as nodeModule from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const BIN = fileURLToPath(new URL("../bin/keyturn.js", import.meta.url));

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "keyturn-home-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function run(args: readonly string[], env: NodeJS.ProcessEnv = { HOME: home }) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], { env, encoding: "utf8" });
  return { status, stdout, stderr };
}

const cache = () => join(home, ".cache/keyturn/code");
/** The paths of all files in the cache. */
function kept(): string[] {
  if (!existsSync(cache())) return [];
  const entries = readdirSync(cache(), { recursive: true, withFileTypes: true });
  return entries.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
}

describe.skipIf(!("enableCompileCache" in nodeModule))("the compile cache", () => {
  it("is in the user's cache folder, which nobody else can write to", () => {
    expect(run(["--version"]).status).toBe(0);
    expect(kept().length).toBeGreaterThan(0);
    for (const path of kept()) expect(statSync(path).mode & 0o022, path).toBe(0);
  });

  it("contains neither the key that a run read nor what it signed", () => {
    const key = join(home, "key.pem");
    expect(run(["keys", "generate", "--out", key]).status).toBe(0);
    const named = ["--private-key", key, "--key-pair-id", "K2JCJMDEHXQW5F", "--ttl", "5m", "--offline"];
    const { status, stdout } = run(["mint", "https://app.example.com/a", ...named]);
    expect(status).toBe(0);
    const secrets = [...readFileSync(key, "utf8").split("\n").slice(1, -2), stdout.split("Signature=")[1]];
    expect(secrets.length).toBeGreaterThan(20);
    const all = kept().map((path) => readFileSync(path, "latin1"));
    // Node keeps 50 kB of these two runs.
    expect(all.join("").length).toBeGreaterThan(40_000);
    for (const secret of secrets) {
      expect(all.some((text) => text.includes((secret as string).slice(0, 40)))).toBe(false);
    }
  });

  it("makes no difference to what is printed", () => {
    const cold = run(["help", "rotation"]);
    expect(run(["help", "rotation"])).toEqual(cold);
    expect(cold.stdout).toContain("rotat");
  });

  it("is not written if Node's switch disables it, HOME is somebody else's, or there is no HOME", () => {
    run(["--version"], { HOME: home, NODE_DISABLE_COMPILE_CACHE: "1" });
    expect(run(["--version"], {}).status).toBe(0);
    expect(kept()).toEqual([]);
    // `/` belongs to root, so as root this would not be somebody else's home.
    if (process.geteuid?.() !== 0) {
      expect(run(["--version"], { HOME: "/" })).toMatchObject({ status: 0, stderr: "" });
    }
  });

  it("is neither read nor written if others can write to its folder", () => {
    mkdirSync(cache(), { recursive: true });
    chmodSync(cache(), 0o777);
    expect(run(["--version"])).toMatchObject({ status: 0, stderr: "" });
    expect(kept()).toEqual([]);
  });

  it("is in a folder that only the user can open, whatever the umask", () => {
    const umask = process.umask(0);
    run(["--version"]);
    process.umask(umask);
    expect(kept().length).toBeGreaterThan(0);
    expect(statSync(cache()).mode & 0o777).toBe(0o700);
  });

  it("is skipped silently if its folder cannot be created", () => {
    writeFileSync(join(home, ".cache"), "a file where the folder should be");
    expect(run(["--version"])).toMatchObject({ status: 0, stderr: "" });
    expect(readFileSync(join(home, ".cache"), "utf8")).toBe("a file where the folder should be");
  });
});
