/**
 * Rotations under live traffic on the virtual clock: the counts stay at zero, and each way to lose viewers raises its
 * own count.
 */
import { describe, expect, test } from "vitest";
import { rotateAttended, rotateUnattended } from "../../../src/commands/rehearsed-rotation.ts";
import { rehearsalReport } from "../../../src/report/rehearsal.ts";
import type { Report } from "../../../src/report/report.ts";
import { makeStyle } from "../../../src/report/style.ts";
import type { EdgeFaultId } from "../../../src/sandbox/edge/edge-faults.ts";
import type { ApplicationFaultId } from "../../../src/sandbox/origin/faults.ts";
import { MUST_BE_ZERO, type RehearsalCounts } from "../../../src/sandbox/rehearsal/counts.ts";
import type { Rotated } from "../../../src/sandbox/rehearsal/rehearsal.ts";
import { startTraffic } from "../../../src/sandbox/rehearsal/traffic.ts";
import { apiHandler } from "../../../src/sandbox/sandbox.ts";
import type { SiteOptions } from "../../../src/sandbox/site.ts";
import { memoryWorld } from "../../fakes/memory-world.ts";
import { seededRandom } from "../../fakes/seeded-random.ts";
import { type DemoSite, demoSite, fewKeyPairs } from "../demo-site.ts";

interface Rehearsed {
  readonly counts: RehearsalCounts;
  readonly rotation: Rotated;
  readonly site: DemoSite;
  /** Details of every event that must not happen, by kind. */
  readonly evidence: Readonly<Record<(typeof MUST_BE_ZERO)[number], readonly string[]>>;
}

/** The number of prepared key pairs for attackers. */
const ATTACKERS = 5;
/** In seconds. */
const BRIEF = { propagation: 2, settle: 3, cookieTtl: 8, signerCache: 3 };

/** Runs a rotation with the real command, with a viewer at each location and attackers. */
async function rehearsed(
  { settings, ...options }: Partial<SiteOptions> = {},
  spoil: (site: DemoSite) => void = () => {},
  rotate = rotateAttended({}),
): Promise<Rehearsed> {
  const site = await demoSite({ ...options, settings: { ...BRIEF, ...settings } });
  const { clock } = site;
  const world = memoryWorld({
    clock,
    cloud: apiHandler(site),
    viewer: site.viewer,
    files: { "keyturn.yaml": site.gateYaml },
    env: {
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "AKIASANDBOXEXAMPLE00",
      AWS_SECRET_ACCESS_KEY: "opens-nothing",
    },
  });
  const traffic = startTraffic({
    clock,
    random: seededRandom(5),
    keyPairs: fewKeyPairs(ATTACKERS),
    send: site.viewer.send,
    site,
    viewers: 4,
    attackers: 2,
  });
  await clock.advance(3);
  spoil(site);
  const rotation = await clock.run(rotate(world, "keyturn.yaml", site));
  await clock.advance(5);
  await clock.run(traffic.stop());
  return {
    rotation,
    site,
    counts: traffic.tally.counts,
    evidence: Object.fromEntries(
      MUST_BE_ZERO.map((name) => [name, traffic.tally.evidence(name)]),
    ) as Rehearsed["evidence"],
  };
}

const turn = (id: EdgeFaultId | ApplicationFaultId) => (site: DemoSite) => {
  const { edge, application } = site.switches;
  (edge.labels.has(id as EdgeFaultId) ? edge : application).turn(id, true);
};

const zero = Object.fromEntries(MUST_BE_ZERO.map((name) => [name, 0]));

describe("a rotation that waits long enough", () => {
  test("denies no valid viewer, lets no attack through, and replaces the key", async () => {
    const { counts, rotation, site, evidence } = await rehearsed();
    expect(Object.values(evidence).flat()).toEqual([]);
    expect(counts).toMatchObject(zero);
    expect(rotation.outcome).toBe("done");
    expect(counts.requests).toBeGreaterThan(300);
    expect(counts.attacks).toBeGreaterThan(50);
    expect(counts.remints).toBeGreaterThan(0);
    const [group] = site.account.cloudFront.state.keyGroups.values();
    expect(group?.config.items).toHaveLength(1);
    expect([...site.account.cloudFront.state.publicKeys.keys()]).toEqual(group?.config.items);
  });
});

