/** `rotate status` and `triage` beside a deployment: which execution drives the rotation, and when it checks next. */
import { describe, expect, it } from "vitest";
import { type ProbedSite, probedSite } from "../probe/fault-site.ts";
import { type DeployedSite, deployedSite, deployFolder } from "./deployed-site.ts";

const START = "demo_start_00000000-0000-0000-0000-000000000002";

async function opened(options?: Parameters<typeof deployedSite>[0]): Promise<DeployedSite> {
  const site = await deployedSite(options);
  await site.run("rotate start --yes --until key-trusted");
  return site;
}
const wakeOf = ({ clock }: Pick<DeployedSite, "clock">) =>
  new Date((clock.now() + 600) * 1000).toISOString().replace(/\.\d+/, "");

describe("keyturn rotate status", () => {
  it("names the execution that drives the rotation, and when it checks again", async () => {
    const site = await opened();
    const wakeAt = wakeOf(site);
    site.waits(START, { rotation: "r1", stage: "trust-proven", why: "waiting", wakeAt });
    const { document, exitCode } = await site.run("rotate status --gate demo --json");
    expect(document.result.atWork).toMatchObject([{ execution: START, stage: "trust-proven", wakeAt }]);
    expect(exitCode).toBe(8);
    const { stdout } = await site.run("rotate status --gate demo");
    expect(stdout.replace(/\s+/g, " ")).toContain(`at work unattended execution ${START}, since`);
    expect(stdout.replace(/\s+/g, " ")).toContain(`it checks again ${wakeAt} (in 10m)`);
  });

  it("reports that a turn is in progress while the execution does not wait", async () => {
    const site = await opened();
    site.engine.began(START, "{}");
    expect((await site.run("rotate status --gate demo")).stdout).toContain("a turn is in progress");
  });

  it("shows no execution of another gate, and none that has ended", async () => {
    const site = await opened();
    site.waits("other_start_1", { wakeAt: wakeOf(site) });
    site.ran(START, { output: "{}" });
    const { document } = await site.run("rotate status --gate demo --json");
    expect(document.result.atWork).toEqual([]);
    expect((await site.run("rotate status --gate demo")).stdout).not.toContain("at work");
  });

  it("finds a deployment under another name if KEYTURN_DEPLOYMENT names it", async () => {
    const site = await opened({ flags: "--name team-b" });
    site.waits(START, { wakeAt: wakeOf(site) });
    const unknown = await site.run("rotate status --gate demo --json");
    expect(unknown.document.result).not.toHaveProperty("atWork");
    Object.assign(site.world.env, { KEYTURN_DEPLOYMENT: "team-b" });
    const known = await site.run("rotate status --gate demo --json");
    expect(known.document.result.atWork).toMatchObject([{ execution: START }]);
    expect((await site.run("unattended check --json")).document.result.name).toBe("team-b");
  });

  it.each([
    ["nothing is deployed", { isDeployed: false }, undefined],
    ["reading the deployment is denied", {}, "access-denied"],
    ["AWS does not answer", {}, "error-before"],
  ] as const)("prints the same as without a deployment if %s", async (_, options, kind) => {
    const site = await opened(options);
    const before = (await site.run("rotate status --gate demo")).stdout;
    if (kind !== undefined)
      site.site.account.faults.order({ on: "states", kind, times: Number.POSITIVE_INFINITY });
    const { stdout, stderr, exitCode } = await site.run("rotate status --gate demo");
    expect({ stdout, stderr, exitCode }).toEqual({ stdout: before, stderr: "", exitCode: 8 });
  });

  it("does not wait for an answer that never comes", async () => {
    const site = await opened();
    const before = (await site.run("rotate status --gate demo")).stdout;
    const engine = { ...site.world, engineCloud: () => new Promise<never>(() => {}) };
    const { runCommand, words } = await import("../fakes/memory-world.ts");
    const running = runCommand(words("rotate status --gate demo"), engine);
    await site.clock.advance(4);
    expect((await running).stdout).toBe(before);
  });

  it("does not look for executions once the rotation is over", async () => {
    const site = await deployedSite();
    await site.run("rotate start --yes --wait");
    const asked: string[] = [];
    site.site.account.faults.onCall(({ on }) => {
      asked.push(on);
    });
    const { exitCode } = await site.run("rotate status --gate demo");
    expect({ exitCode, states: asked.includes("states") }).toEqual({ exitCode: 0, states: false });
  });
});

describe("keyturn triage", () => {
  async function triaged(prepare: (site: ProbedSite) => Promise<void>) {
    const site = await probedSite();
    await deployFolder(site.world, site.site.account.engine);
    await prepare(site);
    const { stdout, exitCode } = await site.run("triage --json");
    return { ...JSON.parse(stdout), exitCode };
  }

  it("names the execution that drives an open rotation", async () => {
    const { result } = await triaged(async (site) => {
      await site.run("rotate start --yes --until key-trusted");
      site.site.account.engine.began(START, "{}");
    });
    expect(result.gates[0].says).toContain(`unattended execution ${START} drives it`);
  });

  it("reports that the last execution failed, until one succeeds", async () => {
    const end = (status: "FAILED" | "SUCCEEDED", seconds: number) => async (site: ProbedSite) => {
      const { engine } = site.site.account;
      const stoppedAt = site.site.clock.now() + seconds;
      Object.assign(engine.began(START, "{}"), { status, stoppedAt, output: "{}" });
    };
    const failed = await triaged(end("FAILED", 0));
    expect(failed).toMatchObject({ exitCode: 1, result: { gates: [{ causes: ["unattended-run-failed"] }] } });
    const over = await triaged(async (site) => {
      await end("SUCCEEDED", 10)(site);
      await end("FAILED", 5)(site);
    });
    expect(over).toMatchObject({ exitCode: 0, result: { healthy: true } });
  });

  it("works without permission to read the deployment", async () => {
    const { exitCode } = await triaged(async (site) => {
      const { faults } = site.site.account;
      faults.order({ on: "states", kind: "access-denied", times: Number.POSITIVE_INFINITY });
    });
    expect(exitCode).toBe(0);
  });
});
