/**
 * Every printed next step works. A third party acts at some stage; then each command that keyturn prints is run in a
 * world of its own: it succeeds, changes the state towards an end, or only reads. And some sequence of printed commands
 * ends with one trusted key that signs, and viewers who are served. The same must hold for whatever keyturn prints
 * under a fault of AWS, the edge or the origin. By default some stages are picked at random; `KEYTURN_CLOSURE=all`
 * tries every one.
 */
import { describe, expect, it } from "vitest";
import { STAGES, type Stage } from "../../../src/rotation/stage.ts";
import { LABEL } from "../../../src/rotation/version-id.ts";
import { DEMO } from "../../../src/sandbox/demo-gate.ts";
import { type MemoryWorld, type Ran, runCommand, words } from "../../fakes/memory-world.ts";
import { seededRandom } from "../../fakes/seeded-random.ts";
import { clearFaults, SANDBOX_FAULTS } from "../sandbox-faults.ts";
import { type SiteWorld, siteWorld } from "../site-world.ts";
import { Viewers } from "../viewers.ts";
import { FOREIGN_ACTS, type ForeignAct, itemsOf, RECORD } from "./acts.ts";
import { isRead, printedCommands, typed } from "./printed.ts";

const ASKED = process.env.KEYTURN_CLOSURE ?? "1";
const START = "keyturn rotate start --gate demo --yes --key-type ecdsa-p256 --wait";
const SETTINGS = { cookieTtl: 12, signerCache: 4, settle: 6, propagation: 4 } as const;
/** What the person on call may run first. */
const FIRST = [
  "keyturn rotate status --gate demo --json",
  "keyturn rotate resume --gate demo --wait",
  "keyturn rotate abort --gate demo --yes --wait",
  "keyturn rotate plan --gate demo --json",
];
/** How many printed commands a path to an end may have. */
const LONGEST = 6;

interface Scene {
  readonly world: SiteWorld;
  readonly operator: MemoryWorld;
}

interface Cell {
  readonly act: ForeignAct;
  readonly stage: Stage;
  /** Commands to run before the act: an abort in progress, an emergency. */
  readonly before?: readonly string[];
  /** The fault ends once the first command has run into it: the network recovers, or someone logs in again. */
  readonly isCleared?: true;
}

async function struck({ act, stage, before = [] }: Cell): Promise<Scene> {
  const world = await siteWorld({ settings: SETTINGS });
  const direct = world.direct();
  await runCommand(words(`${START} --until ${stage}`), direct);
  for (const line of before) await runCommand(words(line), direct);
  act.strike(world);
  return { world, operator: act.isRefusedByAws ? world.operator() : direct };
}

/** The parts of the state that matter for an end. How often somebody asked the edge does not. */
function stateOf({ world: { site } }: Scene): string {
  const { cloudFront, secrets } = site.account;
  const has = secrets.registry.has(site.account.region, RECORD);
  const record = has ? recordText(site) : "none";
  const deletion = has ? secrets.registry.findPrimary(site.account.region, RECORD).deletion : undefined;
  const { rotation } = secrets.registry.findPrimary(site.account.region, DEMO.secret);
  const groups = [...cloudFront.state.keyGroups.values()].map(({ config }) => config);
  const keys = [...cloudFront.state.publicKeys.keys()];
  return JSON.stringify([
    record,
    deletion !== undefined,
    rotation,
    groups,
    keys,
    secrets.stages(DEMO.secret),
  ]);
}

function recordText({ account }: SiteWorld["site"]): unknown {
  const { versions } = account.secrets.registry.findPrimary(account.region, RECORD);
  const value = versions.find(({ stages }) => stages.includes("AWSCURRENT"))?.value;
  const text = value !== undefined && "text" in value ? value.text : "";
  try {
    const { proofs: _, ...record } = JSON.parse(text);
    return record;
  } catch {
    return text;
  }
}

/** One trusted key signs, viewers are served, and nothing of a rotation is left open. */
function isEnd({ world }: Scene): boolean {
  const { secrets } = world.site.account;
  const current = JSON.parse(secrets.text(DEMO.secret) ?? "{}").keyPairId;
  const labels = Object.values(secrets.stages(DEMO.secret)).flat();
  const record = secrets.registry.has(world.site.account.region, RECORD) ? recordText(world.site) : {};
  const isOver =
    typeof record === "object" && record !== null && ("finished" in record || !("rotation" in record));
  return isOver && itemsOf(world).includes(current) && !labels.includes(LABEL.new);
}

/**
 * Once signers have read the secret again and every edge location has the change: does everybody who mints get in
 * everywhere?
 */
async function areServed({ world }: Scene): Promise<boolean> {
  const viewers = new Viewers(world);
  const watch = async () => {
    await world.clock.sleep(3);
    viewers.stop();
  };
  await world.clock.advance(SETTINGS.signerCache + SETTINGS.propagation + 1);
  await world.clock.run(Promise.all([viewers.run(), watch()]));
  return viewers.requests > 0 && viewers.denied.length === 0;
}

/** --json prints the same commands, and shows where each begins, which text does not. */
const withJson = (line: string) =>
  /^keyturn rotate (status|plan|start|resume|abort)/.test(line) && !line.includes("--json")
    ? `${line} --json`
    : line;

/** The world after these commands, and what the last one printed. */
async function after(cell: Cell, lines: readonly string[]): Promise<Scene & { readonly last: Ran }> {
  const scene = await struck(cell);
  let last: Ran = { stdout: "", stderr: "", exitCode: -1 };
  for (const [at, line] of lines.entries()) {
    last = await typed(withJson(line), scene.world, scene.operator);
    if (at === 0 && cell.isCleared) clearFaults(scene.world);
  }
  return { ...scene, last };
}