describe("unattended", () => {
  test("the deployed state machine rotates too, and every count stays at zero", async () => {
    const { counts, rotation, site, evidence } = await rehearsed({}, () => {}, rotateUnattended({}));
    expect(Object.values(evidence).flat()).toEqual([]);
    expect(counts).toMatchObject(zero);
    expect(counts.requests).toBeGreaterThan(300);
    expect(rotation.outcome).toBe("done");
    expect(rotation.result).toMatchObject({ gate: "demo", state: "rotated" });
    const { unattended } = rotation;
    expect(unattended?.told).toEqual(["[keyturn] gate demo: rotated"]);
    expect(unattended?.turns).toBeGreaterThan(3);
    const [group] = site.account.cloudFront.state.keyGroups.values();
    expect([...site.account.cloudFront.state.publicKeys.keys()]).toEqual(group?.config.items);
    expect(site.account.engine.executions).toMatchObject([
      { name: unattended?.execution, status: "SUCCEEDED" },
    ]);
    expect(unattended?.execution).toMatch(/^demo_start_[0-9a-f-]{36}$/);
  });

  test("a halt ends the execution with an error that contains the notification", async () => {
    await expect(rehearsed({}, turn("behavior-unprotected"), rotateUnattended({}))).rejects.toMatchObject({
      code: "ERR_HALTED",
      message: expect.stringContaining("[keyturn] gate demo: "),
    });
  });
});

describe("a rehearsal detects that", () => {
  test("proofs shorter than the propagation lock out the viewers of a slower location", async () => {
    const { counts, evidence } = await rehearsed({
      settings: { settle: 1 },
      locations: [
        { pop: "FRA56-P4", delay: 0.5, reachable: true },
        { pop: "GRU3-P1", delay: 600, reachable: false },
      ],
    });
    expect(counts.validDenied).toBeGreaterThan(0);
    for (const seen of evidence.validDenied) {
      expect(seen).toMatch(/^GRU3-P1 answered InvalidKey to /);
    }
    // Viewers who are locked out mint until the anti-abuse limit stops them; nobody else does.
    for (const seen of evidence.viewerFailures) expect(seen).toMatch(/ at GRU3-P1: rate-limited$/);
    expect(counts.attacksLetThrough).toBe(0);
  });

  test("signers that keep their key longer than the gate declares lock out their viewers", async () => {
    const { counts } = await rehearsed({}, turn("signer-until-restart"));
    expect(counts.validDenied).toBeGreaterThan(0);
  });

  test("a mint endpoint fails, which counts as a viewer's failure, not as a denial", async () => {
    const { counts } = await rehearsed({}, turn("mint-secret-denied"));
    expect(counts.viewerFailures).toBeGreaterThan(0);
    expect(counts.validDenied).toBe(0);
  });

  test("a logout forgets a name", async () => {
    const { counts } = await rehearsed({}, turn("logout-forgets-signature"));
    expect(counts.logoutsIncomplete).toBeGreaterThan(0);
  });
});

test("a behavior without key groups lets attacks through, and the origin sees them", async () => {
  const site = await demoSite();
  site.switches.edge.turn("behavior-unprotected", true);
  const traffic = startTraffic({
    clock: site.clock,
    random: seededRandom(5),
    keyPairs: fewKeyPairs(ATTACKERS),
    send: site.viewer.send,
    site,
    viewers: 0,
    attackers: 1,
  });
  await site.clock.advance(5);
  await site.clock.run(traffic.stop());
  const { attacks, attacksLetThrough, unauthorizedOriginCalls } = traffic.tally.counts;
  expect(attacks).toBeGreaterThan(5);
  expect(attacksLetThrough).toBe(attacks);
  expect(unauthorizedOriginCalls).toBe(attacks);
});

describe("the report", () => {
  const counts: RehearsalCounts = {
    ...{ requests: 1234, validDenied: 0, viewerFailures: 0, logoutsIncomplete: 0, attacks: 99 },
    ...{ attacksLetThrough: 0, unauthorizedOriginCalls: 0, mints: 40, remints: 5, peakRemints: 2 },
  };
  const end = (more: Partial<RehearsalCounts>, outcome: Report["outcome"] = "done") =>
    rehearsalReport({
      counts: { ...counts, ...more },
      evidence: {},
      rotation: { outcome, result: null },
      took: 33,
    });
  test("is done if every count that must be zero is zero", async () => {
    const report = end({});
    expect([report.outcome, report.findings]).toEqual(["done", []]);
    const text = report.text(await makeStyle({ colour: false, unicode: true, columns: 80 }));
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(text).toContain("valid viewers denied                                  0  ✓");
  });
  test.each(MUST_BE_ZERO)("is a finding if %s is not zero", (name) => {
    const report = end({ [name]: 1 });
    expect(report.outcome).toBe("finding");
    expect(report.findings).toHaveLength(1);
  });
  test("is a finding if the rotation did not finish", () => {
    expect(end({}, "pending").outcome).toBe("finding");
  });
});
