/**
 * The crash matrix: die before any call, after its effect, or after its journal line; then `resume` from an empty
 * folder reaches the same end state. Deaths at the same time after the same writes leave the same world, so only the
 * first of them is tried, and of the variations every third. `KEYTURN_CRASH=all npx vitest run
 * test/rotation/crash.long.test.ts` tries every moment.
 */
import { describe, expect, it } from "vitest";
import { fingerprint } from "../../src/keys/fingerprint.ts";
import { readPrivateKey, readPublicKey } from "../../src/keys/pem.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { runCommand, words } from "../fakes/memory-world.ts";
import { ODD_CLOCKS, OddClock } from "../fakes/odd-clock.ts";
import { type Moment, runUntilDeath } from "./mortal.ts";
import { instantKeyPairs, type SiteWorld, siteWorld } from "./site-world.ts";

const ALL = process.env.KEYTURN_CRASH === "all";
const START = words("rotate start --gate demo --yes --yes-cut-off-viewers --key-type ecdsa-p256 --wait");
const RESUME = words("rotate resume --gate demo --wait");
const ABORT = words("rotate abort --gate demo --yes --wait");
const CLOCKS = Object.entries(ODD_CLOCKS);
/** The name of a key of another gate that shares the group. */
const OTHERS = "another-gates";
const SHORT = { settings: { cookieTtl: 20, signerCache: 5, settle: 6 } } as const;

function recordOf({ site }: SiteWorld) {
  const { secrets } = site.account;
  const name = `${DEMO.secret}.keyturn`;
  return secrets.registry.has(site.account.region, name) ? JSON.parse(secrets.text(name) ?? "") : undefined;
}

/** One trusted key, which is also AWSCURRENT; no label and nothing else that the run created is left. */
function expectClean(world: SiteWorld, outcome: "rotated" | "aborted", where: string): void {
  const { cloudFront, secrets } = world.site.account;
  const keys = [...cloudFront.state.publicKeys.values()].filter(({ config }) => config.name !== OTHERS);
  const [group, ...others] = [...cloudFront.state.keyGroups.values()];
  expect(keys, where).toHaveLength(1);
  expect(others, where).toEqual([]);
  const isOthers = (id: string) => cloudFront.publicKeys.get(id).config.name === OTHERS;
  expect(
    group?.config.items.filter((id) => !isOthers(id)),
    where,
  ).toEqual([keys[0]?.id]);
  const current = JSON.parse(secrets.text(DEMO.secret) ?? "{}");
  expect(current.keyPairId, where).toBe(keys[0]?.id);
  const held = fingerprint(readPrivateKey(current.privateKey).privateKey);
  expect(held, where).toBe(fingerprint(readPublicKey(keys[0]?.config.encodedKey ?? "")));
  const labels = new Set(Object.values(secrets.stages(DEMO.secret)).flat());
  for (const label of labels) expect(["AWSCURRENT", "AWSPREVIOUS"], where).toContain(label);
  expect(recordOf(world).finished.outcome, where).toBe(outcome);
}

/** The first of the moments that leave the same world. */
function distinct(moments: readonly Moment[]): readonly number[] {
  const isFirst = (at: number) => moments.findIndex(({ leaves }) => leaves === moments[at]?.leaves) === at;
  return moments.map((_, at) => at).filter(isFirst);
}

