import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseRunbook } from "../../src/runbooks/runbook.ts";
import { keyturnJobs, workflowsOf } from "./workflow.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const FOLDER = join(ROOT, "runbooks");
const pages = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".md") && file !== "README.md")
  .map((file) => parseRunbook(file.slice(0, -3), readFileSync(join(FOLDER, file), "utf8")));
const shown = pages.flatMap((page) => workflowsOf(page).map((workflow) => [page.name, workflow] as const));

/** Which of `keyturn iam`'s roles may run the command. */
const ROLE_OF: Readonly<Record<string, string>> = {
  probe: "prober",
  audit: "auditor",
  "rotate start": "rotator",
  "rotate resume": "rotator",
};

describe("the workflows that runbooks show", () => {
  it("are on the expected pages", () => {
    expect(shown.map(([name]) => name)).toEqual(["rotation-from-ci", "rotation-from-ci", "wire-into-ci"]);
  });

  it.each(shown)("%s: each job assumes a role whose policy allows what the job does", (_, workflow) => {
    for (const { role, steps } of keyturnJobs(workflow)) {
      expect(steps.length).toBeGreaterThan(0);
      for (const step of steps) expect(ROLE_OF[step.with?.command ?? ""]).toBe(role);
    }
  });

  it.each(shown)("%s: passes only inputs that the action has", (_, workflow) => {
    const { inputs } = parse(readFileSync(join(ROOT, "action.yml"), "utf8"));
    const given = keyturnJobs(workflow).flatMap(({ steps }) =>
      steps.flatMap((step) => Object.keys(step.with ?? {})),
    );
    expect(given.filter((name) => !Object.hasOwn(inputs, name))).toEqual([]);
  });

  it.each(shown)("%s: reads only outputs that the action has", (_, workflow) => {
    const { outputs } = parse(readFileSync(join(ROOT, "action.yml"), "utf8"));
    const named = [...JSON.stringify(workflow).matchAll(/steps\.keyturn\.outputs\.([\w-]+)/g)];
    expect(named.map(([, name = ""]) => name).filter((name) => !Object.hasOwn(outputs, name))).toEqual([]);
  });

  it.each(shown)("%s: runs the tag that the release builds, at most hourly", (_, workflow) => {
    for (const { steps } of keyturnJobs(workflow))
      for (const { uses } of steps) expect(uses).toBe("keyturn/keyturn@v1");
    for (const { cron } of workflow.on.schedule) expect(cron).toMatch(/^\d+ /);
  });

  const [start, resume] = shown
    .filter(([name]) => name === "rotation-from-ci")
    .map(([, workflow]) => workflow);
  const switches = (workflow: typeof start) =>
    Object.values(workflow?.jobs ?? {}).flatMap(({ steps }) =>
      steps.flatMap((step) => (step.run === undefined ? [] : [{ run: step.run, states: statesOf(step.if) }])),
    );

  it("need an approval to start a rotation, but not to resume one", () => {
    expect(start?.jobs.start?.environment).toBe("key-rotation");
    expect(resume?.jobs.resume?.environment).toBeUndefined();
    const [trust = ""] =
      /"token\.actions[^"]*:sub": \[[^\]]*\]/.exec(readFileSync(join(FOLDER, "wire-into-ci.md"), "utf8")) ??
      [];
    expect(trust).toContain(":environment:key-rotation");
    expect(trust).toContain(":ref:refs/heads/main");
  });

  it("schedule a resume only while a rotation is open: each of its states turns the schedule on or off", () => {
    const own = "rotate-resume.yml";
    expect(switches(start)).toEqual([
      { run: `gh workflow enable ${own}`, states: ["waiting", "ready", "halted"] },
    ]);
    expect(switches(resume)).toEqual([
      { run: `gh workflow disable ${own}`, states: ["rotated", "aborted", "never-rotated"] },
    ]);
    const page = readFileSync(join(FOLDER, "rotation-from-ci.md"), "utf8");
    expect(page).toContain(`.github/workflows/${own}`);
  });
});

/** GitHub's `contains('one two', ...)`. */
function statesOf(condition = ""): readonly string[] {
  return /contains\('([^']*)', steps\.keyturn\.outputs\.state/.exec(condition)?.[1]?.split(" ") ?? [];
}
