/** The shell commands that the sandbox prints for reaching it. */
import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { exportLines } from "../../src/sandbox/folder.ts";

it.each(["/tmp/plain", "/tmp/it's here", "/tmp/'; echo owned; '", "/tmp/$(echo owned)"])(
  "a shell reads %s unchanged",
  (path) => {
    const script = [...exportLines({ FOLDER: path }), 'printf %s "$FOLDER"'].join("\n");
    expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toBe(path);
  },
);
