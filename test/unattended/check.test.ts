/** `keyturn unattended check`, with AWS's own clients, against a sandbox where the template's folder is deployed. */
import { describe, expect, it } from "vitest";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { type DeployedSite, deployedSite } from "./deployed-site.ts";

const TICK = "demo_tick_00000000-0000-0000-0000-000000000001";
const START = "demo_start_00000000-0000-0000-0000-000000000002";

/** A deployment whose last tick had nothing to do. */
async function healthy(options?: Parameters<typeof deployedSite>[0]): Promise<DeployedSite> {
  const site = await deployedSite(options);
  site.ran(TICK, { output: JSON.stringify({ why: "no rotation is open" }) });
  return site;
}

const check = (site: DeployedSite, flags = "") => site.run(`unattended check --json ${flags}`);
const idsOf = ({ document }: Awaited<ReturnType<typeof check>>) =>
  document.findings.map(({ id }: { id: string }) => id);

describe("keyturn unattended check", () => {
  it("finds nothing wrong with what this version deployed", async () => {
    const site = await healthy();
    const ran = await check(site);
    expect(ran.document.findings).toEqual([]);
    expect(ran.exitCode).toBe(0);
    expect(ran.document.result).toMatchObject({
      name: "keyturn",
      parts: ["function", "state-machine", "schedules", "alarms", "topic"].map((part) => ({
        part,
        state: "as-written",
        missing: [],
        differences: [],
        stopped: [],
      })),
    });
  });

  it.each(["--every 60d", "--start-at rate(1day) --every 90d", "--name team-b", "--gate demo"])(
    "reads %s from the deployment, and repeats it in the command that writes the folder again",
    async (flags) => {
      const name = /--name \S+/.exec(flags)?.[0] ?? "";
      const site = await healthy({ flags: flags.replace("rate(1day)", "rate(24hours)") });
      expect((await check(site, name)).document.findings).toEqual([]);
      site.engine.change("Function", { Timeout: 3 });
      const { document, exitCode } = await check(site, name);
      expect(exitCode).toBe(1);
      expect(document.findings).toMatchObject([
        { id: "deployment-outdated", evidence: ["function: timeout 3, not 300"] },
      ]);
      const again = document.findings[0].remedy.replace("-o unattended", "-o again").replaceAll("'", "");
      expect((await site.run(again)).exitCode).toBe(0);
      const files = (folder: string) => site.world.files.text(`${folder}/template.json`);
      expect(files("again")).toBe(files("deployed"));
    },
  );

  it("reports a deployment that differs from the expected age and schedule", async () => {
    const site = await healthy();
    const { document } = await check(site, "--every 60d --start-at rate(7days)");
    expect(idsOf({ document } as never)).toEqual(["deployment-outdated"]);
    expect(document.findings[0].evidence).toEqual(
      expect.arrayContaining([
        "schedule keyturn-start-demo: expression cron(0 9 ? * MON-THU *), not rate(7days)",
        `schedule keyturn-start-demo: every ${30 * 86_400}, not ${60 * 86_400}`,
      ]),
    );
  });

  it("reads a deployment with the caller's own credentials, even for a gate with a role of its own", async () => {
    const yaml = (text: string) =>
      text.replace("  demo:\n", `  demo:\n    assumeRole: arn:aws:iam::${DEMO.account}:role/keyturn\n`);
    const site = await healthy({ yaml });
    const asked = new Set<string>();
    site.site.account.faults.onCall(({ on }) => {
      asked.add(on);
    });
    expect((await check(site)).document.findings).toEqual([]);
    expect([...asked].toSorted()).toEqual(["lambda", "monitoring", "scheduler", "sns", "states"]);
  });

  it("reports that nothing is deployed, and the commands to run", async () => {
    const site = await deployedSite({ isDeployed: false });
    const { document, exitCode } = await check(site);
    expect(document.findings).toMatchObject([
      { id: "deployment-missing", remedy: "keyturn unattended template -o unattended" },
    ]);
    expect(document.findings[0].message).toContain("nothing is deployed under the name keyturn");
    expect(exitCode).toBe(1);
  });

  it.each([
    ["the function", "Function", ["function keyturn"]],
    ["the state machine", "Machine", ["state machine keyturn"]],
    ["a schedule", "TickDemo", ["schedule keyturn-tick-demo"]],
    ["an alarm", "AlarmHaltsDemo", ["alarm keyturn-Halts-demo"]],
    ["the topic", "Topic", ["topic keyturn"]],
  ])("reports that %s is missing", async (_, logical, missing) => {
    const site = await healthy();
    site.engine.change(logical, undefined);
    const { document } = await check(site);
    expect(document.findings[0]).toMatchObject({ id: "deployment-missing", evidence: missing });
  });

  it.each<[string, string, Record<string, unknown>, string]>([
    ["code", "Function", {}, "function: code AAAA, not "],
    ["an old runtime", "Function", { Runtime: "nodejs20.x" }, "function: runtime nodejs20.x, not nodejs24.x"],
    ["another memory size", "Function", { MemorySize: 128 }, "function: memory size 128, not 512"],
    ["no reserved concurrency", "Function", { ReservedConcurrentExecutions: undefined }, "concurrency none"],
    ["another state", "Machine", {}, "state machine: state Tell differs"],
    ["a state less", "Machine", {}, "state machine: state Wait is missing"],
    ["a state more", "Machine", {}, "state machine: state More is not keyturn's"],
    ["no log", "Machine", { LoggingConfiguration: undefined }, "state machine: log level OFF, not ALL"],
    ["a slower tick", "TickDemo", { ScheduleExpression: "rate(2 days)" }, "not rate(1 hour)"],
    [
      "another target",
      "StartDemo",
      { Target: { Arn: "arn:x", Input: "{}" } },
      "target arn:x, not arn:aws:sch",
    ],
    ["another threshold", "AlarmHaltsDemo", { Threshold: 9 }, "alarm keyturn-Halts-demo: threshold 9, not 1"],
    ["other dimensions", "AlarmKeyAgeDemo", { Dimensions: [] }, "keyturn-KeyAge-demo: dimensions differ"],
    [
      "an alarm that notifies nobody",
      "AlarmOpenTimeDemo",
      { AlarmActions: [] },
      "it does not notify arn:aws:sns:",
    ],
  ])("reports an outdated deployment: %s", async (what, logical, properties, fact) => {
    const site = await healthy();
    if (what === "code") site.engine.codeSha256 = "AAAA";
    else if (logical === "Machine" && what !== "no log")
      site.engine.change("Machine", { Definition: changed(site, what) });
    else site.engine.change(logical, properties);
    const { document, exitCode } = await check(site);
    expect(idsOf({ document } as never)).toEqual(["deployment-outdated"]);
    expect(document.findings[0].evidence.join("\n")).toContain(fact);
    expect(exitCode).toBe(1);
  });

  it("accepts the older runtime that Terraform's variable allows", async () => {
    const site = await healthy();
    site.engine.change("Function", { Runtime: "nodejs22.x" });
    expect((await check(site)).document.findings).toEqual([]);
  });

  it.each<[string, string, Record<string, unknown>, string]>([
    ["a disabled schedule", "TickDemo", { State: "DISABLED" }, "schedule keyturn-tick-demo: it is DISABLED"],
    ["a function without concurrency", "Function", { ReservedConcurrentExecutions: 0 }, "concurrency is 0"],
    ["an alarm whose actions are off", "AlarmHaltsDemo", { ActionsEnabled: false }, "it notifies nobody"],
  ])("reports that %s is stopped", async (_, logical, properties, fact) => {
    const site = await healthy();
    site.engine.change(logical, properties);
    const { document } = await check(site);
    expect(idsOf({ document } as never)).toEqual(["deployment-stopped"]);
    expect(document.findings[0].evidence.join()).toContain(fact);
  });

  it("reports schedules of gates that keyturn.yaml does not have, unless it checks one gate", async () => {
    const site = await healthy();
    site.world.files.put("keyturn.yaml", site.site.gateYaml.replace("  demo:", "  renamed:"));
    const { document } = await check(site);
    expect(document.findings).toContainEqual(
      expect.objectContaining({
        id: "deployment-surplus",
        evidence: ["schedule keyturn-start-demo", "schedule keyturn-tick-demo"],
      }),
    );
    expect(idsOf(await check(site, "--gate renamed"))).not.toContain("deployment-surplus");
  });

  it("reports which alarm is ringing, since when and why", async () => {
    const site = await healthy();
    site.engine.setAlarm("keyturn-Halts-demo", "ALARM", "Threshold Crossed: 1 datapoint [1.0]");
    const { document, exitCode } = await check(site);
    expect(document.findings).toMatchObject([
      {
        id: "deployment-alarm",
        message: "Gate demo: its rotation halted, and somebody has to act",
        remedy: "keyturn rotate status --gate demo",
      },
    ]);
    expect(document.findings[0].evidence[1]).toBe("Threshold Crossed: 1 datapoint [1.0]");
    expect(exitCode).toBe(1);
    expect((await site.run("unattended check")).stdout).toContain("6 of 6, 1 in alarm");
  });

  it("reports that nobody is notified until a subscription is confirmed", async () => {
    const site = await healthy();
    site.engine.confirmed = 0;
    const { document } = await check(site);
    expect(document.findings).toMatchObject([
      { id: "nobody-told", evidence: ["1 waiting to be confirmed, with the link in an email"] },
    ]);
  });
});

