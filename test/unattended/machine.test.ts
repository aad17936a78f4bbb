/** Whole executions on a virtual clock: the state that people find when they return after days. */
import { describe, expect, it } from "vitest";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { executionName } from "../../src/unattended/execution-name.ts";
import type { TurnInput } from "../../src/unattended/turn-shape.ts";
import { runCommand, words } from "../fakes/memory-world.ts";
import { type SiteWorld, siteWorld } from "../rotation/site-world.ts";
import { Viewers } from "../rotation/viewers.ts";
import { Engine } from "./engine.ts";

const SHORT = { cookieTtl: 20, signerCache: 5, settle: 6 } as const;

async function ready(settings: Parameters<typeof siteWorld>[0] = { settings: SHORT }) {
  const site = await siteWorld(settings);
  return { site, engine: new Engine(site) };
}
const run = <T>({ clock }: SiteWorld, work: Promise<T>): Promise<T> => clock.run(work);

function recordOf({ site }: SiteWorld) {
  const { secrets, region } = site.account;
  const name = `${DEMO.secret}.keyturn`;
  return secrets.registry.has(region, name) ? JSON.parse(secrets.text(name) ?? "{}") : {};
}

describe("an execution that starts a rotation", () => {
  it("completes it while viewers use the edge, notifies of the end, and denies no valid viewer", async () => {
    const { site, engine } = await ready();
    const viewers = new Viewers(site);
    const watching = viewers.run();
    const end = await run(site, engine.execute("start"));
    viewers.stop();
    await run(site, watching);
    expect(end.status).toBe("SUCCEEDED");
    expect(end.path.slice(0, 4)).toEqual(["Others", "Open", "Which", "Wait"]);
    expect(end.path.slice(-3)).toEqual(["Which", "Tell", "Done"]);
    expect(recordOf(site).finished.outcome).toBe("rotated");
    expect(engine.notifications).toMatchObject([{ Subject: "[keyturn] gate demo: rotated" }]);
    expect(viewers.denied).toEqual([]);
    expect(viewers.requests).toBeGreaterThan(100);
    expect(engine.metrics.at(-1)).toMatchObject({ OpenTime: 0, Halts: 0, Repairs: 0 });
    expect(engine.metrics[1]?.KeyAge).toBeGreaterThanOrEqual(0);
  });

  it("names itself in the record, so that rotate status can show it", async () => {
    const { site, engine } = await ready();
    await run(site, engine.execute("start", { name: executionName("demo", "start", "0001") }));
    expect(recordOf(site).startedBy.host).toBe("unattended@demo_start_0001");
  });

  it.each([
    [-1, "done"],
    [0, "rotated"],
    [1, "rotated"],
  ] as const)("with a key %i s past its maximum age, ends as %s", async (offset, ends) => {
    const { site, engine } = await ready();
    const { clock } = site;
    await run(site, clock.sleep(1000));
    const age = clock.now() - keyCreated(site);
    await run(site, engine.execute("start", { every: age - offset }));
    if (ends === "done") {
      expect(engine.turns.at(-1)).toMatchObject({ next: "done", why: expect.stringContaining("due in 1s") });
      expect(recordOf(site)).toEqual({});
    } else expect(recordOf(site).finished.outcome).toBe("rotated");
  });

  it("never starts an emergency, whatever its input contains", async () => {
    const { site, engine } = await ready();
    const input: TurnInput = {
      ...({ task: "open", gate: "demo", kind: "start", every: 0 } as const),
      ...{ execution: "x", rotation: "", troubles: 0 },
      ...{ compromised: true, cutNow: true, mode: "cut-now" },
    };
    await run(site, engine.turn(input));
    expect(recordOf(site).mode).toBe("normal");
  });
});

