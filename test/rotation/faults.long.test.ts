/**
 * Each fault of the sandbox, with the real SDK: the run ends done, pending or with a named error, and resumes to the
 * end.
 */
import { describe, expect, it } from "vitest";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import type { FaultKind, InjectedFault } from "../../src/sandbox/faults.ts";
import { runCommand, words } from "../fakes/memory-world.ts";
import { type SiteWorld, siteWorld } from "./site-world.ts";

const START = words("rotate start --gate demo --yes --key-type ecdsa-p256 --wait");
const RESUME = words("rotate resume --gate demo --wait");
const SETTINGS = { cookieTtl: 12, signerCache: 4, settle: 6, propagation: 4 } as const;

const WRITES = [
  ["secretsmanager", "CreateSecret"],
  ["secretsmanager", "PutSecretValue"],
  ["secretsmanager", "UpdateSecretVersionStage"],
  ["cloudfront", "CreatePublicKey"],
  ["cloudfront", "UpdateKeyGroup"],
  ["cloudfront", "DeletePublicKey"],
] as const;
const READS = [
  ["secretsmanager", "GetSecretValue"],
  ["cloudfront", "GetKeyGroup"],
] as const;
/**
 * Faults that the SDK's retries do not fix: expired credentials and missing permission exit with 4, lasting silence
 * with 6.
 */
const ENDS: Readonly<Partial<Record<FaultKind, readonly number[]>>> = {
  "expired-credentials": [0, 4],
  "access-denied": [0, 4],
};

async function expectEnded({ site, direct }: SiteWorld): Promise<void> {
  const { cloudFront, secrets } = site.account;
  const again = direct();
  const resumed = await runCommand(RESUME, again);
  const isUnopened = resumed.stdout.includes("has never been rotated");
  const ran = isUnopened ? await runCommand(START, again) : resumed;
  expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
  expect(cloudFront.state.publicKeys.size).toBe(1);
  const { keyPairId } = JSON.parse(secrets.text(DEMO.secret) ?? "{}");
  expect(cloudFront.keyGroups.get(site.ids.keyGroupId).config.items).toEqual([keyPairId]);
}

describe("a fault ends a run with a named error, and a resume finishes the rotation", () => {
  const kinds: readonly FaultKind[] = [
    "throttle",
    "error-before",
    "error-after",
    "drop-before",
    "drop-after",
    "delay",
  ];
  for (const [on, operation] of WRITES) {
    // A fault before the effect is the same for every call; one after it is not.
    const isConditional = operation === "UpdateKeyGroup" || operation === "UpdateSecretVersionStage";
    const tried = isConditional ? kinds : (["error-after", "drop-after"] as const);
    it(`${operation}: ${tried.join(", ")}`, async () => {
      for (const kind of tried) await expectFault({ on, operation, kind, seconds: 3 });
    });
  }
  for (const [on, operation] of [...WRITES.slice(1, 2), ...WRITES.slice(4, 5), ...READS]) {
    it(`${operation}: credentials expire, permission is missing`, async () => {
      for (const kind of ["expired-credentials", "access-denied"] as const) {
        await expectFault({ on, operation, kind, skip: 2 });
      }
    });
  }
});

async function expectFault(fault: InjectedFault): Promise<void> {
  const world = await siteWorld({ settings: SETTINGS });
  world.site.account.faults.order(fault);
  const { exitCode, stderr } = await runCommand(START, world.operator());
  const ends = ENDS[fault.kind] ?? [0, 5, 6, 7];
  expect(ends, `${fault.kind}: ${exitCode}\n${stderr}`).toContain(exitCode);
  if (exitCode !== 0) expect(stderr).toMatch(/^error: .*\[ERR_[A-Z_]+\]$/m);
  expect(stderr).not.toContain("ERR_INTERNAL");
  world.site.account.faults.clear();
  await expectEnded(world);
}

describe("a fault that outlasts the SDK's retries", () => {
  for (const [on, operation] of [WRITES[2], WRITES[4]]) {
    it(`${operation}: fails 40 times, and a resume finishes the rotation`, async () => {
      for (const kind of ["throttle", "error-after"] as const)
        await expectFault({ on, operation, kind, times: 40 });
    });
  }
});

describe("edge locations that never learn", () => {
  const near = { pop: "FRA56-P4", delay: 1, reachable: true };

  // Half of the requests reach it, and once it was reached, it must be reached again and know the key.
  for (const seed of [1, 2, 3, 4]) {
    it(`stop the switch if the prober reaches them, seed ${seed}`, async () => {
      const world = await siteWorld({
        seed,
        settings: { ...SETTINGS, triples: 10 },
        locations: [near, { pop: "IAD89-P2", delay: Number.POSITIVE_INFINITY, reachable: true }],
      });
      const before = world.site.account.secrets.text(DEMO.secret);
      const { exitCode, stderr } = await runCommand(START, world.direct());
      expect(stderr).toContain("halted at trust-proven (trust-not-proven)");
      expect(exitCode).toBe(7);
      expect(world.site.account.secrets.text(DEMO.secret)).toBe(before);
      // Trying again does not get past it, and the evidence names it.
      const again = await runCommand(RESUME, world.direct());
      expect(again.stderr).toContain("halted at trust-proven (trust-not-proven)");
      const evidence = await runCommand(words("rotate status --gate demo --evidence md"), world.direct());
      expect(evidence.stdout).toContain("- still behind: IAD89-P2");
    });
  }

  it("are skipped after the whole settle time if they cannot be reached, as the evidence shows", async () => {
    const world = await siteWorld({
      settings: SETTINGS,
      locations: [near, { pop: "GRU3-P1", delay: Number.POSITIVE_INFINITY, reachable: false }],
    });
    const operator = world.operator();
    const begun = world.clock.now();
    await runCommand([...START, "--until", "trust-proven"], operator);
    expect(world.clock.now() - begun).toBeGreaterThanOrEqual(SETTINGS.settle);
    const { stdout } = await runCommand(words("rotate status --gate demo --evidence md"), operator);
    expect(stdout).toContain("edge locations: FRA56-P4");
    expect(stdout).toContain("Edge locations other than those named were not seen");
  });
});
