/** A question on a real terminal, drawn by tmux, that is interrupted or gets no answer. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { needs } from "./fakes/needs.ts";
import { exportsOf } from "./fakes/sandbox-process.ts";

const execute = promisify(execFile);
const BIN = fileURLToPath(new URL("../bin/keyturn.js", import.meta.url));
const QUESTION = /Type demo to continue:/;

needs("tmux", "bash")("a question that is not answered", () => {
  let folder: string;
  let sandbox: ChildProcess;
  let script: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "keyturn-question-"));
    sandbox = spawn(process.execPath, [BIN, "sandbox"], { cwd: folder });
    script = join(folder, "ask.sh");
    const exported = Object.entries(await exportsOf(sandbox));
    const lines = [
      ...exported.map(([name, value]) => `export ${name}='${value}'`),
      `export HOME='${folder}' XDG_STATE_HOME='${folder}' NO_COLOR=1`,
      `'${process.execPath}' '${BIN}' rotate start --gate demo`,
      'echo "ended with $?"',
      "sleep 60",
    ];
    writeFileSync(script, lines.join("\n"));
  });
  afterAll(async () => {
    const ended = new Promise((done) => sandbox.once("exit", done));
    sandbox.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ["C-c", "error: interrupted by SIGINT [ERR_INTERRUPTED]", 130],
    ["C-d", "error: not confirmed; nothing was changed [ERR_CONFIRMATION]", 7],
  ])(
    "ends at %s with %s",
    async (key, said, code) => {
      const tmux = async (...args: string[]) =>
        (await execute("tmux", ["-S", join(folder, key), ...args])).stdout;
      const seen = async (pattern: RegExp): Promise<string> => {
        for (;;) {
          const screen = await tmux("capture-pane", "-p", "-J");
          if (pattern.test(screen)) return screen;
        }
      };
      const shell = `env -i TERM=screen PATH='${process.env.PATH}' bash '${script}'`;
      await tmux("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "50", shell);
      try {
        await seen(QUESTION);
        await tmux("send-keys", key);
        const screen = await seen(/ended with \d+/);
        // The error starts on its own line, below the question.
        expect(screen.split("\n")).toContain(said);
        expect(screen).toContain(`ended with ${code}\n`);
      } finally {
        await tmux("kill-server");
      }
    },
    60_000,
  );
});
