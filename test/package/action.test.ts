import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

describe("the action's first step", () => {
  const [step] = parse(readFileSync(join(ROOT, "action.yml"), "utf8")).runs.steps;

  it("builds where the action lies, with the build's tools whatever NODE_ENV is, and without the job's credentials", () => {
    const folder = mkdtempSync(join(tmpdir(), "keyturn action-"));
    const [bin, action] = [join(folder, "bin"), join(folder, "the action")];
    for (const each of [bin, action]) mkdirSync(each);
    const npm = join(bin, "npm");
    writeFileSync(npm, '#!/bin/sh\necho "$PWD: npm $* [$AWS_SECRET_ACCESS_KEY$AWS_SESSION_TOKEN]"\n', {
      mode: 0o755,
    });
    const secrets = { AWS_SECRET_ACCESS_KEY: "secret", AWS_SESSION_TOKEN: "session" };
    const { stdout } = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run], {
      cwd: folder,
      env: { PATH: `${bin}:/usr/bin:/bin`, GITHUB_ACTION_PATH: action, ...secrets, ...step.env },
      encoding: "utf8",
    });
    rmSync(folder, { recursive: true, force: true });
    const [install = "", build = "", ...others] = stdout.trimEnd().split("\n");
    expect(install).toMatch(/the action: npm ci .*\[\]$/);
    // `npm ci` alone takes NODE_ENV=production for --omit=dev; scripts of what is installed are not run.
    expect(install.split(" ")).toEqual(expect.arrayContaining(["--include=dev", "--ignore-scripts"]));
    expect(build).toMatch(/the action: npm run .*build \[\]$/);
    expect(others).toEqual([]);
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
    expect(printed).toMatch(/^::error title=keyturn probe::.*no-such-gate.*%0Ahint: /m);
  });

  it("resumes a rotation, with its evidence on the step's page", () => {
    const args = "--until\nkey-trusted\n--yes\n--pending-ok";
    const started = run({ INPUT_COMMAND: "rotate start", INPUT_ARGS: args, INPUT_GATE: "demo" });
    expect(started.status, started.printed).toBe(0);
    const resumed = run({ INPUT_COMMAND: "rotate resume", INPUT_ARGS: "--pending-ok", INPUT_GATE: "demo" });
    expect(resumed.status, resumed.printed).toBe(0);
    expect(resumed.summary).toMatch(/rotation/i);
  });

  it("annotates a finding, puts it on the step's page, and fails the step; a note fails nothing", async () => {
    const audit = { INPUT_COMMAND: "audit", INPUT_GATE: "demo" };
    await world.prepare({ commands: [], comments: ["sandbox: error-page-same-status"] });
    const { status, printed, output, summary } = run(audit);
    expect([status, output]).toEqual([1, "exit-code=1\n"]);
    expect(printed).toMatch(/^::warning title=keyturn error-page-masks-denial%3A gate demo/m);
    expect(summary).toContain("error-page-masks-denial");

    await world.prepare({ commands: [], comments: [] });
    const told = run(audit);
    expect([told.status, told.output]).toEqual([0, "exit-code=0\n"]);
    // Of the rotation that the test above began.
    expect(told.printed).toMatch(
      /^::notice title=keyturn rotation-open%3A gate demo::rotation \S+ has been open/m,
    );
  });

  it("hands arguments on whole, and flags of its own before any --", () => {
    const url = `${world.env.GATE_URL}/api/reports?a=$(id)&b=%27x`;
    const args = [
      url,
      "--bad",
      "expired",
      "--",
      "-sS",
      "--output",
      "/dev/null",
      "--write-out",
      "%{http_code} $(id)!",
    ];
    const { status, printed } = run({
      INPUT_COMMAND: "curl",
      INPUT_ARGS: args.join("\r\n"),
      INPUT_GATE: "demo",
    });
    expect(printed).toContain("403 $(id)!");
    expect(status).toBe(0);
  });

  it("hands a cancelled job's interrupt on, and waits for the orderly end", async () => {
    const runner = runnerEnvironment();
    const child = spawn(process.execPath, [join(ROOT, "bin/action.js")], {
      env: { ...world.env, ...runner.env, INPUT_COMMAND: "rotate resume --wait", INPUT_GATE: "demo" },
    });
    let told = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      told += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      told += text;
      if (text.includes("waiting for")) child.kill("SIGINT");
    });
    expect(await new Promise((ended) => child.once("close", ended))).toBe(130);
    expect(told).toMatch(
      /^::error title=keyturn rotate resume --wait::interrupted by SIGINT .*%0Ahint: keyturn rotate resume/m,
    );
    expect(runner.output()).toBe("exit-code=130\n");
    expect(runner.summary()).toContain("## keyturn rotate resume --wait: exit code 130");
    runner.remove();
  });

  it.each([
    ["without a command", {}, /^::error title=keyturn::the input `command` is missing/m],
    [
      "two arguments on a line",
      { INPUT_COMMAND: "rotate start", INPUT_ARGS: "--yes\n--until key-trusted" },
      /^::error title=keyturn::the input `args` takes one argument per line: split "--until key-trusted" at its spaces/m,
    ],
  ] as const)("refuses %s", (_, inputs, said) => {
    const { status, printed, output } = run(inputs);
    expect([status, output]).toEqual([2, "exit-code=2\n"]);
    expect(printed).toMatch(said);
  });
});
