/**
 * Secrets Manager keeps at most 100 versions of a secret, and removes none that is younger than a day. Whatever happens
 * to a rotation, its record must stay far below that, with room for an abort or an emergency.
 */
import { describe, expect, it } from "vitest";
import { registerName } from "../../src/rotation/register.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { runCommand, words } from "../fakes/memory-world.ts";
import { type SiteWorld, siteWorld } from "./site-world.ts";

const DAY = 86_400;
const START = words("rotate start --gate demo --yes --yes-cut-off-viewers --key-type ecdsa-p256");
const RESUME = words("rotate resume --gate demo");
const ABORT = words("rotate abort --gate demo --yes --wait");
const URGENT = [...RESUME, "--compromised", "--yes-cut-off-viewers", "--wait"];
/** As on AWS: a proof takes a quarter of an hour, a rotation more than an hour. */
const SETTINGS = { cookieTtl: 3600, signerCache: 300, settle: 900, triples: 5 } as const;

function versionsOf({ site }: SiteWorld, secret: string) {
  return site.account.secrets.registry.findPrimary(DEMO.region, secret).versions;
}

/** The most versions within one day, of the record or of the gate's secret, whichever is higher. */
function mostInADay(world: SiteWorld): number {
  const most = (secret: string) => {
    const created = versionsOf(world, secret).map(({ createdAt }) => createdAt);
    return Math.max(...created.map((end) => created.filter((at) => at <= end && at > end - DAY).length));
  };
  return Math.max(most(registerName(DEMO.secret)), most(DEMO.secret));
}

/** Resumes as a schedule does, for that long. */
async function resumeEvery(seconds: number, forSeconds: number, world: SiteWorld, between = async () => {}) {
  for (let passed = 0; passed < forSeconds; passed += seconds) {
    await world.clock.advance(seconds);
    await between();
    await runCommand(RESUME, world.direct());
  }
}

async function expectAbortFits(world: SiteWorld): Promise<void> {
  const ran = await runCommand(ABORT, world.direct());
  expect(ran.exitCode, ran.stderr).toBe(0);
  expect(mostInADay(world)).toBeLessThanOrEqual(40);
}

describe("a rotation's versions in a day", () => {
  it("are fewer than 20 if one run waits to the end, in each mode", async () => {
    for (const mode of [[], ["--compromised"], ["--cut-now"]]) {
      const world = await siteWorld({ settings: SETTINGS });
      expect(await runCommand([...START, ...mode, "--wait"], world.direct())).toMatchObject({ exitCode: 0 });
      expect(mostInADay(world)).toBeLessThanOrEqual(10);
    }
  });

  it("are at most 20 if a schedule drives the rotation to its end", async () => {
    const world = await siteWorld({ settings: SETTINGS });
    await runCommand(START, world.direct());
    await resumeEvery(300, 4 * 3600, world);
    expect((await runCommand(RESUME, world.direct())).stdout).toContain("rotated, all 10 stages");
    expect(mostInADay(world)).toBeLessThanOrEqual(20);
  });

  it("are at most 40 with an abort after each stage", async () => {
    for (const stage of ["key-trusted", "trust-proven", "signer-switched", "old-untrusted"]) {
      const world = await siteWorld({ settings: SETTINGS });
      await runCommand([...START, "--wait", "--until", stage], world.direct());
      await expectAbortFits(world);
    }
  });

  it("are at most 20 while a proof fails for a day, and leave room for an abort", async () => {
    const world = await siteWorld({ settings: SETTINGS });
    await runCommand([...START, "--until", "key-trusted"], world.direct());
    world.site.switches.edge.turn("waf-block", true);
    await resumeEvery(300, DAY, world);
    expect(await runCommand(RESUME, world.direct())).toMatchObject({ exitCode: 7 });
    expect(mostInADay(world)).toBeLessThanOrEqual(20);
    await expectAbortFits(world);
  });

  it("are at most 20 while a proof fails for hours in runs that keep waiting", async () => {
    const world = await siteWorld({ settings: SETTINGS });
    await runCommand([...START, "--until", "key-trusted"], world.direct());
    world.site.switches.edge.turn("waf-block", true);
    const end = world.clock.now() + DAY / 4;
    while (world.clock.now() < end) {
      expect(await runCommand([...RESUME, "--wait"], world.direct())).toMatchObject({ exitCode: 7 });
      await world.clock.advance(60);
    }
    expect(mostInADay(world)).toBeLessThanOrEqual(20);
    await expectAbortFits(world);
  });

  it("are at most 20 while the edge keeps changing its answer for a day, and leave room for an emergency", async () => {
    const world = await siteWorld({ settings: SETTINGS });
    await runCommand([...START, "--until", "key-trusted"], world.direct());
    let isBlocked = false;
    await resumeEvery(300, DAY, world, async () => {
      isBlocked = !isBlocked;
      world.site.switches.edge.turn("waf-block", isBlocked);
    });
    expect(mostInADay(world)).toBeLessThanOrEqual(20);
    world.site.switches.edge.turn("waf-block", false);
    expect(await runCommand(URGENT, world.direct())).toMatchObject({ exitCode: 0 });
    expect(mostInADay(world)).toBeLessThanOrEqual(40);
  });

  it("are at most 20 with two runs that keep waiting", async () => {
    const world = await siteWorld({ settings: SETTINGS });
    const other = world.clock.sleep(1).then(() => runCommand([...RESUME, "--wait"], world.direct()));
    expect(await runCommand([...START, "--wait"], world.direct())).toMatchObject({ exitCode: 0 });
    expect(await world.clock.run(other)).toMatchObject({ exitCode: 0 });
    expect(mostInADay(world)).toBeLessThanOrEqual(20);
  });

  it("are at most 20 while somebody writes the secret every hour, and leave room for an abort", async () => {
    const world = await siteWorld({ settings: SETTINGS });
    await runCommand([...START, "--wait", "--until", "signer-switched"], world.direct());
    const { secrets } = world.site.account;
    const first = secrets.text(DEMO.secret, "AWSPREVIOUS") ?? "";
    let times = 0;
    await resumeEvery(300, DAY, world, async () => {
      times += 1;
      if (times % 12 === 0) secrets.put(DEMO.secret, first);
    });
    const own = versionsOf(world, registerName(DEMO.secret));
    expect(own.length).toBeLessThanOrEqual(20);
    await expectAbortFits(world);
  });

  it("are at most 40 if somebody keeps interfering with an abort for a day", async () => {
    const world = await siteWorld({ settings: SETTINGS });
    await runCommand([...START, "--wait", "--until", "signer-switched"], world.direct());
    const { secrets } = world.site.account;
    const second = secrets.text(DEMO.secret) ?? "";
    await runCommand(words("rotate abort --gate demo --yes"), world.direct());
    let times = 0;
    await resumeEvery(300, DAY, world, async () => {
      times += 1;
      if (times % 12 === 0) secrets.put(DEMO.secret, second);
    });
    expect(versionsOf(world, registerName(DEMO.secret)).length).toBeLessThanOrEqual(40);
  });
});

