/** The installed tarball completes a rotation on every Node version that package.json allows. */
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { needs } from "../fakes/needs.ts";
import { install, pack, ROOT, scratch } from "./tarball.ts";

/** .ci/run installs Node from npm into this folder, for every release line except its own. */
const NODES = process.env.KEYTURN_NODES ?? join(ROOT, "node_modules/.nodes");
const binaryOf = (line: number) =>
  process.version.startsWith(`v${line}.`)
    ? process.execPath
    : join(NODES, `node_modules/node-${line}/bin/node`);

const BRIEF = [
  ...["--viewers", "2", "--attackers", "1", "--cookie-ttl", "2s"],
  ...["--signer-cache", "1s", "--propagation", "1s", "--settle", "1s"],
];

const { folder, remove } = scratch();
afterAll(remove);
let program: string;
beforeAll(() => {
  program = join(install(pack(join(folder, "packed")), folder), "node_modules/keyturn/bin/keyturn.js");
});

async function run(node: string, args: readonly string[]) {
  const child = spawn(node, [program, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, exitCode] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((ended) => child.once("close", ended)),
  ]);
  return { stdout, stderr, exitCode };
}

// Two at a time: each spends most of its time waiting, and four at once would delay their own viewers.
for (const lines of [
  [20, 22],
  [24, 26],
]) {
  needs(...lines.map(binaryOf))(`node ${lines.join(" and ")}`, () => {
    test.concurrent.each(lines)("rehearse exits with 0 on node %i", async (line) => {
      const node = binaryOf(line);
      const version = await run(node, ["--version"]);
      expect(version).toMatchObject({ exitCode: 0, stderr: "" });
      // The second start loads its code from this Node version's compile cache.
      expect(await run(node, ["--version"])).toEqual(version);
      // Node 20 has no compile cache.
      const cache = join(folder, ".cache/keyturn/code");
      const folders = existsSync(cache) ? readdirSync(cache) : [];
      expect(folders.filter((name) => name.startsWith(`v${line}.`))).toHaveLength(line === 20 ? 0 : 1);
      const { exitCode, stdout, stderr } = await run(node, ["rehearse", "--json", ...BRIEF]);
      expect(exitCode, stderr).toBe(0);
      expect(stderr).not.toContain("Warning");
      expect(JSON.parse(stdout)).toMatchObject({
        outcome: "done",
        result: { counts: { validDenied: 0, attacksLetThrough: 0, unauthorizedOriginCalls: 0 } },
      });
    });
  });
}
