/** `keyturn rehearse` as it is run: over real sockets, with short times, to its exit code. */
import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkDocument } from "../fakes/json-contract.ts";

const KEYTURN = join(import.meta.dirname, "../../bin/keyturn.js");
const BRIEF = ["--cookie-ttl", "2s", "--signer-cache", "1s", "--propagation", "1s", "--settle", "1s"];

function rehearse(...flags: string[]) {
  const env = { PATH: process.env.PATH, LANG: "C.UTF-8" };
  const child = spawn(process.execPath, [KEYTURN, "rehearse", "--viewers", "4", ...BRIEF, ...flags], { env });
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

test("takes the real commands through all ten stages under traffic, and ends with 0", {
  timeout: 120_000,
}, async () => {
  const run = rehearse("--json");
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

test("stops at once when it is interrupted, with 130 and nothing left behind", async () => {
  const before = leftovers();
  const run = rehearse();
  await new Promise<void>((resolve) => {
    run.child.stderr.on("data", () => run.stderr().includes("✓ record-opened") && resolve());
  });
  run.child.kill("SIGINT");
  expect(await run.ended).toBe(130);
  expect(leftovers()).toEqual(before);
});

const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith("keyturn-rehears"));