describe("a secret that someone else fills with versions", () => {
  /** Adds one more version each second, by a plain put of the same value. */
  async function fill(world: SiteWorld, secret: string, upTo: number): Promise<void> {
    const { secrets } = world.site.account;
    while (versionsOf(world, secret).length < upTo) {
      secrets.put(secret, secrets.text(secret) ?? "");
      await world.clock.advance(1);
    }
  }

  it("is refused by the sandbox at 100 versions, and has room again when the first is a day old", async () => {
    const world = await siteWorld();
    const { secrets } = world.site.account;
    await fill(world, DEMO.secret, 100);
    expect(() => secrets.put(DEMO.secret, "{}")).toThrow("has 100 versions");
    // The same value under the same token is no new version.
    await world.clock.advance(DAY - 101);
    expect(() => secrets.put(DEMO.secret, "{}")).toThrow("has 100 versions");
    await world.clock.advance(2);
    secrets.put(DEMO.secret, "{}");
    expect(versionsOf(world, DEMO.secret)).toHaveLength(100);
  });

  it("stops a rotation before its record opens, with the time when there will be room", async () => {
    const world = await siteWorld();
    await fill(world, DEMO.secret, 70);
    const { stderr, exitCode } = await runCommand(START, world.direct());
    expect(exitCode).toBe(7);
    expect(stderr).toMatch(/refused \(version-quota\): secret demo\/cloudfront-signing-key got 70 versions/);
    await world.clock.advance(DAY);
    expect(await runCommand([...START, "--wait"], world.direct())).toMatchObject({ exitCode: 0 });
  });

  it("makes an open rotation wait, and an abort end it", async () => {
    const world = await siteWorld();
    await runCommand([...START, "--until", "record-opened"], world.direct());
    await fill(world, DEMO.secret, 85);
    const { secrets } = world.site.account;
    expect(versionsOf(world, DEMO.secret).length).toBe(85);
    const { stdout, exitCode } = await runCommand(RESUME, world.direct());
    expect([
      exitCode,
      stdout.replaceAll(/\s+/g, " ").includes("waiting for room in secret demo/cloudfront-signing-key"),
    ]).toEqual([8, true]);
    expect(await runCommand(ABORT, world.direct())).toMatchObject({ exitCode: 0 });
    expect(secrets.text(DEMO.secret)).toContain("keyPairId");
  });
});
