/**
 * The crash matrix: die before any call, after its effect, after its journal line; `resume` from an empty folder ends in
 * the same state. A process that dies at two moments with the same writes behind it, at the same time, leaves the same
 * world: such moments are tried once, and of the variations every third. `KEYTURN_CRASH=all npx vitest run
 * test/rotation/crash.test.ts` tries every moment of everything by itself.
 */
import { describe, expect, it } from "vitest";
import { fingerprint } from "../../src/keys/fingerprint.ts";
import { readPrivateKey, readPublicKey } from "../../src/keys/pem.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { runCommand, words } from "../fakes/memory-world.ts";
import { ODD_CLOCKS, OddClock } from "../fakes/odd-clock.ts";
import { live, type Moment } from "./mortal.ts";
import { type SiteWorld, siteWorld } from "./site-world.ts";

const ALL = process.env.KEYTURN_CRASH === "all";
const START = words("rotate start --gate demo --yes --yes-cut-off-viewers --key-type ecdsa-p256 --wait");
const RESUME = words("rotate resume --gate demo --wait");
const ABORT = words("rotate abort --gate demo --yes --wait");
const CLOCKS = Object.entries(ODD_CLOCKS);
const SHORT = { settings: { cookieTtl: 20, signerCache: 5, settle: 6 } } as const;

function recordOf({ site }: SiteWorld) {
  const { secrets } = site.account;
  const name = `${DEMO.secret}.keyturn`;
  return secrets.registry.has(site.account.region, name) ? JSON.parse(secrets.text(name) ?? "") : undefined;
}

/** One trusted key, AWSCURRENT is it, no label left, nothing that the run created left over. */
function expectClean(world: SiteWorld, outcome: "rotated" | "aborted", where: string): void {
  const { cloudFront, secrets } = world.site.account;
  const keys = [...cloudFront.state.publicKeys.values()];
  const [group, ...others] = [...cloudFront.state.keyGroups.values()];
  expect(keys, where).toHaveLength(1);
  expect(others, where).toEqual([]);
  expect(group?.config.items, where).toEqual([keys[0]?.id]);
  const current = JSON.parse(secrets.text(DEMO.secret) ?? "{}");
  expect(current.keyPairId, where).toBe(keys[0]?.id);
  const held = fingerprint(readPrivateKey(current.privateKey).privateKey);
  expect(held, where).toBe(fingerprint(readPublicKey(keys[0]?.config.encodedKey ?? "")));
  const labels = new Set(Object.values(secrets.stages(DEMO.secret)).flat());
  for (const label of labels) expect(["AWSCURRENT", "AWSPREVIOUS"], where).toContain(label);
  expect(recordOf(world).finished.outcome, where).toBe(outcome);
}

/** Of the moments that leave the same world, the first. */
function distinct(moments: readonly Moment[]): readonly number[] {
  const isFirst = (at: number) => moments.findIndex(({ leaves }) => leaves === moments[at]?.leaves) === at;
  return moments.map((_, at) => at).filter(isFirst);
}

interface Matrix {
  readonly name: string;
  /** What has happened before. */
  readonly first?: readonly string[];
  readonly line: readonly string[];
  readonly outcome: "rotated" | "aborted";
  readonly atLeast: { readonly moments: number; readonly worlds: number };
  /** Of its worlds, the suite tries every so many. */
  readonly every: number;
}

const MATRIX: readonly Matrix[] = [
  { name: "a rotation", line: START, outcome: "rotated", every: 1, atLeast: { moments: 500, worlds: 34 } },
  {
    name: "an emergency",
    line: [...START, "--compromised"],
    outcome: "rotated",
    every: 3,
    atLeast: { moments: 500, worlds: 34 },
  },
  {
    name: "a cut",
    line: [...START, "--cut-now"],
    outcome: "rotated",
    every: 3,
    atLeast: { moments: 350, worlds: 25 },
  },
  ...[
    { stage: "key-trusted", worlds: 8, every: 1 },
    { stage: "signer-switched", worlds: 20, every: 3 },
    { stage: "old-untrusted", worlds: 20, every: 1 },
  ].map(
    ({ stage, worlds, every }): Matrix => ({
      name: `an abort after ${stage}`,
      first: [...START, "--until", stage],
      line: ABORT,
      outcome: "aborted",
      every,
      atLeast: { moments: 80, worlds },
    }),
  ),
];

describe("a crash at any moment, and a resume from an empty folder", () => {
  for (const { name, first, line, outcome, atLeast, every } of MATRIX) {
    const begin = async (): Promise<SiteWorld> => {
      const world = await siteWorld(SHORT);
      if (first !== undefined) await runCommand(first, world.direct());
      return world;
    };

    it(`end ${name} as if nothing had happened`, { timeout: ALL ? 1_200_000 : 60_000 }, async () => {
      const undisturbed = await begin();
      const { ran, moments } = await live(undisturbed, line);
      expect(ran.exitCode, ran.stderr).toBe(0);
      expectClean(undisturbed, outcome, "undisturbed");
      const worlds = distinct(moments);
      expect(moments.length).toBeGreaterThan(atLeast.moments);
      expect(worlds.length).toBeGreaterThan(atLeast.worlds);

      for (const at of ALL ? moments.keys() : worlds.filter((_, turn) => turn % every === 0)) {
        const world = await begin();
        const died = await live(world, line, at);
        const where = `dies ${moments[at]?.what}, moment ${at} of ${moments.length}`;
        expect(died.moments.at(-1), where).toEqual(moments[at]);
        expect(died.ran.exitCode, where).toBe(70);
        const left = recordOf(world);
        // Somebody else's machine goes on, whose clock is none to go by.
        const [odd, showing] = CLOCKS[at % CLOCKS.length] as (typeof CLOCKS)[number];
        const elsewhere = world.direct(undefined, { clock: new OddClock(world.clock, showing) });
        const resumed = await runCommand(RESUME, elsewhere);
        expect(resumed.exitCode, `${where}, then a machine ${odd}\n${resumed.stderr}`).toBe(0);
        if (left === undefined) {
          // Before the record there is nothing to resume, and nothing was touched.
          expect(resumed.stdout, where).toContain("was never rotated");
          expect(await runCommand(line, world.direct()), where).toMatchObject({ exitCode: 0 });
        }
        // An abort that died before it turned the record has changed nothing: the rotation goes on.
        const isTurned = left === undefined || (left.goal === "abort") === (outcome === "aborted");
        expectClean(world, isTurned ? outcome : "rotated", where);
      }
    });
  }
});
