import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { needs } from "../fakes/needs.ts";
import { ConsoleWorld } from "../runbooks/console.ts";

const ROOT = resolve(import.meta.dirname, "../..");

/** The variables that a runner sets, as GitHub documents them, and files for outputs and the summary. */
function runnerEnvironment() {
  const folder = mkdtempSync(join(tmpdir(), "keyturn-action-"));
  const files = { output: join(folder, "output"), summary: join(folder, "summary") };
  for (const file of Object.values(files)) writeFileSync(file, "");
  for (const name of ["workspace", "temp"]) mkdirSync(join(folder, name));
  const env = {
    CI: "true",
    GITHUB_ACTIONS: "true",
    GITHUB_OUTPUT: files.output,
    GITHUB_STEP_SUMMARY: files.summary,
    GITHUB_WORKSPACE: join(folder, "workspace"),
    GITHUB_SERVER_URL: "https://github.com",
    GITHUB_REPOSITORY: "someone/shop",
    GITHUB_RUN_ID: "4711",
    RUNNER_TEMP: join(folder, "temp"),
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

/** `name=value` lines, as the runner reads them. */
function outputsOf(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(text.split("\n").map((line) => /^([\w-]+)=(.*)$/.exec(line)?.slice(1) ?? []));
}

const scratchFolder = mkdtempSync(join(tmpdir(), "keyturn-built-action-"));
afterAll(() => rmSync(scratchFolder, { recursive: true, force: true }));
/** The built action, which the tag v1 points to. */
const BUILT = join(scratchFolder, "the action");
const ENTRY = join(BUILT, "bin/action.js");
beforeAll(() => {
  execFileSync(process.execPath, ["build-action.mjs", BUILT], { cwd: ROOT });
});

describe("the built action", () => {
  it("is started by action.yml, on the runner's own Node", () => {
    const { runs } = parse(readFileSync(join(BUILT, "action.yml"), "utf8"));
    expect(runs).toEqual({ using: "node24", main: "bin/action.js" });
    expect(existsSync(join(BUILT, runs.main))).toBe(true);
  });

  it("contains no sources, no tests and nothing to install", () => {
    const files = readdirSync(BUILT).toSorted();
    expect(files).toEqual(["LICENSE", "README.md", "action.yml", "bin", "dist", "runbooks"]);
    const licences = ["THIRD-PARTY-LICENSES.txt", "sbom.cdx.json"];
    expect(readdirSync(join(BUILT, "dist"))).toEqual(expect.arrayContaining(licences));
  });

  it("declares exactly the inputs and outputs that its entry reads and writes", () => {
    const { inputs, outputs } = parse(readFileSync(join(BUILT, "action.yml"), "utf8"));
    const entry = readFileSync(ENTRY, "utf8");
    const read = [...entry.matchAll(/INPUT_([A-Z-]+)/g)].map(([, name = ""]) => name.toLowerCase());
    expect(Object.keys(inputs).toSorted()).toEqual([...new Set(read)].toSorted());
    expect(Object.keys(outputs)).toEqual(["exit-code", "state", "resume-after", "rotation", "report"]);
  });

  it("names the tag to use if the action runs from the sources, which are not built", () => {
    const sources = join(scratchFolder, "sources");
    mkdirSync(join(sources, "bin"), { recursive: true });
    cpSync(join(ROOT, "bin"), join(sources, "bin"), { recursive: true });
    const { status, stdout } = spawnSync(process.execPath, [join(sources, "bin/action.js")], {
      env: { INPUT_COMMAND: "probe" },
      encoding: "utf8",
    });
    expect(status).toBe(2);
    expect(stdout).toMatch(/^::error title=keyturn::this commit of keyturn is not built: name the tag v1/);
  });
});

needs("git")("the tag of the action", () => {
  const git = (cwd: string, ...args: string[]) => execFileSync("git", args, { cwd, encoding: "utf8" }).trim();

  it("points to a commit with nothing but the built action; v1 moves with a release, a version's own tag does not", () => {
    const remote = join(scratchFolder, "remote.git");
    const clone = join(scratchFolder, "clone");
    execFileSync("git", ["init", "--quiet", "--bare", remote]);
    execFileSync("git", ["init", "--quiet", clone]);
    const commit = (message: string) => {
      writeFileSync(join(clone, ".gitignore"), "dist/\n");
      git(clone, "add", ".");
      const who = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
      git(clone, ...who, "commit", "--quiet", "--allow-empty", "-m", message);
      return git(clone, "rev-parse", "HEAD");
    };
    const tag = (version: string) =>
      execFileSync(join(ROOT, ".github/tag-action.sh"), [BUILT, version, remote], { cwd: clone });

    const first = commit("first release");
    tag("0.2.0");
    expect(git(remote, "rev-parse", "v1^")).toBe(first);
    const held = git(remote, "ls-tree", "-r", "--name-only", "v1").split("\n");
    expect(held).toEqual(expect.arrayContaining(["action.yml", "bin/action.js", "dist/main.js"]));
    expect(held).not.toContain(".gitignore");
    expect(git(clone, "status", "--porcelain")).toBe("");

    const second = commit("second release");
    tag("0.3.0");
    expect(git(remote, "rev-parse", "v1^")).toBe(second);
    expect(git(remote, "rev-parse", "action-v0.2.0^")).toBe(first);
    expect(() => tag("0.3.0")).not.toThrow();
  });
});

describe("the action's entry point, run against a sandbox", () => {
  const world = new ConsoleWorld();
  beforeAll(() => world.start(["--propagation", "0s"]));
  afterAll(() => world.stop());

  /** Runs the action in an empty workspace. */
  function run(inputs: Readonly<Record<string, string>>) {
    const runner = runnerEnvironment();
    const { status, stdout, stderr } = spawnSync(process.execPath, [ENTRY], {
      cwd: runner.env.GITHUB_WORKSPACE,
      env: { ...world.env, ...runner.env, ...inputs },
      encoding: "utf8",
    });
    const output = outputsOf(runner.output());
    const report = output.report ? readFileSync(output.report, "utf8") : "";
    const told = { status, printed: stdout + stderr, output, report, summary: runner.summary() };
    runner.remove();
    return told;
  }

  it("runs a probe: sets exit code and report as outputs, and adds the matrix to the step summary", () => {
    const { status, output, report, summary, printed } = run({
      INPUT_COMMAND: "probe",
      INPUT_ARGS: "--cases\nnone,expired",
    });
    expect(status, printed).toBe(0);
    expect(output).toMatchObject({ "exit-code": "0", state: "", rotation: "", "resume-after": "" });
    expect(summary).toMatch(/no cookies/);
    expect(report).toMatch(/^<!doctype html>/i);
    expect(summary).toContain(
      "[keyturn-probe.html](https://github.com/someone/shop/actions/runs/4711#artifacts)",
    );
    expect(printed).not.toMatch(/^::error/m);
  });

  it("runs an audit, and writes the report where the arguments put it", () => {
    const args = { INPUT_ARGS: "--report\nmd=audit.md", "INPUT_WORKING-DIRECTORY": "." };
    const { status, output, report } = run({ INPUT_COMMAND: "audit", INPUT_GATE: "demo", ...args });
    expect([status, output["exit-code"]]).toEqual([0, "0"]);
    expect(output.report).toMatch(/workspace\/audit\.md$/);
    expect(report).toMatch(/audit/i);
  });

  it("runs a triage: writes an HTML report, and links to the page that lists the run's artifacts", () => {
    const { output, report, summary } = run({ INPUT_COMMAND: "triage" });
    expect(output.report).toMatch(/\.html$/);
    expect(report).toMatch(/^<!doctype html>/);
    expect(summary).toContain("https://github.com/someone/shop/actions/runs/4711#artifacts");
  });

  it("adds no --report to a command that does not take it", () => {
    const url = `${world.env.GATE_URL}/api/reports`;
    const watched = run({ INPUT_COMMAND: "probe", INPUT_ARGS: `${url}\n--watch\n1s\n--for\n1s` });
    expect([watched.status, watched.output.report], watched.printed).toEqual([0, ""]);
  });

  it("runs in the given working directory, and refuses one that does not exist", () => {
    const nowhere = { INPUT_COMMAND: "audit", "INPUT_WORKING-DIRECTORY": "ops" };
    const { status, printed, output } = run(nowhere);
    expect([status, output["exit-code"]]).toEqual([2, "2"]);
    expect(printed).toMatch(
      /^::error title=keyturn::the input `working-directory` names no folder: \S+\/ops;/m,
    );
  });

  it("annotates an error and ends with its exit code", () => {
    const { status, printed, output } = run({ INPUT_COMMAND: "probe", INPUT_GATE: "no-such-gate" });
    expect(status).toBe(2);
    expect(output["exit-code"]).toBe("2");
    expect(printed).toMatch(/^::error title=keyturn probe::.*no-such-gate.*%0Ahint: /m);
  });

  it("reports that a gate was never rotated", () => {
    const { output, summary } = run({ INPUT_COMMAND: "rotate status", INPUT_GATE: "demo" });
    expect(output).toMatchObject({ "exit-code": "0", state: "never-rotated", rotation: "", report: "" });
    expect(summary).toBe("");
  });

  it("resumes a rotation: sets its state as outputs, and adds its page to the step summary", () => {
    const args = "--until\nkey-trusted\n--yes\n--pending-ok";
    const started = run({ INPUT_COMMAND: "rotate start", INPUT_ARGS: args, INPUT_GATE: "demo" });
    expect(started.status, started.printed).toBe(0);
    const resumed = run({ INPUT_COMMAND: "rotate resume", INPUT_ARGS: "--pending-ok", INPUT_GATE: "demo" });
    expect(resumed.status, resumed.printed).toBe(0);
    const { state = "", rotation, "resume-after": resumeAfter = "" } = resumed.output;
    expect(["waiting", "ready"]).toContain(state);
    expect(rotation).toBe(started.output.rotation);
    expect(resumeAfter).toMatch(state === "waiting" ? /^\d{4}-\d\d-\d\dT[\d:]+Z$/ : /^$/);
    expect(resumed.summary.startsWith(`## Gate demo: ${state}\n`)).toBe(true);
    expect(resumed.report).toMatch(/^<!doctype html>/i);
    expect(resumed.summary).toContain("(https://github.com/someone/shop/actions/runs/4711#artifacts)");
  });

  it("annotates a finding, adds it to the step summary, and fails the step; a note does not fail it", async () => {
    const audit = { INPUT_COMMAND: "audit", INPUT_GATE: "demo" };
    await world.prepare({ commands: [], comments: ["sandbox: error-page-same-status"] });
    const { status, printed, output, summary } = run(audit);
    expect([status, output["exit-code"]]).toEqual([1, "1"]);
    expect(printed).toMatch(/^::warning title=keyturn error-page-masks-denial%3A gate demo/m);
    expect(summary).toContain("error-page-masks-denial");

    await world.prepare({ commands: [], comments: [] });
    const told = run(audit);
    expect([told.status, told.output["exit-code"]]).toEqual([0, "0"]);
    // The note is about the rotation that the test above started.
    expect(told.printed).toMatch(
      /^::notice title=keyturn rotation-open%3A gate demo::rotation \S+ has been open/m,
    );
  });

  it("passes arguments on unchanged, with its own flags before any --", () => {
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

  it("forwards the interrupt of a cancelled job, and waits for an orderly exit", async () => {
    const runner = runnerEnvironment();
    const child = spawn(process.execPath, [ENTRY], {
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
    expect(outputsOf(runner.output())["exit-code"]).toBe("130");
    expect(runner.summary()).toContain("## keyturn rotate resume --wait: exit code 130");
    runner.remove();
  });

  it.each([
    ["a missing command", {}, /^::error title=keyturn::the input `command` is missing/m],
    [
      "two arguments on a line",
      { INPUT_COMMAND: "rotate start", INPUT_ARGS: "--yes\n--until key-trusted" },
      /^::error title=keyturn::the input `args` takes one argument per line: split "--until key-trusted" at its spaces/m,
    ],
  ] as const)("refuses %s", (_, inputs, said) => {
    const { status, printed, output } = run(inputs);
    expect([status, output["exit-code"]]).toEqual([2, "2"]);
    expect(printed).toMatch(said);
  });
});
