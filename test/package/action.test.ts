import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { ConsoleWorld } from "../runbooks/console.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** What a runner sets, as GitHub documents it, and files for outputs and the summary. */
function runnerEnvironment() {
  const folder = mkdtempSync(join(tmpdir(), "keyturn-action-"));
  const files = { output: join(folder, "output"), summary: join(folder, "summary") };
  for (const file of Object.values(files)) writeFileSync(file, "");
  const env = {
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_ACTION_PATH: ROOT,
    GITHUB_OUTPUT: files.output,
    GITHUB_STEP_SUMMARY: files.summary,
    GITHUB_WORKSPACE: folder,
    RUNNER_OS: "Linux",
  };
  const read = (file: string) => (existsSync(file) ? readFileSync(file, "utf8") : "");
  return {
    env,
    output: () => read(files.output),
    summary: () => read(files.summary),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

describe("action.yml", () => {
  const action = parse(readFileSync(join(ROOT, "action.yml"), "utf8"));

  it("hands every input to the entry point", () => {
    const step = action.runs.steps.at(-1);
    expect(step.run).toContain("bin/action.js");
    for (const name of Object.keys(action.inputs)) {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: GitHub's own syntax
      expect(step.env[`INPUT_${name.toUpperCase()}`]).toBe("${{ inputs.NAME }}".replace("NAME", name));
    }
  });
});

describe("the action's entry point, beside a sandbox", () => {
  const world = new ConsoleWorld();
  beforeAll(() => world.start(["--propagation", "0s"]));
  afterAll(() => world.stop());

  function run(inputs: Readonly<Record<string, string>>) {
    const runner = runnerEnvironment();
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, "bin/action.js")], {
      env: { ...world.env, ...runner.env, ...inputs },
      encoding: "utf8",
    });
    const told = { status, printed: stdout + stderr, output: runner.output(), summary: runner.summary() };
    runner.remove();
    return told;
  }

  it("probes: exit code as an output, the matrix on the step's page", () => {
    const { status, output, summary, printed } = run({
      INPUT_COMMAND: "probe",
      INPUT_ARGS: "--cases\nnone,expired",
    });
    expect(status, printed).toBe(0);
    expect(output).toBe("exit-code=0\n");
    expect(summary).toMatch(/no cookies/);
    expect(printed).not.toMatch(/^::error/m);
  });

  it("audits", () => {
    const { status, output } = run({ INPUT_COMMAND: "audit", INPUT_GATE: "demo" });
    expect([status, output]).toEqual([0, "exit-code=0\n"]);
  });

  it("annotates an error and ends with its exit code", () => {
    const { status, printed, output } = run({ INPUT_COMMAND: "probe", INPUT_GATE: "no-such-gate" });
    expect(status).toBe(2);
    expect(output).toBe("exit-code=2\n");
    expect(printed).toMatch(/^::error title=keyturn probe::.*no-such-gate/m);
  });

  it("resumes a rotation, with its evidence on the step's page", () => {
    const args = "--until\nkey-trusted\n--yes\n--pending-ok";
    const started = run({ INPUT_COMMAND: "rotate start", INPUT_ARGS: args, INPUT_GATE: "demo" });
    expect(started.status, started.printed).toBe(0);
    const resumed = run({ INPUT_COMMAND: "rotate resume", INPUT_ARGS: "--pending-ok", INPUT_GATE: "demo" });
    expect(resumed.status, resumed.printed).toBe(0);
    expect(resumed.summary).toMatch(/rotation/i);
  });

  it("refuses to run without a command", () => {
    const { status, printed } = run({});
    expect(status).toBe(2);
    expect(printed).toMatch(/^::error title=keyturn::the input `command` is missing/m);
  });
});
