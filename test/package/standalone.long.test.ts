/** keyturn as a single executable: it runs on machines without Node, and contains its runbooks. */
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { needs } from "../fakes/needs.ts";
import { ROOT, scratch } from "./tarball.ts";

/** `.ci/run` installs the newest Node into this folder. */
const NODES = process.env.KEYTURN_NODES ?? join(ROOT, "node_modules/.nodes");
const newest = process.version.startsWith("v26.")
  ? process.execPath
  : join(NODES, "node_modules/node-26/bin/node");

needs(newest)("the standalone program", () => {
  const { folder, remove } = scratch();
  afterAll(remove);
  const program = join(folder, "keyturn");
  beforeAll(() => {
    execFileSync(newest, ["build-standalone.mjs", program], { cwd: ROOT });
  });
  const keyturn = (...args: string[]) =>
    execFileSync(program, args, {
      cwd: folder,
      env: { HOME: folder, PATH: "/nonexistent" },
      encoding: "utf8",
    });

  it("prints its version, without a warning", () => {
    expect(statSync(program).mode & 0o111).not.toBe(0);
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    expect(keyturn("--version")).toBe(`${version}\n`);
  });

  it("generates a key, explains a denial and shows a runbook", () => {
    keyturn("keys", "generate", "--out", "key.pem");
    expect(readFileSync(join(folder, "key.pem"), "utf8")).toMatch(/PRIVATE KEY/);
    expect(keyturn("explain", "MissingKey")).toContain("no key pair ID");
    expect(keyturn("runbook", "show", "leaked-key")).toContain("# Leaked key");
    expect(keyturn("runbook", "list")).toContain("gate-is-open");
  });
});
