/** The lines that a shell runs to reach the sandbox. */
import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { exportLines } from "../../src/sandbox/folder.ts";

it.each(["/tmp/plain", "/tmp/it's here", "/tmp/'; echo owned; '", "/tmp/$(echo owned)"])(
  "a shell takes %s as it stands",
  (path) => {
    const script = [...exportLines({ FOLDER: path }), 'printf %s "$FOLDER"'].join("\n");
    expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toBe(path);
  },
);