/** A command may require one that was printed before it. */
async function expectEachWorks(cell: Cell, first: string, where: string): Promise<void> {
  const { last } = await after(cell, [first]);
  const printed = printedCommands(last);
  for (const [at, line] of printed.entries()) {
    const earlier = printed.slice(0, at).filter((each) => !isRead(each));
    const tries: string[] = [];
    for (const lines of [[], ...earlier.map((each) => [each])]) {
      const scene = await after(cell, [first, ...lines]);
      const before = stateOf(scene);
      const ran = await typed(line, scene.world, scene.operator);
      expect(ran.stderr, `${where}, ${first}, printed "${line}"`).not.toMatch(/ERR_(INTERNAL|USAGE)/);
      if (ran.exitCode === 0 || ran.exitCode === 8 || isRead(line) || stateOf(scene) !== before) break;
      // The command only shows the cause, and prints a new one that changes something; `wayOut` follows that.
      if (printedCommands(ran).some((each) => !isRead(each) && !printed.includes(each))) break;
      tries.push(`${[...lines, line].join(", then ")}: ${ran.exitCode}\n${ran.stderr}`);
    }
    expect(tries.length, `${where}, ${first}, printed "${line}":\n${tries.join("\n")}`).toBeLessThan(
      1 + earlier.length,
    );
  }
}

/** Searches printed commands breadth first, each state once. Undefined if no path ends. */
async function wayOut(cell: Cell, first: string): Promise<readonly string[] | undefined> {
  const seen = new Set<string>();
  let paths: readonly (readonly string[])[] = [[first]];
  for (let length = 0; length <= LONGEST; length += 1) {
    const next: string[][] = [];
    for (const path of paths) {
      const scene = await after(cell, path);
      if (isEnd(scene) && (await areServed(scene))) return path;
      const printed = printedCommands(scene.last);
      const state = `${stateOf(scene)}|${printed.join()}`;
      if (seen.has(state)) continue;
      seen.add(state);
      // AWS's own commands, and those for a secret, print no next step of a rotation: check the status after one. After
      // "no response from AWS", or if told to retry, run the same command again.
      if (/run the command again|\[ERR_UNREACHABLE\]/.test(scene.last.stderr + scene.last.stdout)) {
        next.push([...path, path.at(-1) ?? first]);
      }
      next.push(
        ...printed.map((line) => [...path, line, ...(/^(aws|keyturn secret) /.test(line) ? [first] : [])]),
      );
    }
    paths = next;
  }
  return undefined;
}

/** Picks as many stages for each act as there is time for. */
function drawn(act: ForeignAct, seed: number): readonly Stage[] {
  const { fraction } = seededRandom(seed + FOREIGN_ACTS.indexOf(act));
  return STAGES.map((stage) => ({ stage, lot: fraction() }))
    .sort((one, other) => one.lot - other.lot)
    .slice(0, 1)
    .map(({ stage }) => stage);
}

/** In an abort or an emergency, some ways out are closed. */
const TURNED: readonly (readonly [string, readonly string[]])[] = [
  ["in an abort", ["rotate abort --gate demo --yes"]],
  ["in an emergency", ["rotate resume --gate demo --compromised --yes-cut-off-viewers"]],
];

describe("after a third party's act", () => {
  for (const [turned, before] of TURNED) {
    const stages: readonly Stage[] = ["trust-proven", "signer-switched", "old-untrusted"];
    FOREIGN_ACTS.forEach((act, at) => {
      for (const stage of ASKED === "all" ? stages : at % 6 === 0 ? stages.slice(1, 2) : []) {
        it(`${act.name}, ${turned} after ${stage}: some path of printed commands ends`, async () => {
          const way = await wayOut({ act, stage, before }, FIRST[0] as string);
          expect(
            way,
            `somebody ${act.name}, ${turned} after ${stage}: no sequence of printed commands finishes`,
          ).toBeDefined();
        });
      }
    });
  }

  for (const act of FOREIGN_ACTS) {
    for (const stage of ASKED === "all" ? STAGES : drawn(act, Number(ASKED))) {
      const where = `somebody ${act.name}, after ${stage}`;
      it(`${act.name}, after ${stage}: each printed command works, and at least one sequence of them finishes`, async () => {
        const cell = { act, stage };
        for (const first of FIRST) await expectEachWorks(cell, first, where);
        const way = await wayOut(cell, FIRST[0] as string);
        expect(way, `${where}: no sequence of printed commands finishes`).toBeDefined();
      });
    }
  }
});

/** Faults that end by themselves; what other people change is covered by the acts. */
const FAULTED = SANDBOX_FAULTS.filter(
  ({ isEdit, isEndless, clock }) => !isEdit && !isEndless && clock === undefined,
).flatMap(({ name, strike }) => STAGES.slice(0, -1).map((stage) => ({ name, strike, stage })));

function drawnFaults(seed: number): typeof FAULTED {
  const { fraction } = seededRandom(seed);
  return FAULTED.map((cell) => ({ cell, lot: fraction() }))
    .sort((one, other) => one.lot - other.lot)
    .slice(0, 10)
    .map(({ cell }) => cell);
}

describe("once a fault is over", () => {
  for (const { name, strike, stage } of ASKED === "all" ? FAULTED : drawnFaults(Number(ASKED))) {
    const where = `${name}, after ${stage}`;
    it(`${where}: each command printed during it works, and at least one sequence of them finishes`, async () => {
      const cell = { act: { name, strike, isRefusedByAws: true }, stage, isCleared: true } as const;
      const first = "keyturn rotate resume --gate demo --wait";
      await expectEachWorks(cell, first, where);
      expect(await wayOut(cell, first), `${where}: no sequence of printed commands finishes`).toBeDefined();
    });
  }
});
