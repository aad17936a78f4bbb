/** The built program as a process: how it starts, and what signals do to it. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { closeSync, constants, cpSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BIN = join(ROOT, "bin/keyturn.js");

let folder: string;
let env: NodeJS.ProcessEnv;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "keyturn-bin-"));
  // As in a fresh container: no configuration, no credentials.
  env = { PATH: process.env.PATH, HOME: folder, AWS_EC2_METADATA_DISABLED: "true" };
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(args: readonly string[], more: NodeJS.ProcessEnv = {}) {
  return spawnSync(process.execPath, [BIN, ...args], {
    cwd: folder,
    env: { ...env, ...more },
    encoding: "utf8",
    input: "",
    timeout: 300_000,
  });
}

describe("the program", () => {
  it("prints how to build it if it is not built", () => {
    cpSync(join(ROOT, "bin"), join(folder, "unbuilt/bin"), { recursive: true });
    cpSync(join(ROOT, "package.json"), join(folder, "unbuilt/package.json"));
    const ran = spawnSync(process.execPath, [join(folder, "unbuilt/bin/keyturn.js")], { encoding: "utf8" });
    expect(ran).toMatchObject({
      status: 70,
      stdout: "",
      stderr: "error: keyturn is not built yet [ERR_INTERNAL]\nhint: npm ci && npm run build\n",
    });
  });

  it("prints the version of the package", () => {
    expect(run(["--version"]).stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it("is quiet if its reader exits early", () => {
    const script = `"${process.execPath}" "${BIN}" config schema | head -c 1; echo "\${PIPESTATUS[0]}"`;
    const ran = spawnSync("bash", ["-c", script], { env, encoding: "utf8" });
    expect(ran).toMatchObject({ stdout: "{0\n", stderr: "" });
  });
});

describe("signals", () => {
  let silent: Server;
  let port: number;
  beforeAll(async () => {
    silent = createServer((socket) => socket.on("error", () => {}));
    port = await new Promise((listening) => {
      silent.listen(0, "127.0.0.1", () => listening((silent.address() as AddressInfo).port));
    });
  });
  afterAll(() => silent.close());

  /** Runs a command whose AWS call is never answered, and sends the signals once it is connected. */
  async function interrupted(...signals: NodeJS.Signals[]) {
    const credentials = {
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "example",
      AWS_REGION: "eu-west-1",
    };
    const connected = new Promise<void>((called) => silent.once("connection", () => called()));
    const child = spawn(
      process.execPath,
      [BIN, "keys", "list", "--endpoint-url", `http://127.0.0.1:${port}`],
      {
        env: { ...env, ...credentials },
      },
    );
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const ended = new Promise<[number | null, NodeJS.Signals | null]>((done) => {
      child.once("close", (code, signal) => done([code, signal]));
    });
    await connected;
    for (const signal of signals) child.kill(signal);
    return { ended: await ended, stderr };
  }

  it.each([
    ["SIGHUP", 129],
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s ends a command that waits for AWS, with exit code %i", async (signal, code) => {
    const { ended, stderr } = await interrupted(signal);
    expect(ended).toEqual([code, null]);
    expect(stderr).toContain(`error: interrupted by ${signal} [ERR_INTERRUPTED]\n`);
  });

  it.each([
    ["RSA 2048", () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey],
    ["P-256", () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey],
  ] as [string, () => KeyObject][])(
    "SIGINT ends a long stream of sets to a fast reader, with a %s key",
    async (type, key) => {
      const file = join(folder, `${type}.pem`);
      writeFileSync(file, key().export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
      const flags = [
        "--private-key",
        file,
        "--key-pair-id",
        "K2JCJMDEHXQW5F",
        "--count",
        "99999999",
        "--offline",
      ];
      // stdout is /dev/null, which never makes the writer wait.
      const child = spawn(process.execPath, [BIN, "mint", "https://app.example.com/*", ...flags], {
        env,
        stdio: ["ignore", "ignore", "pipe"],
      });
      const ended = once(child, "exit");
      // mint prints its note about the Resource before the first set.
      await once(child.stderr, "data");
      child.kill("SIGINT");
      expect(await ended).toEqual([130, null]);
    },
  );

  it.each([
    ["has no writer", (pipe: string) => ["inspect", `curl https://app.example.com/ -b ${pipe}`], undefined],
    ["has a silent writer", (pipe: string) => ["keys", "match", pipe], openedForWriting],
  ])("one SIGINT ends a command that reads a named pipe that %s", async (what, args, write) => {
    const pipe = join(folder, what.replaceAll(" ", "-"));
    execFileSync("mkfifo", [pipe]);
    const child = spawn(process.execPath, [BIN, ...args(pipe)], { env, stdio: ["ignore", "ignore", "pipe"] });
    try {
      const ended = once(child, "exit");
      // inspect prints its note about the shell's history right before it opens the jar.
      const writer = write === undefined ? await once(child.stderr, "data") : await write(pipe);
      child.kill("SIGINT");
      expect(await ended).toEqual([130, null]);
      if (typeof writer === "number") closeSync(writer);
    } finally {
      child.kill("SIGKILL");
    }
  });
});

/** Opens the pipe once it has a reader: until then, a non-blocking open for writing fails. */
async function openedForWriting(pipe: string): Promise<number> {
  for (;;) {
    try {
      return openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== "ENXIO") throw thrown;
      await new Promise(setImmediate);
    }
  }
}
