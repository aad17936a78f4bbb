import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { bashWords } from "../../src/capture/read-bash-words.ts";
import { HALT_REASONS } from "../../src/rotation/next.ts";
import { stepNames, stepOf } from "../../src/runbooks/runbook.ts";
import { memoryWorld, runCommand } from "../fakes/memory-world.ts";
import { needs } from "../fakes/needs.ts";
import { pages, read } from "./page-files.ts";

const SECTIONS = [
  "When to use it",
  "What users feel",
  "Steps",
  "How to know that it worked",
  "How to go back",
  "What it does not protect",
];
/** Commands that print cookies: their output must not end up in a transcript. */
const PRINTS_COOKIES = new Set(["mint", "curl"]);

describe("the index", () => {
  it("names every page under each of its symptoms", () => {
    const rows = [...read("README.md").matchAll(/^\| (.+?) \| \[.*?\]\((.+?)\.md\) \|$/gm)];
    const listed = rows.map(([, symptom, name]) => `${symptom} -> ${name}`);
    const expected = pages.flatMap(({ name, symptoms }) => symptoms.map((each) => `${each} -> ${name}`));
    expect(listed.toSorted()).toEqual(expected.toSorted());
  });
});

describe("the table of halts", () => {
  it("has a row for every reason for which a rotation halts", () => {
    const rows = [...read("resume-a-rotation.md").matchAll(/^\| `([\w-]+)` \|/gm)].map(
      ([, reason]) => reason,
    );
    expect(rows.toSorted()).toEqual(HALT_REASONS.toSorted());
  });
});

describe.each(pages.map((page) => [page.name, page] as const))("runbooks/%s.md", (_, page) => {
  it("has the six sections in their order", () => {
    expect(page.sections).toEqual(SECTIONS);
  });

  it("closes every block, and counts its steps without a gap", () => {
    const outside = page.text.replace(/^ *```.*\n[\s\S]*?^ *```$/gm, "");
    expect(outside).not.toMatch(/^(?:\$ | *```)/m);
    const steps = [...outside.matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number));
    expect(steps).toEqual(steps.map((_, at) => at + 1));
  });

  it("has steps that run without a shell and print no cookies", () => {
    const argvs = stepNames(page).flatMap((name) => stepOf(page, name).commands.map(({ argv }) => argv));
    const printing = argvs.filter(
      ([word = "", ...rest]) => PRINTS_COOKIES.has(word) && !rest.includes("--logout"),
    );
    expect(printing).toEqual([]);
  });

  it("keeps everything that is copied from it within 120 columns", () => {
    const wide = page.blocks.flatMap(({ commands }) => commands).filter(({ line }) => line.length > 120);
    expect(wide.map(({ line }) => line)).toEqual([]);
  });
});

needs("bash")("the blocks for a real account", () => {
  const blocks = pages.flatMap(({ name, text }) =>
    [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, script = ""]) => [name, script] as const),
  );

  it.each(blocks)("%s: is valid shell", (_, script) => {
    const { status, stderr } = spawnSync("bash", ["-n"], { input: script, encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
  });

  const commands = blocks.flatMap(([name, script]) =>
    [...script.matchAll(/^ *keyturn ((?:rotate|probe|iam) .*?)(?: > .*)?$/gm)].map(([, line = ""]) => [
      name,
      line,
    ]),
  ) as [string, string][];

  it.each(commands)("%s: keyturn knows every flag of %s", async (_, line) => {
    const { words } = bashWords(line.replace('"$role"', "prober"));
    // In an empty world each command fails, but none with a usage error.
    const { exitCode, stderr } = await runCommand(words, memoryWorld());
    expect([2, 0], stderr).not.toContain(exitCode);
  });
});
