/**
 * 200 random rehearsals on the virtual clock: faults, third parties, two operators, aborts. `KEYTURN_SEED=17 npx vitest
 * run test/rotation/seeded.long.test.ts` replays one.
 */
import { afterEach, expect, it, vi } from "vitest";
import { RemoteError } from "../../src/errors.ts";
import { runProgram } from "../../src/program.ts";
import { LABEL } from "../../src/rotation/version-id.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { failingRows } from "../fakes/failing-rows.ts";
import { type MemoryWorld, words } from "../fakes/memory-world.ts";
import { seededRandom } from "../fakes/seeded-random.ts";
import type { Around } from "./direct-cloud.ts";
import { type SiteWorld, siteWorld } from "./site-world.ts";

const SEEDS =
  process.env.KEYTURN_SEED === undefined
    ? Array.from({ length: 200 }, (_, seed) => seed + 1)
    : [Number(process.env.KEYTURN_SEED)];
const START = "rotate start --gate demo --yes --key-type ecdsa-p256 --wait";
const RESUME = "rotate resume --gate demo --wait";
/** Every documented exit code except the one for our own bugs. */
const NAMED = new Set([0, 1, 5, 6, 7, 8]);

/** Some calls fail, before or after their effect, with no answer. */
function faulty(random: () => number, share: number): Around {
  return async (operation, _kind, call) => {
    const chance = random();
    if (chance < share / 2) throw new RemoteError("ERR_REMOTE", `${operation} failed`);
    const answer = call();
    if (chance < share) throw new RemoteError("ERR_UNREACHABLE", `no answer to ${operation}`);
    return answer;
  };
}

/** A third party removes an ID from the group, writes the old value again, or writes somebody's key. */
async function thirdParty(world: SiteWorld, random: () => number, times: number): Promise<void> {
  const { site, clock } = world;
  const { cloudFront, secrets } = site.account;
  const first = secrets.text(DEMO.secret) ?? "";
  for (let time = 0; time < times; time += 1) {
    await clock.sleep(1 + random() * 50);
    // Nobody watches before and after the rotation: keyturn need not repair damage done then.
    if (!isOpen(world)) continue;
    const group = cloudFront.keyGroups.get(site.ids.keyGroupId);
    const { items } = group.config;
    const kind = random();
    if (kind < 0.4 && items.length > 1) {
      const gone = Math.floor(random() * items.length);
      const kept = items.filter((_, at) => at !== gone);
      cloudFront.keyGroups.update(group.id, group.etag, {
        ...group.config,
        comment: "by hand",
        items: kept,
      });
    } else if (kind < 0.7) {
      secrets.put(DEMO.secret, first);
    } else {
      secrets.put(DEMO.secret, JSON.stringify({ keyPairId: "KSTRANGER00000", privateKey: "not a key" }));
    }
  }
}

function hasRecord({ site }: SiteWorld): boolean {
  return site.account.secrets.registry.has(site.account.region, `${DEMO.secret}.keyturn`);
}

function isOpen(world: SiteWorld): boolean {
  const { secrets } = world.site.account;
  return (
    hasRecord(world) && JSON.parse(secrets.text(`${DEMO.secret}.keyturn`) ?? "{}").finished === undefined
  );
}

interface Run {
  readonly codes: readonly number[];
  readonly errors: string;
}

async function operate(world: MemoryWorld, lines: readonly string[], pause: () => number): Promise<Run> {
  const codes: number[] = [];
  for (const line of lines) {
    await world.clock.sleep(pause());
    codes.push(await runProgram(words(line), world));
  }
  return { codes, errors: world.terminal.stderr };
}

afterEach(() => {
  vi.restoreAllMocks();
});

it("random rehearsals end well, and each failing seed is named", async () => {
  expect(await failingRows(SEEDS, (seed) => `seed ${seed}`, rehearse)).toEqual([]);
}, 14_400_000);

async function rehearse(seed: number): Promise<void> {
  vi.restoreAllMocks();
  const sleeps = vi.spyOn(globalThis, "setTimeout");
  const { fraction } = seededRandom(seed * 7919);
  const world = await siteWorld({
    seed,
    settings: { cookieTtl: 15, signerCache: 5, settle: 5, propagation: 4 },
  });
  const share = fraction() < 0.5 ? 0 : 0.04;
  const isAborted = fraction() < 0.25;
  const disturbances = fraction() < 0.4 ? 0 : 1 + Math.floor(fraction() * 2);
  const first = operate(world.direct(faulty(fraction, share)), [START, RESUME, RESUME], () => fraction() * 5);
  const lines = isAborted ? [RESUME, "rotate abort --gate demo --yes --wait", RESUME] : [RESUME, RESUME];
  const second = operate(world.direct(faulty(fraction, share)), lines, () => 5 + fraction() * 60);
  const runs = await world.clock.run(
    Promise.all([first, second, thirdParty(world, fraction, disturbances)]).then(([one, other]) => [
      one,
      other,
    ]),
  );
  for (const { codes, errors } of runs) {
    for (const code of codes) expect(NAMED.has(code), `exit ${code}\n${errors}`).toBe(true);
  }
  // Resumes without further faults until it is over.
  const last = world.direct();
  let code = -1;
  if (!hasRecord(world)) await world.clock.run(runProgram(words(START), last));
  for (let turn = 0; turn < 6 && code !== 0; turn += 1) {
    code = await world.clock.run(runProgram(words(RESUME), last));
  }
  expect(code, last.terminal.stderr).toBe(0);
  expectSound(world);
  expect(sleeps.mock.calls.filter(([, length]) => (length ?? 0) > 10)).toEqual([]);
}

/** AWSCURRENT is on a key that the group trusts; no label and no key of the rotation is left. */
function expectSound({ site }: SiteWorld): void {
  const { cloudFront, secrets } = site.account;
  const { items } = cloudFront.keyGroups.get(site.ids.keyGroupId).config;
  const { keyPairId } = JSON.parse(secrets.text(DEMO.secret) ?? "{}");
  expect(items).toContain(keyPairId);
  expect([...cloudFront.state.publicKeys.keys()]).toEqual(items);
  const labels = Object.values(secrets.stages(DEMO.secret)).flat();
  expect(labels).not.toContain(LABEL.new);
  expect(labels).not.toContain(LABEL.old);
}
