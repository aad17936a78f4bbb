/**
 * What a rotation can do without: the journal, stdout, stderr, a writable home. Real processes, in the middle of a
 * cut-now; the tests run concurrently, since they mostly wait.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import { skipped } from "../fakes/needs.ts";
import { ConsoleWorld } from "../runbooks/console.ts";

const PROGRAM = join(resolve(import.meta.dirname, "../.."), "bin/keyturn.js");
const SHORT = ["--propagation", "0s", "--cookie-ttl", "2s", "--signer-cache", "1s"];
const CUT = ["start", "--cut-now", "--yes-cut-off-viewers", "--key-type", "ecdsa-p256", "--wait"];
const START = ["start", "--yes", "--key-type", "ecdsa-p256", "--wait"];

async function sandbox({ onTestFinished }: TestContext): Promise<ConsoleWorld> {
  const world = new ConsoleWorld();
  onTestFinished(() => world.stop());
  await world.start(SHORT);
  return world;
}

interface Streams {
  readonly stdout?: number | "pipe" | "ignore";
  readonly stderr?: number | "pipe" | "ignore";
  /** A pipe that nobody reads: its reading end is closed at once. */
  readonly leaves?: "stdout" | "stderr";
}

async function rotate(world: ConsoleWorld, argv: readonly string[], env = {}, streams: Streams = {}) {
  const child = spawn(process.execPath, [PROGRAM, "rotate", ...argv], {
    env: { ...world.env, ...env },
    cwd: world.folder,
    stdio: ["ignore", streams.stdout ?? "pipe", streams.stderr ?? "pipe"],
  });
  if (streams.leaves !== undefined) child[streams.leaves]?.destroy();
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdout?.resume();
  const [exitCode] = (await once(child, "close")) as [number | null];
  return { exitCode, stderr };
}

async function expectRotated(world: ConsoleWorld): Promise<void> {
  const { output } = await world.run("keyturn rotate status --gate demo --json 2>/dev/null");
  expect(JSON.parse(output).result).toMatchObject({
    state: "rotated",
    says: "only the new key is trusted, and it signs",
  });
}

/** A path that nobody can write to. It is a file, because root may write in every folder. */
function spoiledState(world: ConsoleWorld): string {
  const file = join(world.folder, "a-file");
  writeFileSync(file, "");
  return file;
}

const times = (text: string, part: string) => text.split(part).length - 1;

describe.concurrent("a journal that cannot be written", () => {
  it("is detected before the record opens, so nothing starts", async (test) => {
    const world = await sandbox(test);
    const ran = await rotate(world, START, { XDG_STATE_HOME: spoiledState(world) });
    expect(ran.exitCode, ran.stderr).toBe(3);
    expect(ran.stderr).toContain("hint: set XDG_STATE_HOME to a writable folder");
    expect(ran.stderr).not.toContain("record-opened");
    const { output } = await world.run("keyturn rotate status --gate demo");
    expect(output).toContain("has never been rotated");
  });

  it("causes one warning in a cut-now, which finishes", async (test) => {
    const world = await sandbox(test);
    const ran = await rotate(world, CUT, { XDG_STATE_HOME: spoiledState(world) });
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(times(ran.stderr, "warning: the journal ")).toBe(1);
    await expectRotated(world);
  });

  it("causes one warning in an open rotation", async (test) => {
    const world = await sandbox(test);
    await rotate(world, [...START, "--until", "key-trusted"]);
    const ran = await rotate(world, ["resume", "--wait"], { XDG_STATE_HOME: spoiledState(world) });
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(times(ran.stderr, "warning: the journal ")).toBe(1);
    await expectRotated(world);
  });
});

describe.concurrent("a home that is read-only", () => {
  it("stops neither an open rotation nor an abort", async (test) => {
    const world = await sandbox(test);
    const home = join(world.folder, "home");
    mkdirSync(home);
    chmodSync(home, 0o555);
    // Root can write to a read-only folder, so for root the home is a file.
    const isRoot = process.getuid?.() === 0;
    if (isRoot) {
      rmSync(home, { recursive: true });
      writeFileSync(home, "");
    }
    const bare = { HOME: home, XDG_STATE_HOME: "", XDG_CACHE_HOME: "" };
    await rotate(world, [...START, "--until", "key-trusted"]);
    const aborted = await rotate(world, ["abort", "--yes", "--wait"], bare);
    expect(aborted.exitCode, aborted.stderr).toBe(0);
    expect(times(aborted.stderr, "warning: the journal ")).toBe(1);
    const cut = await rotate(world, CUT, bare);
    expect(cut.exitCode, cut.stderr).toBe(0);
    await expectRotated(world);
  });
});

