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

/** Which of `keyturn iam`'s roles may do it. */
const ROLE_OF: Readonly<Record<string, string>> = {
  probe: "prober",
  audit: "auditor",
  "rotate start": "rotator",
  "rotate resume": "rotator",
};

describe("the workflows that runbooks show", () => {
  it("are there", () => {
    expect(shown.map(([name]) => name)).toEqual(["rotation-from-ci", "wire-into-ci"]);
  });

  it.each(shown)("%s: each job assumes the role whose policy allows what it does", (_, workflow) => {
    for (const { role, steps } of keyturnJobs(workflow)) {
      expect(steps.length).toBeGreaterThan(0);
      for (const step of steps) expect(ROLE_OF[step.with?.command ?? ""]).toBe(role);
    }
  });

  it.each(shown)("%s: gives the action no input that it does not have", (_, workflow) => {
    const { inputs } = parse(readFileSync(join(ROOT, "action.yml"), "utf8"));
    const given = keyturnJobs(workflow).flatMap(({ steps }) =>
      steps.flatMap((step) => Object.keys(step.with ?? {})),
    );
    expect(given.filter((name) => !Object.hasOwn(inputs, name))).toEqual([]);
  });

  it.each(shown)(
    "%s: no schedule displaces another's run that waits for its turn",
    (_, { on, concurrency }) => {
      // Of a concurrency group GitHub keeps one run that waits: the newest.
      if (concurrency !== undefined && on.schedule.length > 1)
        expect(concurrency).toContain(`\${{ github.event.schedule }}`);
    },
  );

  it.each(shown)("%s: its conditions name schedules that it has", (_, workflow) => {
    const crons = workflow.on.schedule.map(({ cron }) => cron);
    const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
    const named = steps.flatMap((step) =>
      [...(step.if ?? "").matchAll(/'([^']+)'/g)].map(([, cron]) => cron),
    );
    expect(named.filter((cron) => cron === undefined || !crons.includes(cron))).toEqual([]);
  });
});
