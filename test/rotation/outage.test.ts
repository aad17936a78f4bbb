/** `rotate status` starts with the fact that viewers are being denied: why, since when, and whose write caused it. */
import { describe, expect, it } from "vitest";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { editGroup, plainPut } from "../../src/sandbox/third-party.ts";
import { runCommand, words } from "../fakes/memory-world.ts";
import { type SiteWorld, siteWorld } from "./site-world.ts";

const START = "rotate start --gate demo --yes --key-type ecdsa-p256 --wait";
const STATUS = "rotate status --gate demo";
const SETTINGS = { cookieTtl: 12, signerCache: 4, settle: 6, propagation: 4 } as const;
const STRANGER = '{"keyPairId":"KSTRANGER00000","privateKey":"none"}';

async function switched(): Promise<SiteWorld> {
  const world = await siteWorld({ settings: SETTINGS });
  await runCommand(words(`${START} --until signer-switched`), world.direct());
  return world;
}

const oneLine = (text: string) => text.replaceAll(/\s+/g, " ");

describe("an outage in the middle of a rotation", () => {
  it("is reported before anything else, with the foreign version and its time, and without a claim that nobody is affected", async () => {
    const world = await switched();
    await world.clock.run(world.clock.sleep(1));
    const version = plainPut(world.site.account, DEMO.secret, STRANGER);
    const at = new Date(Math.floor(world.clock.now()) * 1000).toISOString().replace(".000", "");
    await world.clock.run(world.clock.sleep(3));
    const { stdout } = await runCommand(words(STATUS), world.direct());
    const text = oneLine(stdout);
    expect(text).toMatch(/^\S+ OUTAGE: viewers who mint now are being denied: AWSCURRENT /);
    expect(text).toContain(`began: at ${at} or later (at most 3s ago)`);
    expect(text).toContain(`version ${version} is not keyturn's`);
    expect(text).not.toContain("nobody is cut off");
    expect(text).not.toContain("it can continue now");
    const json = await runCommand(words(`${STATUS} --json`), world.direct());
    expect(JSON.parse(json.stdout).result.outage).toMatchObject({ since: at });
  });

  it("is red if there are colors", async () => {
    const world = await switched();
    plainPut(world.site.account, DEMO.secret, STRANGER);
    const terminal = world.direct(undefined, {
      columns: 80,
      env: { AWS_REGION: world.site.account.region, FORCE_COLOR: "1" },
    });
    const { stdout } = await runCommand(words(STATUS), terminal);
    const [first = ""] = stdout.split("\n");
    expect(first.indexOf("[31m")).toBeGreaterThan(-1);
    expect(first.indexOf("[31m")).toBeLessThan(first.indexOf("OUTAGE"));
  });

  it("includes a key group that lacks the key of unexpired cookies", async () => {
    const world = await switched();
    editGroup(world.site.account, world.site.ids.keyGroupId, (ids) => ids.slice(1));
    const { stdout } = await runCommand(words(STATUS), world.direct());
    expect(oneLine(stdout)).toMatch(
      /^\S+ OUTAGE: viewers with an unexpired cookie are being denied: key group /,
    );
  });

  it("is not mentioned any more once repaired", async () => {
    const world = await switched();
    plainPut(world.site.account, DEMO.secret, STRANGER);
    await runCommand(words("rotate resume --gate demo"), world.direct());
    const { stdout } = await runCommand(words(STATUS), world.direct());
    expect(stdout).not.toContain("OUTAGE");
  });
});