/** The template's state machine, changed by hand. */
function changed(site: DeployedSite, how: string) {
  const machine = JSON.parse(site.world.files.text("deployed/state-machine.asl.json"));
  if (how === "another state") machine.States.Tell.Parameters.Subject = "hello";
  if (how === "a state less") delete machine.States.Wait;
  if (how === "a state more") machine.States.More = { Type: "Succeed" };
  return machine;
}

describe("keyturn unattended check, on executions", () => {
  it("shows which execution is running, and when it checks again", async () => {
    const site = await healthy();
    const wakeAt = new Date((site.clock.now() + 1800) * 1000).toISOString().replace(/\.\d+/, "");
    const said = { rotation: "r1", stage: "old-cookies-expired", why: "waiting for cookies", wakeAt };
    site.waits(START, said);
    const { document, exitCode } = await check(site);
    expect(document.result.gates[0]).toMatchObject({
      gate: "demo",
      atWork: [{ execution: START, rotation: "r1", stage: said.stage, says: said.why, wakeAt }],
      looksAt: wakeAt,
    });
    expect(exitCode).toBe(0);
    const { stdout } = await site.run("unattended check");
    expect(stdout).toContain("next check");
    expect(stdout).toContain(`${wakeAt} (in 30m)`);
  });

  it("reports that a turn is in progress while the execution does not wait", async () => {
    const site = await healthy();
    Object.assign(site.engine.began(START, "{}"), { at: { state: "Turn", type: "Task", input: "{}" } });
    const { document } = await check(site);
    expect(document.result.gates[0].looksAt).toBeUndefined();
    expect((await site.run("unattended check")).stdout).toContain("a turn is in progress");
  });

  it("shows the next tick if no execution is running", async () => {
    const site = await healthy();
    const began = site.clock.now();
    await site.clock.advance(1000);
    const { document } = await check(site);
    expect(Date.parse(document.result.gates[0].looksAt) / 1000).toBe(Math.floor(began + 3600));
    site.engine.change("TickDemo", { State: "DISABLED" });
    expect((await check(site)).document.result.gates[0].looksAt).toBeUndefined();
  });

  it.each(["FAILED", "TIMED_OUT", "ABORTED"] as const)(
    "reports that the last one ended as %s",
    async (status) => {
      const site = await healthy();
      site.ran(START, { status, error: "FunctionFailed", cause: "The function failed" });
      const { document, exitCode } = await check(site);
      expect(document.findings).toMatchObject([{ id: "unattended-run-failed", where: "gate demo" }]);
      expect(document.findings[0].evidence[1]).toBe("FunctionFailed: The function failed");
      expect(exitCode).toBe(1);
      // The finding goes away once the next execution of the same kind succeeds.
      site.ran(START.replace(/2$/, "3"), { output: "{}" });
      expect((await check(site)).document.findings).toEqual([]);
    },
  );

  it("finds a waiting execution even after a thousand later ones", async () => {
    const site = await healthy();
    site.waits(START, { why: "waiting", wakeAt: "2030-01-01T00:00:00Z" });
    for (let count = 0; count < 1100; count += 1) site.ran(`demo_tick_${count}`, { output: "{}" });
    const { document } = await check(site);
    expect(document.result.gates[0].atWork).toMatchObject([{ execution: START }]);
    expect(document.result.gates[0].ended).toMatchObject([{ execution: "demo_tick_1099" }]);
  });

  it.each([
    [7200, []],
    [7201, ["deployment-silent"]],
  ])("reports on a silence of %i s: %j", async (silence, ids) => {
    const site = await healthy();
    await site.clock.advance(silence);
    expect(idsOf(await check(site))).toEqual(ids);
  });

  it("gives a fresh deployment time for its first tick", async () => {
    const site = await deployedSite();
    expect((await check(site)).document.findings).toEqual([]);
    await site.clock.advance(7201);
    expect(idsOf(await check(site))).toEqual(["deployment-silent"]);
  });

  it("ignores executions that somebody started by hand", async () => {
    const site = await healthy();
    site.ran("my-test", { status: "FAILED", error: "x" });
    site.waits("another-test", { a: 1 });
    expect((await check(site)).document.findings).toEqual([]);
  });
});

describe("keyturn unattended check, on errors", () => {
  it.each([
    ["--every 1h", 2, "too short"],
    ["--name key_turn", 2, "is not valid"],
    ["--gate nowhere", 2, "no gate"],
  ])("refuses %s before it calls AWS", async (flags, code, message) => {
    const site = await deployedSite({ isDeployed: false });
    let calls = 0;
    site.site.account.faults.onCall(() => {
      calls += 1;
    });
    const { exitCode, stderr } = await site.run(`unattended check ${flags}`);
    expect({ exitCode, calls }).toEqual({ exitCode: code, calls: 0 });
    expect(stderr).toContain(message);
  });

  it("reports that AWS cannot be reached", async () => {
    const site = await healthy();
    site.site.account.faults.order({ on: "lambda", kind: "error-before", times: Number.POSITIVE_INFINITY });
    const { exitCode, stderr } = await site.run("unattended check");
    expect(exitCode).toBe(6);
    expect(stderr).toContain("lambda:GetFunctionConfiguration");
  });
});
