/** The console blocks of every runbook, typed in order next to a sandbox, and the steps of its workflows. */
import { beforeAll, expect, it } from "vitest";
import { fillIn } from "../../src/runbooks/fill-in.ts";
import { parseConsole, type Runbook } from "../../src/runbooks/runbook.ts";
import { needs } from "../fakes/needs.ts";
import { ConsoleWorld, missingLine } from "./console.ts";
import { pages } from "./page-files.ts";
import { keyturnJobs, type Workflow, workflowsOf } from "./workflow.ts";

/** Pages spend most of their time waiting: three at a time keep a small machine busy without overloading it. */
const AT_A_TIME = 3;

needs("bash", "curl")("the console blocks of the pages, each next to its own sandbox", () => {
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
  });

  it.each(pages.map(({ name }) => name))("%s: every block prints what the page shows", (name) => {
    expect(waiting).toEqual([]);
    if (failures.has(name)) throw failures.get(name);
  });
});

/** The blocks run in order and in one world, because each step builds on the previous one. */
async function runPage(page: Runbook): Promise<void> {
  const { name, text } = page;
  const [, flags = "--propagation 0s"] = /^<!-- sandbox flags: (.*) -->$/m.exec(text) ?? [];
  const world = new ConsoleWorld();
  try {
    await world.start(flags.split(" "));
    for (const block of parseConsole(fillIn(text, world.gate()))) {
      await world.prepare(block);
      for (const command of block.commands) {
        const line = world.filled(command.line);
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

/** Runs the workflow's keyturn steps in order, ignoring their conditions, in the environment that Actions provides. */
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
