/** AWS's time is what counts: whatever a machine's clock shows, no viewer is denied, and the operator is warned. */
import { describe, expect, it } from "vitest";
import { runProgram } from "../../src/program.ts";
import { STAGES } from "../../src/rotation/stage.ts";
import { type MemoryWorld, type Ran, words } from "../fakes/memory-world.ts";
import { ODD_CLOCKS, OddClock } from "../fakes/odd-clock.ts";
import { type SiteWorld, siteWorld } from "./site-world.ts";
import { Viewers } from "./viewers.ts";
import { Witness } from "./witness.ts";

const OPTIONS = {
  settings: { cookieTtl: 40, signerCache: 4, settle: 6, propagation: 5 },
  mintLimit: { count: 100_000, per: 1 },
} as const;
const START = "rotate start --gate demo --yes --key-type ecdsa-p256 --wait";
const RESUME = "rotate resume --gate demo --wait";

async function runInside(line: string, operator: MemoryWorld): Promise<Ran> {
  const before = { out: operator.terminal.stdout.length, err: operator.terminal.stderr.length };
  const exitCode = await runProgram(words(line), operator);
  return {
    stdout: operator.terminal.stdout.slice(before.out),
    stderr: operator.terminal.stderr.slice(before.err),
    exitCode,
  };
}

/** Runs `deeds` under traffic, watched by the witness, who knows the true time. */
async function underTraffic(
  deeds: (world: SiteWorld) => Promise<void>,
): Promise<{ viewers: Viewers; witness: Witness }> {
  const world = await siteWorld(OPTIONS);
  const viewers = new Viewers(world);
  const witness = new Witness(world);
  const rotation = async () => {
    await world.clock.sleep(45);
    await deeds(world);
    await world.clock.sleep(45);
    viewers.stop();
  };
  await world.clock.run(Promise.all([viewers.run(), rotation()]));
  return { viewers, witness };
}

const machine = (world: SiteWorld, clock: string): MemoryWorld =>
  world.operator({ clock: new OddClock(world.clock, ODD_CLOCKS[clock] as never) });

describe("a machine's wrong clock changes nothing", () => {
  it.each(Object.keys(ODD_CLOCKS))(
    "%s: a machine resumes after the switch, and no viewer is denied",
    async (odd) => {
      const { viewers, witness } = await underTraffic(async (world) => {
        const begun = await runInside(`${START} --until signer-switched`, world.operator());
        expect(begun.exitCode, begun.stderr).toBe(8);
        const ended = await runInside(RESUME, machine(world, odd));
        expect(ended.exitCode, ended.stderr).toBe(0);
      });
      expect(witness.violations).toEqual([]);
      expect(viewers.denied).toEqual([]);
      expect(viewers.lastSeconds).toBeGreaterThan(20);
    },
  );

  it.each(Object.keys(ODD_CLOCKS))(
    "%s: a machine switches, another one continues, and no viewer is denied",
    async (odd) => {
      const { viewers, witness } = await underTraffic(async (world) => {
        const begun = await runInside(`${START} --until signer-switched`, machine(world, odd));
        expect(begun.exitCode, begun.stderr).toBe(8);
        const ended = await runInside(RESUME, world.operator());
        expect(ended.exitCode, ended.stderr).toBe(0);
      });
      expect(witness.violations).toEqual([]);
      expect(viewers.denied).toEqual([]);
    },
  );

  it("two machines an hour apart take turns at every stage, then abort after the switch, and no viewer is denied", async () => {
    const { viewers, witness } = await underTraffic(async (world) => {
      const machines = [machine(world, "an hour ahead"), machine(world, "30 s behind")];
      let line = START;
      for (const [at, stage] of STAGES.slice(0, 6).entries()) {
        const ran = await runInside(`${line} --until ${stage}`, machines[at % 2] as MemoryWorld);
        expect(ran.exitCode, ran.stderr).toBe(8);
        line = RESUME;
      }
      const aborted = await runInside("rotate abort --gate demo --yes --wait", machines[0] as MemoryWorld);
      expect(aborted.exitCode, aborted.stderr).toBe(0);
    });
    expect(witness.violations).toEqual([]);
    expect(viewers.denied).toEqual([]);
  });
});
