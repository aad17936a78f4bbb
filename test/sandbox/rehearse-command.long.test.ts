/** `npm start` and `keyturn rehearse` as people run them: over real sockets, with short times, to their exit code. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkDocument } from "../fakes/json-contract.ts";

const ROOT = join(import.meta.dirname, "../..");
/** Skips `prestart`, because a build would replace dist under other running tests. */
const NPM_START = ["npm", "start", "--silent", "--ignore-scripts", "--"];
const REHEARSE = [process.execPath, join(ROOT, "bin/keyturn.js"), "rehearse"];
const BRIEF = ["--cookie-ttl", "2s", "--signer-cache", "1s", "--propagation", "1s", "--settle", "1s"];

/** Used only by this file, because other tests rehearse too. */
const temporary = mkdtempSync(join(tmpdir(), "keyturn-test-"));
afterAll(() => rmSync(temporary, { recursive: true }));

function rehearse([program = "", ...words]: readonly string[], ...flags: string[]) {
  const env = { PATH: process.env.PATH, LANG: "C.UTF-8", TMPDIR: temporary };
  const child = spawn(program, [...words, "--viewers", "4", ...BRIEF, ...flags], { cwd: ROOT, env });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return { child, ended, stdout: () => stdout, stderr: () => stderr };
}

test("npm start runs the real commands through all ten stages under traffic, and exits with 0", async () => {
  const run = rehearse(NPM_START, "--json");
  expect([await run.ended, run.stderr()]).toEqual([0, expect.stringContaining("✓ old-key-deleted")]);
  checkDocument(run.stdout());
  const { outcome, findings, result } = JSON.parse(run.stdout());
  expect([outcome, findings]).toEqual(["done", []]);
  expect(result.counts).toMatchObject({ validDenied: 0, attacksLetThrough: 0, unauthorizedOriginCalls: 0 });
  expect(result.counts.requests).toBeGreaterThan(50);
  const stages = [...run.stderr().matchAll(/✓ ([\w-]+)/g)].map(([, stage]) => stage);
  expect(stages).toHaveLength(10);
  for (const line of run.stderr().split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});

test("stops at once when interrupted, exits with 130 and leaves nothing behind", async () => {
  const run = rehearse(REHEARSE);
  await new Promise<void>((resolve) => {
    run.child.stderr.on("data", () => run.stderr().includes("✓ record-opened") && resolve());
  });
  run.child.kill("SIGINT");
  expect(await run.ended).toBe(130);
  expect(readdirSync(temporary)).toEqual([]);
});
