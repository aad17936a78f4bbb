/** The bundled function, with nothing beside it but keyturn.yaml, rotates a key over HTTP on the Nodes that Lambda runs. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterAll, describe, expect, it } from "vitest";
import { needs } from "../fakes/needs.ts";
import { ROOT, scratch } from "../package/tarball.ts";

const NODES = process.env.KEYTURN_NODES ?? join(ROOT, "node_modules/.nodes");
const BUNDLE = join(ROOT, "dist/unattended/index.js");

/** Stands in for the state machine: waits as the function says, and passes its state on. */
const ENGINE = `
const { handler } = require("./index.js");
(async () => {
  let input = { task: "open", gate: "demo", kind: "start", every: 0, execution: "one", rotation: "", troubles: 0 };
  for (;;) {
    const result = await handler(input, { getRemainingTimeInMillis: () => 60_000 });
    if (result.next !== "wait") return process.stderr.write(JSON.stringify(result));
    await new Promise((woken) => setTimeout(woken, Math.max(0, Date.parse(result.wakeAt) - Date.now())));
    input = { ...result, task: "turn" };
  }
})();
`;

const { folder, remove } = scratch();
const sandboxes: ChildProcess[] = [];
afterAll(async () => {
  for (const sandbox of sandboxes) {
    const ended = once(sandbox, "close");
    sandbox.kill("SIGTERM");
    await ended;
  }
  remove();
});

async function startSandbox() {
  const lifetimes = ["--cookie-ttl", "5s", "--signer-cache", "1s", "--propagation", "1s"];
  const sandbox = spawn(process.execPath, [join(ROOT, "bin/keyturn.js"), "sandbox", "--json", ...lifetimes], {
    env: { PATH: process.env.PATH, HOME: folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  sandboxes.push(sandbox);
  for await (const line of createInterface({ input: sandbox.stdout })) {
    return (JSON.parse(line) as { result: { env: Record<string, string> } }).result;
  }
  throw new Error("the sandbox ended");
}

describe("the function's bundle", () => {
  it("is smaller than a megabyte", () => expect(statSync(BUNDLE).size).toBeLessThan(1_000_000));
});

for (const line of [22, 24]) {
  const node = join(NODES, `node_modules/node-${line}/bin/node`);
  needs(node)(`node ${line}`, () => {
    it("completes a rotation, and prints no key", { timeout: 600_000 }, async () => {
      const { env } = await startSandbox();
      const own = join(folder, String(line));
      mkdirSync(own);
      copyFileSync(BUNDLE, join(own, "index.js"));
      copyFileSync(env.KEYTURN_CONFIG as string, join(own, "keyturn.yaml"));
      writeFileSync(join(own, "engine.cjs"), ENGINE);
      const { KEYTURN_CONFIG: _, ...settings } = env;
      const child = spawn(node, ["engine.cjs"], {
        cwd: own,
        env: settings,
        stdio: ["ignore", "pipe", "pipe"],
      });
      const [stdout, stderr] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, "close"),
      ]);
      expect(JSON.parse(stderr)).toMatchObject({
        next: "tell",
        stage: "old-key-deleted",
        message: { subject: "[keyturn] gate demo: rotated" },
      });
      expect(stdout).not.toContain("PRIVATE KEY");
    });
  });
}
