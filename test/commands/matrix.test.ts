/** `keyturn matrix` in the sandbox shows what is declared, configured and probed side by side. */
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import type { MatrixResult } from "../../src/report/matrix.ts";
import { openAtTheEdgeAlone, type ProbedSite, probedSite, turnOn } from "../probe/fault-site.ts";

const states = ({ rows }: MatrixResult, route: string) =>
  rows
    .find((row) => row.route === route)
    ?.cells.map(({ declared, configured, probed }) => [declared, configured.state, probed.state]);

describe("keyturn matrix", () => {
  it("shows the settings, and that nothing was probed", async () => {
    const well = await probedSite();
    const { stdout, stderr, exitCode } = await well.run("matrix --gate demo");
    expect(exitCode).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).toContain("# Who enforces what: gate demo");
    expect(stdout).toContain("Not probed: add `--probe`.");
    const required = (settings: string) => `**required**: settings ${settings}, probe ?`;
    const api = `| /api/\\* | GET HEAD | ${required("✓")} | ${required("✓")} | ${required("?")} |`;
    expect(stdout).toContain(api);
    expect(stdout).toContain("| /media/\\* | GET HEAD | ");
    expect(stdout).toContain(" | not required |");
  });

  it.each([80, 56, 200])("fits a terminal of %i columns, and is wide Markdown elsewhere", async (columns) => {
    const well = await probedSite();
    Object.assign(well.world.terminal, { columns });
    const ran = await well.run("matrix --gate demo --probe --rate unlimited");
    const stdout = stripVTControlCharacters(ran.stdout);
    const lines = stdout.split("\n");
    expect(lines.filter((line) => line.length > columns)).toEqual([]);
    expect(stdout).not.toMatch(/[|*]{2}|\\\*|`/);
    for (const said of ["/api/*", "/media/*", "/public/*", "origin verification"])
      expect(stdout).toContain(said);
    const flat = stdout.replace(/\s+/g, " ");
    expect(flat).toContain("edge: behavior /api/* trusts the gate's key group; 34 of 34 forbidden");
    expect(flat).toContain("required ok ok required ok ok required ? ok");
    Object.assign(well.world.terminal, { columns: undefined });
    const piped = await well.run("matrix --gate demo");
    expect(piped.stdout).toContain("| route | methods | edge (signed cookies) |");
  });

  it("prints the same on a terminal with --markdown as in a pipe", async () => {
    const well = await probedSite();
    const piped = await well.run("matrix --gate demo");
    expect((await well.run("matrix --gate demo --markdown")).stdout).toBe(piped.stdout);
    Object.assign(well.world.terminal, { columns: 60 });
    const shown = await well.run("matrix --gate demo --markdown");
    expect(stripVTControlCharacters(shown.stdout)).toBe(piped.stdout);
    expect((await well.run("matrix --gate demo")).stdout).not.toContain("| route |");
  });

  it("adds the results of a probe, with their date", async () => {
    const well = await probedSite();
    const { stdout, exitCode } = await well.run("matrix --gate demo --probe --rate unlimited --json");
    const { result, findings } = JSON.parse(stdout) as { result: MatrixResult; findings: { id: string }[] };
    expect(result.probedAt).toMatch(/^2027-/);
    expect(states(result, "/api/*")).toEqual([
      [true, "yes", "yes"],
      [true, "yes", "yes"],
      [true, "not-seen", "yes"],
    ]);
    expect(states(result, "/media/*")).toEqual([
      [true, "yes", "yes"],
      [true, "yes", "yes"],
      [false, "not-seen", "no"],
    ]);
    expect(states(result, "/public/*")?.[0]).toEqual([false, "no", "not-seen"]);
    expect(findings).toEqual([]);
    expect(exitCode).toBe(0);
  });

  it.each([
    ["finds a declared layer that the settings have but the edge does not", "yes", openAtTheEdgeAlone],
    [
      "finds a declared layer that is missing from both the settings and the edge",
      "no",
      async ({ site }: ProbedSite) => turnOn(site, "behavior-unprotected"),
    ],
  ])("%s", async (_, configured, makeIll) => {
    const ill = await probedSite();
    await makeIll(ill);
    const { stdout, exitCode } = await ill.run("matrix --gate demo --probe --rate unlimited --json");
    const { result, findings } = JSON.parse(stdout) as {
      result: MatrixResult;
      findings: { id: string; where: string }[];
    };
    expect(states(result, "/media/*")?.[0]).toEqual([true, configured, "no"]);
    expect(findings.map(({ id }) => id)).toContain("layer-missing");
    expect(exitCode).toBe(1);
  });

  it("reports a missing distribution, whose routes were not checked", async () => {
    const ill = await probedSite({ yaml: (yaml) => yaml.replaceAll(/\bE[A-Z0-9]{13}\b/g, "E0000000000000") });
    const { stdout, stderr, exitCode } = await ill.run("matrix --gate demo");
    expect(stdout).toContain("**No route was checked.**");
    expect(stderr).toContain("error distribution-missing");
    expect(exitCode).toBe(1);
  });

  it("refuses credentials for another account than the gate's", async () => {
    const ill = await probedSite({ yaml: (yaml) => yaml.replace("111122223333", "999988887777") });
    const { stdout, stderr, exitCode } = await ill.run("matrix --gate demo");
    expect(stdout).toBe("");
    expect(stderr).toContain(
      "gate demo is in account 999988887777, but these credentials are for 111122223333",
    );
    expect(exitCode).toBe(4);
  });

  it("finds an origin that does not verify requests", async () => {
    const ill = await probedSite();
    turnOn(ill.site, "origin-verification-skipped");
    const { stdout } = await ill.run("matrix --gate demo --probe --rate unlimited --json");
    const { result } = JSON.parse(stdout) as { result: MatrixResult };
    expect(states(result, "/api/*")?.[1]).toEqual([true, "yes", "no"]);
  });

  it("prints Markdown tables with the same number of cells in each row", async () => {
    const well = await probedSite();
    const { stdout } = await well.run("matrix --gate demo");
    const rows = stdout.split("\n").filter((line) => line.startsWith("|"));
    expect(rows.length).toBeGreaterThan(3);
    const cells = rows.map((line) => line.replaceAll("\\|", "").split("|").length);
    expect(new Set(cells).size).toBe(1);
  });
});
