/** The page that `man keyturn` shows. */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";
import { COMMANDS } from "../src/cli/command-table.ts";
import { manPage } from "../src/cli/man-page.ts";
import { memoryWorld, runCommand } from "./fakes/memory-world.ts";
import { needs } from "./fakes/needs.ts";

const PAGE = resolve(import.meta.dirname, "../dist/keyturn.1");

it("the man page is built from the command table, for this version", () => {
  const { version, man } = JSON.parse(readFileSync(join(PAGE, "../../package.json"), "utf8"));
  expect(man).toBe("dist/keyturn.1");
  expect(readFileSync(PAGE, "utf8")).toBe(manPage(version));
});

needs("man", "groff")("man", () => {
  it("shows the page without a warning, with every command", () => {
    const { stderr } = spawnSync("groff", ["-man", "-ww", "-z", PAGE], { encoding: "utf8" });
    expect(stderr).toBe("");
    const env = { ...process.env, MANWIDTH: "80", LC_ALL: "C" };
    const text = execFileSync("man", ["-l", PAGE], { env, encoding: "utf8" }).replace(/.[\b]/g, "");
    for (const { words, examples = [] } of COMMANDS) {
      expect(text).toMatch(new RegExp(`^ {7}${words}(?: |$)`, "m"));
      // At 80 columns, only examples this short stay on one line, to be copied.
      for (const [line] of examples) if (line.length < 60) expect(text).toContain(line);
    }
  });
});

it.each(["--version --json", "--json -V"])("keyturn %s prints one JSON document", async (line) => {
  const { stdout, exitCode } = await runCommand(line.split(" "), memoryWorld());
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    ...{ schemaVersion: 1, command: "version", outcome: "done", findings: [] },
    result: { version: expect.any(String) },
  });
});