interface Matrix {
  readonly name: string;
  /** Prepares the state before the first command; resolves to more arguments for `line`. */
  readonly before?: (world: SiteWorld) => Promise<readonly string[]>;
  /** A command to run before `line`. */
  readonly first?: readonly string[];
  /** What happens after that command. */
  readonly meanwhile?: (world: SiteWorld) => Promise<void>;
  readonly line: readonly string[];
  readonly outcome: "rotated" | "aborted";
  readonly atLeast: { readonly moments: number; readonly worlds: number };
  /** Tries every n-th of the distinct worlds. */
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
  {
    name: "a rotation beside another gate's in the same group",
    before: async ({ clock, site }) => {
      const { publicKey } = await instantKeyPairs.generate("ecdsa-p256");
      const encodedKey = String(publicKey.export({ type: "spki", format: "pem" }));
      const config = { callerReference: OTHERS, name: OTHERS, encodedKey, comment: "" };
      const { keyGroups, publicKeys } = site.account.cloudFront;
      const { id } = publicKeys.create(config);
      const group = keyGroups.get(site.ids.keyGroupId);
      const items = [...group.config.items, id];
      keyGroups.update(group.id, group.etag, { ...group.config, items, comment: "[keyturn epoch 0ther0:9]" });
      await clock.advance(60);
      return ["--keep", id];
    },
    line: START,
    outcome: "rotated",
    every: 3,
    atLeast: { moments: 500, worlds: 34 },
  },
  {
    name: "a resume after a proof that failed",
    first: [...START.slice(0, -1), "--until", "key-trusted"],
    meanwhile: async (world) => {
      world.site.switches.edge.turn("waf-block", true);
      await runCommand(RESUME, world.direct());
      world.site.switches.edge.turn("waf-block", false);
    },
    line: RESUME,
    outcome: "rotated",
    every: 4,
    atLeast: { moments: 300, worlds: 22 },
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
  for (const { name, before, first, meanwhile, line, outcome, atLeast, every } of MATRIX) {
    let typed = line;
    const begin = async (): Promise<SiteWorld> => {
      const world = await siteWorld(SHORT);
      if (before !== undefined) typed = [...line, ...(await before(world))];
      if (first !== undefined) await runCommand(first, world.direct());
      await meanwhile?.(world);
      return world;
    };

    it(`end ${name} as if nothing had happened`, async () => {
      const undisturbed = await begin();
      const { ran, moments } = await runUntilDeath(undisturbed, typed);
      expect(ran.exitCode, ran.stderr).toBe(0);
      expectClean(undisturbed, outcome, "undisturbed");
      const worlds = distinct(moments);
      expect(moments.length).toBeGreaterThan(atLeast.moments);
      expect(worlds.length).toBeGreaterThan(atLeast.worlds);

      for (const at of ALL ? moments.keys() : worlds.filter((_, turn) => turn % every === 0)) {
        const world = await begin();
        const died = await runUntilDeath(world, typed, at);
        const where = `dies ${moments[at]?.what}, moment ${at} of ${moments.length}`;
        expect(died.moments.at(-1), where).toEqual(moments[at]);
        expect(died.ran.exitCode, where).toBe(70);
        const left = recordOf(world);
        // Another machine continues, with a clock that cannot be trusted.
        const [odd, showing] = CLOCKS[at % CLOCKS.length] as (typeof CLOCKS)[number];
        const elsewhere = world.direct(undefined, { clock: new OddClock(world.clock, showing) });
        const resumed = await runCommand(RESUME, elsewhere);
        expect(resumed.exitCode, `${where}, then a machine ${odd}\n${resumed.stderr}`).toBe(0);
        if (left === undefined) {
          // Without a record there is nothing to resume, and nothing was touched.
          expect(resumed.stdout, where).toContain("has never been rotated");
          expect(await runCommand(typed, world.direct()), where).toMatchObject({ exitCode: 0 });
        }
        // An abort that died before it changed the record has no effect: the rotation continues.
        const isTurned = left === undefined || (left.goal === "abort") === (outcome === "aborted");
        expectClean(world, isTurned ? outcome : "rotated", where);
      }
    });
  }
});

describe("a crash while a record is amended", () => {
  /** Each lengthens a wait of the stage; the last one requires a new epoch. */
  it.each(["key-trusted", "trust-proven", "signer-switched", "old-untrusted"])(
    "at %s: leaves the record either unchanged or fully amended, and the rotation ends",
    async (stage) => {
      const amend = words("rotate amend --gate demo --yes --settle 9s --longest-life 40s");
      const begin = async () => {
        const world = await siteWorld(SHORT);
        await runCommand([...START, "--until", stage], world.direct());
        return world;
      };
      const undisturbed = await begin();
      const { ran, moments } = await runUntilDeath(undisturbed, amend);
      expect(ran.exitCode, ran.stderr).toBe(0);
      expect(recordOf(undisturbed).epoch).toBe(stage === "old-untrusted" ? 2 : 1);
      for (const at of ALL ? moments.keys() : distinct(moments)) {
        const world = await begin();
        const before = recordOf(world);
        const died = await runUntilDeath(world, amend, at);
        const where = `dies ${moments[at]?.what}, moment ${at} of ${moments.length}`;
        expect(died.ran.exitCode, where).toBe(70);
        const left = recordOf(world);
        const isWhole = left.settings.settle === 9 && left.settings.longestLife === 40;
        if (!isWhole) expect(left, where).toEqual(before);
        const again = await runCommand(amend, world.direct());
        expect(again.exitCode, `${where}\n${again.stderr}`).toBe(0);
        expect(recordOf(world).settings, where).toMatchObject({ settle: 9, longestLife: 40 });
        const resumed = await runCommand(RESUME, world.direct());
        expect(resumed.exitCode, `${where}\n${resumed.stderr}`).toBe(0);
        expectClean(world, "rotated", where);
      }
    },
  );
});
