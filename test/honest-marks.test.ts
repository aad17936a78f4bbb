/**
 * Reports claim no more than was observed: a proof's controls and a draft's guesses. Also readable password files,
 * runbooks by symptom, and command groups.
 */
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../src/cli/command-table.ts";
import { GROUPS } from "../src/cli/groups.ts";
import { memoryWorld, runCommand, words } from "./fakes/memory-world.ts";
import { probedSite, turnOn } from "./probe/fault-site.ts";

const control = (markdown: string) =>
  markdown.split("\n").filter((line) => /(?:positive|negative) control/i.test(line));

describe("a proof's controls", () => {
  it("are answered as expected on a healthy gate", async () => {
    const well = await probedSite();
    await well.run("probe --report md=proof.md");
    expect(control(well.world.files.text("proof.md")).join("\n")).toMatch(
      /positive control answered as expected; negative control answered as expected\.$/,
    );
  });

  it.each([
    ["negative", "behavior-unprotected"],
    ["positive", "s3-403"],
    ["negative", "waf-block"],
  ])("say everywhere that the %s one failed, with the fault %s", async (which, fault) => {
    const ill = await probedSite();
    turnOn(ill.site, fault);
    await ill.run("probe --report md=proof.md");
    const lines = control(ill.world.files.text("proof.md"));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(/FAILED|MISSING/);
    expect(lines.join("\n")).toMatch(new RegExp(`\\*\\*${which} control (?:FAILED|MISSING)\\*\\*`));
    expect(lines.join("\n")).toContain("This proves nothing");
  });
});

describe("config check", () => {
  it("counts and lists the lines of remaining guesses, until the marks are removed", async () => {
    const well = await probedSite();
    await well.run("config init --out drafted.yaml --region us-east-1");
    const text = well.world.files.text("drafted.yaml");
    const marked = text.split("\n").flatMap((line, at) => (/# ?CHECK:/.test(line) ? [at + 1] : []));
    expect(marked.length).toBeGreaterThan(3);
    const { stdout, stderr } = await well.run("config check --config drafted.yaml");
    const said = stdout + stderr;
    expect(said).toMatch(new RegExp(`\\b${marked.length}\\b`));
    for (const line of marked) expect(said).toMatch(new RegExp(`\\b${line}\\b`));
    well.world.files.put("checked.yaml", text.replaceAll(/# ?CHECK:/g, "#"));
    const checked = await well.run("config check --config checked.yaml");
    expect(checked.stdout + checked.stderr).not.toContain("CHECK");
  });
});

describe("a test account's file", () => {
  it.each([
    [0o644, "every user of this machine"],
    [0o640, "your group"],
    [0o600, undefined],
  ])("with mode %o is warned about only if others can read it", async (mode, who) => {
    const well = await probedSite();
    well.world.files.put("it.txt", well.world.files.text("guest.txt"), mode);
    for (const line of [
      "probe --flow --credentials it.txt",
      "triage --credentials it.txt",
      "audit --credentials it.txt",
      "mint --via-endpoint --credentials it.txt",
    ]) {
      const { stderr } = await well.run(line);
      if (who === undefined) expect(stderr, line).not.toContain("warning");
      else expect(stderr, line).toContain(`can be read by ${who}: chmod 600 it.txt`);
    }
  });
});

describe("runbook list", () => {
  const list = (line: string) => runCommand(words(`runbook list ${line}`), memoryWorld());
  it.each([
    ["blocked-by-waf", "everyone-gets-403"],
    ["unsigned-allowed", "gate-is-open"],
    ["answered-by-edge-waf", "everyone-gets-403"],
    ["leaked", "leaked-key"],
  ])("lists the right page first for %s", async (word, page) => {
    const { exitCode, stdout } = await list(`${word} --json`);
    expect(exitCode).toBe(0);
    const pages = JSON.parse(stdout).result as { name: string }[];
    expect(pages[0]?.name).toBe(page);
  });
  it("reports a word that no page contains", async () => {
    expect(await list("xyzzy")).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining('no runbook mentions "xyzzy"'),
    });
  });
});

describe("a group of commands", () => {
  const groups = Object.keys(GROUPS).map((group) => ({
    group,
    subs: COMMANDS.filter(({ words: typed }) => typed.startsWith(`${group} `)).map(({ words: typed }) =>
      typed.slice(group.length + 1),
    ),
  }));

  it.each(groups)("$group alone shows its help and exits with 0", async ({ group, subs }) => {
    const { exitCode, stdout } = await runCommand([group], memoryWorld());
    expect(exitCode).toBe(0);
    for (const sub of subs) expect(stdout).toContain(sub);
  });

  it.each(groups)("$group suggests the right word for a misspelled subcommand", async ({ group, subs }) => {
    for (const sub of subs) {
      const typo = `${sub.slice(0, -2)}${sub.at(-1)}${sub.at(-2)}`;
      if (typo === sub) continue;
      const { exitCode, stderr } = await runCommand([group, typo], memoryWorld());
      expect(exitCode).toBe(2);
      expect(stderr).toContain(`hint: did you mean ${sub}?`);
    }
  });
});
