/**
 * The crash matrix: die before a call, after its effect, after its journal line; an empty folder resumes to the same end.
 * What a process leaves that dies before a write is what it leaves that dies after the write before: so each write is
 * cut once after its effect, and the first of all once before.
 */
import { describe, expect, it } from "vitest";
import { fingerprint } from "../../src/keys/fingerprint.ts";
import { readPrivateKey, readPublicKey } from "../../src/keys/pem.ts";
import { LABEL } from "../../src/rotation/version-id.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { type MemoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import type { Around } from "./direct-cloud.ts";
import { type SiteWorld, siteWorld } from "./site-world.ts";

class Crash extends Error {}

/** Dies at one moment of one write; from then on the process is dead, and every call of it fails. */
function dyingAt(write: number, moment: "before" | "after"): { around: Around; writes: () => number } {
  let count = 0;
  let isDead = false;
  const around: Around = async (_operation, kind, call) => {
    if (isDead) throw new Crash();
    if (kind === "write") count += 1;
    const dies = kind === "write" && count === write;
    isDead = dies;
    if (dies && moment === "before") throw new Crash();
    const answer = call();
    if (dies) throw new Crash();
    return answer;
  };
  return { around, writes: () => count };
}

/** Dies once the journal line of that number is written. */
function dyingAfterLine(world: MemoryWorld, line: number): MemoryWorld {
  const { journal } = world;
  return {
    ...world,
    journal: {
      entries: journal.entries,
      append: async (name, entry) => {
        await journal.append(name, entry);
        if (journal.entries.length === line) throw new Crash();
      },
    },
  };
}

const START = words("rotate start --gate demo --yes --key-type ecdsa-p256 --wait");
const RESUME = words("rotate resume --gate demo --wait");
const SHORT = { settings: { cookieTtl: 20, signerCache: 5, settle: 6 } } as const;

/** One trusted key, AWSCURRENT is it, no label left, nothing that the run created left over. */
function expectClean({ site }: SiteWorld, outcome: "rotated" | "aborted"): void {
  const { cloudFront, secrets } = site.account;
  const keys = [...cloudFront.state.publicKeys.values()];
  const [group] = [...cloudFront.state.keyGroups.values()];
  expect(keys).toHaveLength(1);
  expect(group?.config.items).toEqual([keys[0]?.id]);
  const current = JSON.parse(secrets.text(DEMO.secret) ?? "{}");
  expect(current.keyPairId).toBe(keys[0]?.id);
  const held = fingerprint(readPrivateKey(current.privateKey).privateKey);
  expect(held).toBe(fingerprint(readPublicKey(keys[0]?.config.encodedKey ?? "")));
  const labels = Object.values(secrets.stages(DEMO.secret)).flat();
  expect(labels).not.toContain(LABEL.new);
  expect(labels).not.toContain(LABEL.old);
  const record = JSON.parse(secrets.text(`${DEMO.secret}.keyturn`) ?? "{}");
  expect(record.finished.outcome).toBe(outcome);
}

/** Runs; a crash ends as our bug would (70). Without a record there is nothing to resume: then it starts anew. */
async function dieAndResume(world: SiteWorld, dying: MemoryWorld, line: readonly string[]): Promise<void> {
  await runCommand(line, dying);
  const fresh = world.direct();
  const resumed = await runCommand(RESUME, fresh);
  if (resumed.stdout.includes("was never rotated")) await runCommand(START, world.direct());
  else expect(resumed, resumed.stderr).toMatchObject({ exitCode: 0 });
}

async function countWrites(run: (world: SiteWorld, around: Around) => Promise<void>): Promise<number> {
  const world = await siteWorld(SHORT);
  const { around, writes } = dyingAt(Number.POSITIVE_INFINITY, "before");
  await run(world, around);
  return writes();
}

describe("a rotation survives a crash", () => {
  it("at every write", async () => {
    const total = await countWrites(async (world, around) => {
      await runCommand(START, world.direct(around));
      expectClean(world, "rotated");
    });
    expect(total).toBeGreaterThan(25);
    for (let write = 0; write <= total; write += 1) {
      const dying = write === 0 ? dyingAt(1, "before") : dyingAt(write, "after");
      const world = await siteWorld(SHORT);
      await dieAndResume(world, world.direct(dying.around), START);
      expectClean(world, "rotated");
    }
  });

  it("after every line of the journal", async () => {
    const undisturbed = await siteWorld(SHORT);
    const operator = undisturbed.direct();
    await runCommand(START, operator);
    const lines = operator.journal.entries.length;
    expect(lines).toBeGreaterThan(20);
    for (let line = 1; line < lines; line += 1) {
      const world = await siteWorld(SHORT);
      await dieAndResume(world, dyingAfterLine(world.direct(), line), START);
      expectClean(world, "rotated");
    }
  });
});

describe("an abort survives a crash", () => {
  for (const stage of ["key-trusted", "old-untrusted"]) {
    it(`at every write, when it begins after ${stage}`, async () => {
      const begin = async (world: SiteWorld) => {
        await runCommand([...START, "--until", stage], world.direct());
      };
      const ABORT = words("rotate abort --gate demo --yes --wait");
      const total = await countWrites(async (world, around) => {
        await begin(world);
        await runCommand(ABORT, world.direct(around));
        expectClean(world, "aborted");
      });
      expect(total).toBeGreaterThan(5);
      for (let write = 0; write <= total; write += 1) {
        const dying = write === 0 ? dyingAt(1, "before") : dyingAt(write, "after");
        const world = await siteWorld(SHORT);
        await begin(world);
        await runCommand(ABORT, world.direct(dying.around));
        const again = await runCommand(ABORT, world.direct());
        expect(again, again.stderr).toMatchObject({ exitCode: 0 });
        expectClean(world, "aborted");
      }
    });
  }
});
