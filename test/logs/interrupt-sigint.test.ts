/** Interrupting `keyturn logs` removes its private folder, whichever signal it was. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const BIN = resolve(import.meta.dirname, "../../bin/keyturn.js");

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)(
  "%s while it waits for lines removes the folder, which only the owner could read",
  async (signal, ending) => {
    const folder = mkdtempSync(join(tmpdir(), "keyturn-test-interrupt-"));
    const env = { ...process.env, TMPDIR: folder, KEYTURN_GATE: "", KEYTURN_CONFIG: "" };
    // Stdin stays open, so that the command cannot end by itself.
    const child = spawn(process.execPath, [BIN, "logs", "-"], {
      cwd: folder,
      env,
      stdio: ["pipe", "pipe", "pipe"],
    });
    try {
      child.stdin.write("#Version: 1.0\n");
      const copy = () =>
        readdirSync(folder)
          .map((name) => join(folder, name, "stdin"))
          .find((path) => existsSync(path));
      while (copy() === undefined) await new Promise((later) => setTimeout(later, 50));
      const made = join(copy() as string, "..");
      expect(statSync(made).mode & 0o777).toBe(0o700);
      expect(statSync(copy() as string).mode & 0o777).toBe(0o600);
      child.kill(signal);
      const [exitCode] = await once(child, "close");
      expect(exitCode).toBe(ending);
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