describe("an execution while people work", () => {
  it("ends at a halt, and reports the reason, the runbook and the command to run; a later tick continues", async () => {
    const settings = { ...SHORT, keyPairId: "external" } as const;
    const { site, engine } = await ready({ settings });
    expect((await run(site, engine.execute("start"))).path.at(-2)).toBe("Tell");
    const [told] = engine.notifications;
    expect(told?.Subject).toBe("[keyturn] gate demo: external-deployment");
    for (const part of [
      "keyturn rotate resume",
      "keyturn explain external-deployment",
      "keyturn runbook show outside-key-id",
    ]) {
      expect(told?.Message).toContain(part);
    }
    expect(engine.metrics.at(-1)).toMatchObject({ Halts: 1 });

    // Nobody is notified again every hour, but the halt still counts in the metric.
    const quiet = await run(site, engine.execute("tick"));
    expect(quiet.path.slice(-2)).toEqual(["Which", "Done"]);
    expect(engine.notifications).toHaveLength(1);
    expect(engine.metrics.at(-1)).toMatchObject({ Halts: 1 });

    const { new: fresh, rotation } = recordOf(site);
    await site.site.deployKeyPairId(fresh.keyPairId, `keyturn-${rotation}`);
    await runCommand(words("rotate resume --deployed --yes --until signer-switched"), site.direct());
    await run(site, engine.execute("tick"));
    expect(recordOf(site).finished?.outcome).toBe("rotated");
    expect(engine.notifications.at(-1)?.Subject).toBe("[keyturn] gate demo: rotated");
  });

  it("completes an abort that a person starts in the middle", async () => {
    const { site, engine } = await ready();
    const { clock } = site;
    const executing = engine.execute("start");
    await run(site, clock.sleep(15));
    await clock.run(runCommand(words("rotate abort --yes"), site.direct()));
    expect((await run(site, executing)).status).toBe("SUCCEEDED");
    expect(recordOf(site).finished.outcome).toBe("aborted");
    expect(engine.notifications.at(-1)?.Subject).toBe("[keyturn] gate demo: aborted");
  });

  it("continues a rotation that a person made urgent", async () => {
    const { site, engine } = await ready();
    const executing = engine.execute("start");
    await run(site, site.clock.sleep(15));
    await site.clock.run(
      runCommand(words("rotate resume --compromised --yes-cut-off-viewers"), site.direct()),
    );
    await run(site, executing);
    expect(recordOf(site)).toMatchObject({ mode: "compromised", finished: { outcome: "rotated" } });
  });

  it("continues a rotation that a person started from the command line", async () => {
    const { site, engine } = await ready();
    await runCommand(words("rotate start --yes"), site.direct());
    await run(site, engine.execute("tick"));
    expect(recordOf(site).finished.outcome).toBe("rotated");
  });

  it("ends when its own rotation is over and another one is open", async () => {
    const { site, engine } = await ready();
    const executing = engine.execute("start");
    await run(site, site.clock.sleep(8));
    const operator = site.direct();
    await site.clock.run(
      runCommand(words("rotate resume --compromised --yes-cut-off-viewers --wait"), operator),
    );
    const { rotation } = recordOf(site);
    const opened = await runCommand(words("rotate start --yes"), operator);
    expect(opened.exitCode).toBe(8);
    const end = await run(site, executing);
    expect(end.status).toBe("SUCCEEDED");
    expect(engine.turns.at(-1)).toMatchObject({ next: "done", rotation });
    expect(engine.turns.at(-1)?.why).toContain(`rotation ${rotation} is over`);
    expect(recordOf(site).finished).toBeUndefined();
  });
});

describe("two executions at once", () => {
  it("leave the work to the one that started first", async () => {
    const { site, engine } = await ready();
    const [first, second] = await run(
      site,
      Promise.all([engine.execute("start"), site.clock.sleep(3).then(() => engine.execute("tick"))]),
    );
    expect(first.path.length).toBeGreaterThan(10);
    expect(second.path).toEqual(["Others", "Open", "Which", "Done"]);
    expect(engine.notifications).toHaveLength(1);
  });

  it("rotate once, and deny nobody, although neither recognizes the other", async () => {
    const { site, engine } = await ready();
    const viewers = new Viewers(site);
    const watching = viewers.run();
    // Executions that people start by hand have names that do not contain the gate.
    const names = ["by-hand-1", "by-hand-2"];
    const ends = await run(site, Promise.all(names.map((name) => engine.execute("start", { name }))));
    viewers.stop();
    await run(site, watching);
    expect(ends.map(({ status }) => status)).toEqual(["SUCCEEDED", "SUCCEEDED"]);
    expect(recordOf(site).finished.outcome).toBe("rotated");
    expect(viewers.denied).toEqual([]);
    expect(site.site.account.cloudFront.state.publicKeys.size).toBe(1);
  });
});

function keyCreated({ site }: SiteWorld): number {
  const [key] = [...site.account.cloudFront.state.publicKeys.values()];
  return key?.createdAt ?? 0;
}
