/** `keyturn rotate status --watch` follows a rotation that somebody else drives. */
import { describe, expect, it } from "vitest";
import { InterruptError, RemoteError } from "../../src/errors.ts";
import { runProgram } from "../../src/program.ts";
import type { ManualClock } from "../fakes/manual-clock.ts";
import { type MemoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { type SiteWorld, siteWorld } from "./site-world.ts";

const settings = { cookieTtl: 90, signerCache: 10, settle: 30 };
const START = "rotate start --gate demo --yes --key-type ecdsa-p256";
const WATCH = "rotate status --gate demo --watch --no-color";

/** Marks lines that are redrawn, as opposed to permanent ones. */
function watching(site: SiteWorld, isTerminal: boolean, env = {}) {
  const drawn: string[] = [];
  const lines: string[] = [];
  const world = site.direct();
  const terminal = Object.create(world.terminal, {
    interactive: { value: isTerminal },
    columns: { value: isTerminal ? 80 : undefined },
    note: { value: (text: string) => lines.push(text) },
    progress: { value: (text: string) => drawn.push(text) },
  });
  return { world: { ...world, terminal, env: { ...world.env, ...env } } as MemoryWorld, drawn, lines };
}

/** The world's clock with a different sleep. */
function sleeping({ clock }: MemoryWorld, sleep: ManualClock["sleep"]): ManualClock {
  const { now, run, deadline } = clock;
  const bound = { now: now.bind(clock), run: run.bind(clock), deadline: deadline.bind(clock), sleep };
  return bound as Partial<ManualClock> as ManualClock;
}

/** Whenever the watcher sleeps, somebody else takes the rotation as far as it can go. */
async function driven(site: SiteWorld, watcher: MemoryWorld, line = WATCH) {
  const other = site.direct();
  const clock = sleeping(watcher, async (length, signal) => {
    await watcher.clock.sleep(length, signal);
    await runProgram(words("rotate resume --gate demo --yes --pending-ok"), other);
  });
  return runCommand(words(line), { ...watcher, clock });
}

describe("rotate status --watch", () => {
  it("prints a line for each change if stdout is no terminal, and ends with the rotation", async () => {
    const site = await siteWorld({ settings });
    await runCommand(words(`${START} --until key-trusted`), site.direct());
    const { world, lines, drawn } = watching(site, false);
    const { exitCode, stdout } = await driven(site, world);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("rotated, all 10 stages");
    expect(drawn).toEqual([]);
    const text = lines.join("\n");
    expect(text).toMatch(/^\d\d:\d\d:\d\dZ old-cookies-expired: waiting for .*, until \S+ \(1m \d+s\)$/m);
    expect(text).toMatch(/^\d\d:\d\d:\d\dZ trust-proven: over, took \d+s$/m);
    // Only changes are printed, not the passing of time.
    expect(new Set(lines.map((line) => line.slice(10))).size).toBe(lines.length);
    expect(text).not.toContain("\u001b");
  });

  it("redraws one block on a terminal, with the time of each stage", async () => {
    const site = await siteWorld({ settings });
    await runCommand(words(`${START} --until key-trusted`), site.direct());
    const { world, drawn, lines } = watching(site, true);
    expect((await driven(site, world)).exitCode).toBe(0);
    expect(lines).toEqual([]);
    const waiting = drawn.filter((block) => / -> old-cookies-expired/.test(block));
    expect(waiting.length).toBeGreaterThan(30);
    expect(waiting[0]).toMatch(/ok trust-proven {2,}\d\d:\d\d:\d\dZ {2}took \d+s/);
    expect(waiting[0]).toMatch(/ - {2}untrust-proven {2,}takes about \d+s/);
    expect(waiting.at(-1)).toContain("Ctrl-C stops watching, not the rotation");
    const lengths = drawn.flatMap((block) => block.split("\n").map((line) => line.length));
    expect(Math.max(...lengths)).toBeLessThanOrEqual(79);
    expect(Math.max(...drawn.map((block) => block.split("\n").length))).toBeLessThan(24);
  });

  it("redraws nothing on a dumb terminal", async () => {
    const site = await siteWorld({ settings });
    await runCommand(words(`${START} --until key-trusted`), site.direct());
    const { world, drawn, lines } = watching(site, true, { TERM: "dumb" });
    await driven(site, world);
    expect(drawn).toEqual([]);
    expect(lines.length).toBeGreaterThan(3);
  });

  it("calls AWS rarely: at most once a minute during a wait", async () => {
    const site = await siteWorld({ settings: { ...settings, cookieTtl: 3600 } });
    await runCommand(words(`${START} --wait --until signer-switched`), site.direct());
    let looks = 0;
    const { world } = watching(site, false);
    const counting: MemoryWorld = {
      ...world,
      cloud: async (options) => {
        const real = await world.cloud(options);
        const vault = new Proxy(real.vault, {
          get(target, name) {
            if (name === "listVersions") looks += 1;
            return Reflect.get(target, name, target);
          },
        });
        return { ...real, vault };
      },
    };
    await driven(site, counting);
    expect(looks).toBeGreaterThan(50);
    expect(looks).toBeLessThan(75);
  });

  it("keeps watching while AWS does not answer, and reports it once", async () => {
    const site = await siteWorld({ settings });
    await runCommand(words(`${START} --until key-trusted`), site.direct());
    const { world, lines } = watching(site, false);
    let asked = 0;
    const failing: MemoryWorld = {
      ...world,
      cloud: async (options) => {
        const real = await world.cloud(options);
        const controlPlane = new Proxy(real.controlPlane, {
          get(target, name) {
            if (name !== "getKeyGroup") return Reflect.get(target, name, target);
            asked += 1;
            if (asked === 2 || asked === 3) throw new RemoteError("ERR_UNREACHABLE", "no answer from AWS");
            return target.getKeyGroup.bind(target);
          },
        });
        return { ...real, controlPlane };
      },
    };
    expect((await driven(site, failing)).exitCode).toBe(0);
    expect(
      lines.filter((line) => line.includes("no answer (no answer from AWS): trying again")),
    ).toHaveLength(1);
  });

  it("shows the last status when Ctrl-C stops it, exits 130, and changes nothing", async () => {
    const site = await siteWorld({ settings });
    await runCommand(words(`${START} --until key-trusted`), site.direct());
    const { world } = watching(site, false);
    const before = site.site.account.secrets.state;
    let sleeps = 0;
    const clock = sleeping(world, (length, signal) => {
      sleeps += 1;
      if (sleeps === 3) world.interruptNow(new InterruptError("SIGINT"));
      return world.clock.sleep(length, signal);
    });
    const ran = await runCommand(words(WATCH), { ...world, clock });
    expect(ran.exitCode).toBe(130);
    expect(ran.stdout).toContain("gate demo, rotation ");
    expect(ran.stderr).not.toContain("error:");
    expect(
      [...site.site.account.secrets.state.secrets.values()].map(({ versions }) => versions.length),
    ).toEqual([...before.secrets.values()].map(({ versions }) => versions.length));
  });

  it("ends at once if no rotation is open", async () => {
    const site = await siteWorld({ settings });
    expect((await runCommand(words(WATCH), site.direct())).exitCode).toBe(0);
    await runCommand(words(`${START} --wait`), site.direct());
    const { exitCode, stdout } = await runCommand(words(WATCH), site.direct());
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining("rotated")]);
  });

  it("sends notifications about what others do to the rotation", async () => {
    const site = await siteWorld({ settings });
    await runCommand(words(`${START} --until key-trusted`), site.direct());
    const told: string[] = [];
    const { world } = watching(site, false);
    const programs: MemoryWorld["programs"] = {
      ...world.programs,
      run: async (_program, _args, extra) => {
        const { event, stage, outcome } = JSON.parse(extra.reveal());
        told.push(`${event} ${stage ?? outcome}`);
        return 0;
      },
    };
    await driven(site, { ...world, programs }, `${WATCH} --notify cat`);
    expect(told).toEqual([
      "wait-over trust-proven",
      "wait-over old-cookies-expired",
      "wait-over untrust-proven",
      "finished rotated",
    ]);
  });

  it.each(["1s", "soon"])("refuses --watch %s", async (every) => {
    const ran = await runCommand(words(`rotate status --watch ${every}`), (await siteWorld()).direct());
    expect(ran.exitCode).toBe(2);
  });
});