const isMountable = process.platform === "linux" && process.getuid?.() === 0 && canMount();

function canMount(): boolean {
  const folder = "/tmp/keyturn-mount-probe";
  mkdirSync(folder, { recursive: true });
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]).status === 0;
  if (mounted) spawnSync("umount", [folder]);
  rmSync(folder, { recursive: true, force: true });
  return mounted;
}

(isMountable ? describe.concurrent : skipped("needs a tmpfs, which root may mount"))(
  "a disk that is full",
  () => {
    /** Fills the disk to the last byte. */
    const fill = (disk: string) => spawnSync("sh", ["-c", 'cat /dev/zero > "$0"', join(disk, "ballast")]);

    it("is detected before the record opens, and stops neither a cut-now nor an open rotation", async (test) => {
      const world = await sandbox(test);
      const disk = join(world.folder, "disk");
      mkdirSync(disk);
      expect(spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]).status).toBe(0);
      test.onTestFinished(() => {
        spawnSync("umount", ["-l", disk]);
      });
      const onDisk = { XDG_STATE_HOME: disk, XDG_CACHE_HOME: disk };
      const opened = await rotate(world, [...START, "--until", "key-trusted"], onDisk);
      expect(opened.exitCode, opened.stderr).toBe(8);
      fill(disk);
      const resumed = await rotate(world, ["resume", "--wait"], onDisk);
      expect(resumed.exitCode, resumed.stderr).toBe(0);
      // A line may still fit into the journal's last block; then the warning comes with a later line.
      expect(times(resumed.stderr, "warning: the journal ")).toBeLessThanOrEqual(1);
      await expectRotated(world);
      rmSync(join(disk, "keyturn"), { recursive: true });
      fill(disk);
      const refused = await rotate(world, START, onDisk);
      expect(refused.exitCode, refused.stderr).toBe(3);
      expect(refused.stderr).not.toContain("record-opened");
      const cut = await rotate(world, CUT, onDisk);
      expect(cut.exitCode, cut.stderr).toBe(0);
      expect(times(cut.stderr, "warning: the journal ")).toBe(1);
      await expectRotated(world);
    });
  },
);

describe.concurrent("a closed terminal", () => {
  it.for([
    ["stdout that nobody reads", { leaves: "stdout" }],
    ["stderr that nobody reads", { leaves: "stderr" }],
  ] as const)("%s does not stop a cut-now", async ([, streams], test) => {
    const world = await sandbox(test);
    const ran = await rotate(world, CUT, {}, streams);
    expect(ran.exitCode, ran.stderr).toBe(0);
    await expectRotated(world);
  });

  it.for([
    ["stdout", ">&-"],
    ["stderr", "2>&-"],
    ["both", ">&- 2>&-"],
  ])("closed %s does not stop a cut-now", async ([, closing], test) => {
    const world = await sandbox(test);
    const line = `keyturn rotate ${CUT.join(" ")}`;
    const { exitCode, output } = await world.run(`( ${line} ${closing} )`);
    expect(exitCode, output).toBe(0);
    await expectRotated(world);
  });

  it.skipIf(!existsSync("/dev/full"))(
    "a full disk behind stdout and stderr causes a warning at most",
    async (test) => {
      const world = await sandbox(test);
      const full = openSync("/dev/full", "w");
      try {
        const cut = await rotate(world, CUT, {}, { stdout: full });
        expect(cut.exitCode, cut.stderr).toBe(0);
        expect(times(cut.stderr, "warning: stdout cannot be written: no space left")).toBe(1);
        await expectRotated(world);
        const again = await rotate(world, START, {}, { stdout: full, stderr: full });
        expect(again.exitCode).toBe(0);
        await expectRotated(world);
      } finally {
        closeSync(full);
      }
    },
  );
});
