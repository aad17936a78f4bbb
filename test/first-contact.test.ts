/**
 * What a newcomer first sees of each command, with an empty folder, an empty HOME, no configuration and no credentials.
 * fixtures/first-contact.txt has all of it. `KEYTURN_UPDATE=1` rewrites it with the current output: read the diff.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../src/cli/command-table.ts";

const BIN = fileURLToPath(new URL("../bin/keyturn.js", import.meta.url));
const FIXTURE = new URL("fixtures/first-contact.txt", import.meta.url);
/** These run until stopped and need no configuration. Their own tests run them, and so do README's. */
const ELSEWHERE = new Set(["sandbox", "rehearse"]);

interface Scene {
  readonly line: string;
  readonly told: string;
}

/** `$ keyturn ...`, then its output on both streams, then its exit code. */
const scenes: readonly Scene[] = readFileSync(FIXTURE, "utf8")
  .split(/^(?=\$ keyturn)/m)
  .filter((text) => text.startsWith("$ "))
  .map((text) => {
    const [line = "", ...told] = text.trimEnd().split("\n");
    return { line: line.slice("$ keyturn".length).trim(), told: told.join("\n") };
  });

describe("the first contact", () => {
  let home: string;
  const seen = new Map<string, string>();

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), "keyturn-first-"));
    // Two at a time, one per core.
    const waiting = [...scenes];
    await Promise.all(
      [0, 1].map(async () => {
        for (let scene = waiting.shift(); scene !== undefined; scene = waiting.shift())
          seen.set(scene.line, await contact(scene.line));
      }),
    );
    if (process.env.KEYTURN_UPDATE) {
      const texts = scenes.map(({ line }) => `${`$ keyturn ${line}`.trim()}\n${seen.get(line)}\n`);
      writeFileSync(FIXTURE, texts.join("\n"));
    }
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  /** Runs the line in a new folder. */
  async function contact(line: string): Promise<string> {
    const folder = mkdtempSync(join(home, "folder-"));
    mkdirSync(join(folder, "home"));
    const words = line === "" ? [] : line.split(" ");
    const child = spawn(process.execPath, [BIN, ...words], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: join(folder, "home"), AWS_EC2_METADATA_DISABLED: "true" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let told = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        told += text;
      });
    const exitCode = await new Promise((ended) => child.once("close", ended));
    const left = readdirSync(folder).filter((name) => name !== "home");
    return [shortened(told.trimEnd()), ...left.map((name) => `(writes ${name})`), `exit ${exitCode}`].join(
      "\n",
    );
  }

  it("is recorded for every command without arguments", () => {
    const lines = new Set(scenes.map(({ line }) => line));
    const missing = COMMANDS.filter(({ words }) => !ELSEWHERE.has(words) && !lines.has(words));
    expect(missing.map(({ words }) => words)).toEqual([]);
  });

  it.each(scenes)("keyturn $line prints what is recorded", ({ line, told }) => {
    expect(seen.get(line)).toBe(process.env.KEYTURN_UPDATE ? seen.get(line) : told);
  });

  it.each(scenes)("keyturn $line, if it fails, prints one line and what to type next", ({ line }) => {
    const told = seen.get(line) ?? "";
    expect(told).not.toMatch(/\n\s+at |Warning|undefined|\[object|\[ERR_INTERNAL/);
    const exitCode = Number(/exit (\d+)$/.exec(told)?.[1]);
    if (exitCode <= 1 || exitCode === 6) return;
    expect(told).toMatch(/^error: .+ \[ERR_[A-Z_]+\](\nhint: .+)+\n(\(writes .*\n)*exit [234]$/);
    if (exitCode === 4) expect(told).toContain("keyturn rehearse");
  });
});

/** Keeps only the beginning of long pages, and puts a fixed word for whatever differs from run to run. */
function shortened(text: string): string {
  const lines = text
    .replaceAll(/SHA256:[A-Za-z0-9+/]{43}/g, "SHA256:(fingerprint)")
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "(time)")
    .replaceAll(/\d+d \d+h ago/g, "(long) ago")
    .split("\n");
  return lines.length <= 14 ? lines.join("\n") : [...lines.slice(0, 8), "(and more)"].join("\n");
}
