/** No valid viewer is denied while a rotation or an abort runs, at any edge location, to a cookie's last second. */
import { describe, expect, it } from "vitest";
import { type Ran, type runCommand, words } from "../fakes/memory-world.ts";
import { type SiteWorld, siteWorld } from "./site-world.ts";
import { Viewers } from "./viewers.ts";

const OPTIONS = {
  settings: { cookieTtl: 12, signerCache: 4, settle: 6, propagation: 5 },
  mintLimit: { count: 100_000, per: 1 },
} as const;

async function underTraffic(
  lines: readonly string[],
): Promise<{ world: SiteWorld; viewers: Viewers; last: Ran }> {
  const world = await siteWorld(OPTIONS);
  const viewers = new Viewers(world);
  const operator = world.direct();
  let last: Ran = { stdout: "", stderr: "", exitCode: -1 };
  const rotation = async () => {
    await world.clock.sleep(15);
    for (const line of lines) last = await runInside(line, operator);
    await world.clock.sleep(15);
    viewers.stop();
  };
  await world.clock.run(Promise.all([viewers.run(), rotation()]));
  return { world, viewers, last };
}

/** Under a clock that somebody else runs. */
async function runInside(line: string, operator: Parameters<typeof runCommand>[1]): Promise<Ran> {
  const { runProgram } = await import("../../src/program.ts");
  const before = operator.terminal.stdout.length;
  const exitCode = await runProgram(words(line), operator);
  return { stdout: operator.terminal.stdout.slice(before), stderr: operator.terminal.stderr, exitCode };
}

describe("no valid viewer is denied", () => {
  it("through a whole rotation", async () => {
    const { viewers, last } = await underTraffic([
      "rotate start --gate demo --yes --key-type ecdsa-p256 --wait",
    ]);
    expect(last).toMatchObject({ exitCode: 0 });
    expect(viewers.denied).toEqual([]);
    expect(viewers.mintsByKey.size).toBe(2);
    expect(viewers.lastSeconds).toBeGreaterThan(20);
  });

  it("through an abort after the switch", async () => {
    const { viewers, last } = await underTraffic([
      "rotate start --gate demo --yes --key-type ecdsa-p256 --wait --until signer-switched",
      "rotate abort --gate demo --yes --wait",
    ]);
    expect(last).toMatchObject({ exitCode: 0 });
    expect(viewers.denied).toEqual([]);
  });

  it("through an abort after the old key was untrusted", async () => {
    const { viewers, last } = await underTraffic([
      "rotate start --gate demo --yes --key-type ecdsa-p256 --wait --until old-untrusted",
      "rotate abort --gate demo --yes --wait",
    ]);
    expect(last).toMatchObject({ exitCode: 0 });
    expect(viewers.denied).toEqual([]);
  });

  it("but in an emergency only those with a cookie of the old key, once signers have left it", async () => {
    const { viewers, last } = await underTraffic([
      "rotate start --gate demo --yes-cut-off-viewers --compromised --key-type ecdsa-p256 --wait",
    ]);
    expect(last).toMatchObject({ exitCode: 0 });
    expect(viewers.denied.length).toBeGreaterThan(0);
    const [old] = [...viewers.mintsByKey.keys()];
    expect(new Set(viewers.denied.map(({ keyPairId }) => keyPairId))).toEqual(new Set([old]));
    expect(new Set(viewers.denied.map(({ code }) => code))).toEqual(new Set(["InvalidKey"]));
    // Nobody who minted after the last signer left the old key is among them.
    expect(Math.min(...viewers.denied.map(({ age }) => age))).toBeGreaterThan(0);
  });
});
