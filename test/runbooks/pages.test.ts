import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { bashWords } from "../../src/capture/read-bash-words.ts";
import { HALT_REASONS } from "../../src/rotation/next.ts";
import { fillIn } from "../../src/runbooks/fill-in.ts";
import { parseConsole, parseRunbook, type Runbook, stepNames, stepOf } from "../../src/runbooks/runbook.ts";
import { memoryWorld, runCommand } from "../fakes/memory-world.ts";
import { needs } from "../fakes/needs.ts";
import { ConsoleWorld, missingLine } from "./console.ts";
import { keyturnJobs, type Workflow, workflowsOf } from "./workflow.ts";

const FOLDER = resolve(import.meta.dirname, "../../runbooks");
const read = (file: string) => readFileSync(join(FOLDER, file), "utf8");
const pages = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".md") && file !== "README.md")
  .map((file) => parseRunbook(file.slice(0, -3), read(file)));

const SECTIONS = [
  "When to use it",
  "What users feel",
  "Steps",
  "How to know that it worked",
  "How to go back",
  "What it does not protect",
];
/** Commands that print cookies: their output must not come into a transcript. */
const PRINTS_COOKIES = new Set(["mint", "curl"]);

describe("the index", () => {
  it("names every page by every one of its symptoms", () => {
    const rows = [...read("README.md").matchAll(/^\| (.+?) \| \[.*?\]\((.+?)\.md\) \|$/gm)];
    const listed = rows.map(([, symptom, name]) => `${symptom} -> ${name}`);
    const expected = pages.flatMap(({ name, symptoms }) => symptoms.map((each) => `${each} -> ${name}`));
    expect(listed.toSorted()).toEqual(expected.toSorted());
  });
});

describe("the table of halts", () => {
  it("has a row for every reason that a rotation halts for", () => {
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

  it("has steps that run without a shell and print no cookies", () => {
    const argvs = stepNames(page).flatMap((name) => stepOf(page, name).commands.map(({ argv }) => argv));
    const printing = argvs.filter(
      ([word = "", ...rest]) => PRINTS_COOKIES.has(word) && !rest.includes("--logout"),
    );
    expect(printing).toEqual([]);
  });

  it("stays within 120 columns where it is copied from", () => {
    const wide = page.blocks.flatMap(({ commands }) => commands).filter(({ line }) => line.length > 120);
    expect(wide.map(({ line }) => line)).toEqual([]);
  });
});

needs("bash")("the blocks for a real account", () => {
  const blocks = pages.flatMap(({ name, text }) =>
    [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, script = ""]) => [name, script] as const),
  );

  it.each(blocks)("%s: a shell can read it", (_, script) => {
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
    // In a world without anything each fails, but none as a mistake in typing.
    const { exitCode, stderr } = await runCommand(words, memoryWorld());
    expect([2, 0], stderr).not.toContain(exitCode);
  });
});

/** Most of a page is waiting: three at a time keep a small machine busy, and no more than that. */
const AT_A_TIME = 3;

needs("bash", "curl")("the console blocks of the pages, each beside a sandbox of its own", () => {
  const waiting = [...pages];
  const failures = new Map<string, unknown>();

  async function runPages(): Promise<void> {
    for (let page = waiting.shift(); page !== undefined; page = waiting.shift()) {
      const { name } = page;
      await runPage(page).catch((thrown: unknown) => failures.set(name, thrown));
    }
  }

  beforeAll(async () => {
    await Promise.all(Array.from({ length: AT_A_TIME }, runPages));
  }, 600_000);

  it.each(pages.map(({ name }) => name))("%s prints what it says", (name) => {
    expect(waiting).toEqual([]);
    if (failures.has(name)) throw failures.get(name);
  });
});

/** In order and in one world: a step stands on the one before it. */
async function runPage(page: Runbook): Promise<void> {
  const { name, text } = page;
  const [, flags = "--propagation 0s"] = /^<!-- sandbox flags: (.*) -->$/m.exec(text) ?? [];
  const world = new ConsoleWorld();
  try {
    await world.start(flags.split(" "));
    for (const block of parseConsole(fillIn(text, world.gate()))) {
      await world.prepare(block);
      for (const command of block.commands) {
        const { line } = command;
        const { exitCode, output } = await world.run(line);
        expect(exitCode, `${name}: ${line}\n${output}`).toBe(command.exitCode);
        expect(missingLine(command, output), `${name}: ${line}\n${output}`).toBeUndefined();
      }
    }
    for (const workflow of workflowsOf(page)) await runWorkflow(name, workflow, world);
  } finally {
    await world.stop();
  }
}

/** What the workflow has keyturn do, in its order and whatever its conditions, in the environment that Actions gives. */
async function runWorkflow(name: string, workflow: Workflow, world: ConsoleWorld): Promise<void> {
  for (const step of keyturnJobs(workflow).flatMap(({ steps }) => steps)) {
    const inputs = Object.entries(step.with ?? {}).map(([input, value]) => [
      input,
      fillIn(value, world.gate()).replace(/\$\{\{ github\.run_id \}\}/g, "7"),
    ]);
    const { exitCode, output } = await world.action(Object.fromEntries(inputs));
    expect(exitCode, `${name}: ${step.with?.command}\n${output}`).toBe(0);
  }
}
