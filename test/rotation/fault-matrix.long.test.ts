/**
 * The fault matrix: with every fault of the sandbox at every stage, a run ends done, pending, or with a named halt or
 * error, and never switches without proof; once the fault is over, a resume finishes the rotation. By default some are
 * picked at random; `KEYTURN_FAULTS=all npx vitest run test/rotation/fault-matrix.long.test.ts` tries all,
 * `KEYTURN_FAULTS=7` picks others.
 */
import { describe, expect, it } from "vitest";
import { isAfter, STAGES, type Stage } from "../../src/rotation/stage.ts";
import { LABEL } from "../../src/rotation/version-id.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { type MemoryWorld, type Ran, runCommand, words } from "../fakes/memory-world.ts";
import { OddClock } from "../fakes/odd-clock.ts";
import { seededRandom } from "../fakes/seeded-random.ts";
import { clearFaults, SANDBOX_FAULTS, type SandboxFault } from "./sandbox-faults.ts";
import { sessionOf } from "./session-of.ts";
import { type SiteWorld, siteWorld } from "./site-world.ts";
import { Witness } from "./witness.ts";

const ASKED = process.env.KEYTURN_FAULTS ?? "1";
const START = words("rotate start --gate demo --yes --key-type ecdsa-p256 --wait");
const RESUME = words("rotate resume --gate demo --wait");
const ABORT = words("rotate abort --gate demo --yes --wait");
const SETTINGS = { cookieTtl: 12, signerCache: 4, settle: 6, propagation: 4 } as const;
/** Done, pending, and every named failure; 70 would be our bug, and 1 and 2 make no sense here. */
const ENDS = [0, 4, 5, 6, 7, 8];

/** An error has a code and a next command; a halt names its stage and reason. */
function expectNamed({ exitCode, stderr }: Ran, where: string): void {
  expect(ENDS, `${where}\n${stderr}`).toContain(exitCode);
  if (exitCode === 0 || exitCode === 8) return;
  expect(stderr, where).toMatch(/^error: .*\[ERR_[A-Z_]+\]$/m);
  expect(stderr, where).toMatch(/^hint: /m);
  if (exitCode === 7)
    expect(stderr, where).toMatch(/^error: (halted at [\w-]+ \([\w-]+\)|refused \([\w-]+\)): /m);
}

function hasRecord({ site }: SiteWorld): boolean {
  return site.account.secrets.registry.has(site.account.region, `${DEMO.secret}.keyturn`);
}

/** Resumes without further faults until it is over; aborts if the secret holds somebody else's key. */
async function end(world: SiteWorld, operator: MemoryWorld): Promise<Ran> {
  let last: Ran = { exitCode: -1, stdout: "", stderr: "" };
  if (!hasRecord(world)) return runCommand(START, operator);
  for (let turn = 0; turn < 6 && last.exitCode !== 0; turn += 1) {
    const isTheirs = last.stderr.includes("(foreign-signing-key)");
    last = await runCommand(isTheirs ? ABORT : RESUME, operator);
  }
  return last;
}

/** An operator whose calls never fail and are cheap, but are watched all the same. */
function unharmed({ direct }: SiteWorld, witness: Witness): MemoryWorld {
  return direct(async (_operation, _kind, call) => {
    witness.before();
    const answer = call();
    witness.after();
    return answer;
  });
}

async function runUnderFault(
  { name, strike, isEdit, isEndless, blinds, clock }: SandboxFault,
  stage: Stage,
): Promise<void> {
  const where = `${name}, at ${stage}`;
  const world = await siteWorld({ settings: SETTINGS, mintLimit: { count: 100_000, per: 1 } });
  const witness = new Witness(world);
  const operator = world.operator({
    clock: clock === undefined ? world.clock : new OddClock(world.clock, clock),
    env: { AWS_REGION: world.site.account.region, KEYTURN_MINT_HEADERS: await sessionOf(world) },
  });
  const before = STAGES[STAGES.indexOf(stage) - 1];
  if (before !== undefined) {
    const begun = await runCommand([...START, "--until", before], unharmed(world, witness));
    expect(begun.exitCode, begun.stderr).toBe(8);
  }
  strike(world);
  witness.look();
  const line = before === undefined ? START : RESUME;
  const ran = await runCommand(isEndless ? line.filter((word) => word !== "--wait") : line, operator);
  expectNamed(ran, where);
  expect(witness.violations, where).toEqual([]);
  if (blinds && !isAfter(stage, "trust-proven")) {
    expect(ran.exitCode, where).toBe(7);
    expect(witness.switchedTo, where).toEqual([]);
  }

  clearFaults(world);
  const ended = await end(world, unharmed(world, witness));
  expect(ended.exitCode, `${where}\n${ran.stderr}\nthen\n${ended.stderr}`).toBe(0);
  expect(witness.violations, where).toEqual([]);
  expectSound(world, where, isEdit === true);
}

/** AWSCURRENT is on a key that the group trusts; no label and no key of the rotation is left. */
function expectSound({ site }: SiteWorld, where: string, mayHoldMore: boolean): void {
  const { cloudFront, secrets } = site.account;
  const { items } = cloudFront.keyGroups.get(site.ids.keyGroupId).config;
  const { keyPairId } = JSON.parse(secrets.text(DEMO.secret) ?? "{}");
  expect(items, where).toContain(keyPairId);
  expect([...cloudFront.state.publicKeys.keys()].sort(), where).toEqual([...items].sort());
  if (!mayHoldMore) expect(items, where).toHaveLength(1);
  const labels = Object.values(secrets.stages(DEMO.secret)).flat();
  expect(labels, where).not.toContain(LABEL.new);
  expect(labels, where).not.toContain(LABEL.old);
}

/** A rotation need not repair writes from before it opened. */
const CELLS = SANDBOX_FAULTS.flatMap((fault) =>
  (fault.isEdit ? STAGES.slice(1) : STAGES).map((stage) => ({ fault, stage })),
);

/** Picks as many cells as there is time for; the same seed always picks the same. */
function drawn(seed: number): typeof CELLS {
  const { fraction } = seededRandom(seed);
  return CELLS.map((cell) => ({ cell, lot: fraction() }))
    .sort((one, other) => one.lot - other.lot)
    .slice(0, 12)
    .map(({ cell }) => cell);
}

/** The stages where a fault matters most. */
const DECISIVE = CELLS.filter(
  ({ fault, stage }) =>
    (fault.blinds && fault.name.startsWith("the edge") && stage === "trust-proven") ||
    (fault.clock !== undefined && stage === "old-cookies-expired") ||
    (fault.name.includes("dated ten minutes") && stage === "old-cookies-expired"),
);

describe("every fault at every stage ends with a named result, without an unproven switch", () => {
  for (const { fault, stage } of ASKED === "all" ? CELLS : new Set([...DECISIVE, ...drawn(Number(ASKED))])) {
    it(`${fault.name}, at ${stage}`, () => runUnderFault(fault, stage));
  }
});
