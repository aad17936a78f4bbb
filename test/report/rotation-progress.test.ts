/** The output of a running rotation: stages and a countdown on a terminal, a log elsewhere; on the manual clock. */
import { describe, expect, it } from "vitest";
import { type MemoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { siteWorld } from "../rotation/site-world.ts";

const SETTINGS = { cookieTtl: 90, signerCache: 10, settle: 8 };
const START = "rotate start --yes --key-type ecdsa-p256 --no-color";

/** Marks lines that are redrawn, as opposed to permanent ones. */
function watched(world: MemoryWorld, interactive: boolean) {
  const live: string[] = [];
  const notes: string[] = [];
  const terminal = Object.create(world.terminal, {
    interactive: { value: interactive },
    live: { value: interactive },
    columns: { value: interactive ? 80 : undefined },
    note: { value: (text: string) => notes.push(text) },
    insist: { value: (text: string) => notes.push(text) },
    progress: { value: (text: string) => live.push(text) },
  });
  return { world: { ...world, terminal } as MemoryWorld, live, notes };
}

describe("a rotation on a terminal", () => {
  it("marks each stage once it is complete, and counts down second by second in between", async () => {
    const { operator } = await siteWorld({ settings: SETTINGS });
    const { world, live, notes } = watched(operator(), true);
    expect((await runCommand(words(`${START} --wait`), world)).exitCode).toBe(0);
    const marked = notes.filter((line) => /^ {2}ok [a-z-]+ +\d\d:\d\d:\d\dZ {2}\w/.test(line));
    expect(marked).toHaveLength(10);
    const drained = live.filter((line) => line.includes("old-cookies-expired"));
    // 90 s of the cookie, 10 s of the signers' cache, the skew.
    expect(drained.length).toBeGreaterThan(100);
    expect(drained[0]).toMatch(
      /^ {2}\.\. old-cookies-expired {2}1m 4\ds left, until \d\d:\d\d:\d\dZ: the last/,
    );
    for (const line of live) expect(line.length).toBeLessThanOrEqual(77);
  });

  it("prints the stage that --until names as complete, and counts earlier ones when it resumes", async () => {
    const { operator } = await siteWorld({ settings: SETTINGS });
    const first = watched(operator(), true);
    await runCommand(words(`${START} --wait --until key-uploaded`), first.world);
    expect(first.notes.some((line) => /^ {2}ok key-uploaded /.test(line))).toBe(true);
    const second = watched(operator(), true);
    await runCommand(words("rotate resume --yes --wait --until trust-proven --no-color"), second.world);
    expect(second.notes).toContain("  ok 3 of 10 stages were already complete");
    expect(second.notes.filter((line) => /^ {2}ok [a-z-]+ +\d/.test(line))).toHaveLength(2);
  });

  it("marks the completed stage if the run ends in the next one's wait, and leaves a line before the status", async () => {
    const { operator } = await siteWorld({ settings: SETTINGS });
    await runCommand(words(`${START} --wait --until trust-proven`), operator());
    const switched = watched(operator(), true);
    await runCommand(words("rotate resume --yes --no-color"), switched.world);
    expect(switched.notes.filter((line) => /^ {2}ok [a-z-]+ +\d/.test(line))).toEqual([
      expect.stringMatching(/^ {2}ok signer-switched +\d/),
    ]);
    const waiting = watched(operator(), true);
    await runCommand(words("rotate resume --no-color"), waiting.world);
    expect(waiting.notes).toEqual([expect.stringContaining("  continue rotation"), ""]);
  });

  it("does not mark a stage if the run ends during that stage's own wait", async () => {
    const { operator } = await siteWorld({ settings: SETTINGS });
    const proving = watched(operator(), true);
    await runCommand(words(START), proving.world);
    const marked = proving.notes.filter((line) => /^ {2}ok [a-z-]+ +\d/.test(line));
    expect(marked.at(-1)).toMatch(/^ {2}ok key-trusted /);
  });

  it("prints every act under --verbose, as in a log", async () => {
    const { operator } = await siteWorld({ settings: SETTINGS });
    const { world, live, notes } = watched(operator(), true);
    await runCommand(words(`${START} --verbose --until key-trusted`), world);
    expect(notes.join("\n")).toMatch(/^\d\d:\d\d:\d\dZ key-stored: create a key pair/m);
    expect(live).toEqual([]);
  });
});

describe("a rotation in a log", () => {
  it("reports every 30 s that it is still waiting, and until when", async () => {
    const { operator } = await siteWorld({ settings: SETTINGS });
    const { world, live, notes } = watched(operator(), false);
    await runCommand(words(`${START} --wait`), world);
    const beats = notes.flatMap((line) => {
      const [, left, until] = /Z old-cookies-expired: (.*) left, until (\S+Z), waiting for/.exec(line) ?? [];
      return left === undefined ? [] : [[left, until]];
    });
    expect(beats.map(([left]) => left)).toEqual(["1m 42s", "1m 12s", "42s", "12s"]);
    expect(new Set(beats.map(([, until]) => until)).size).toBe(1);
    expect(live).toEqual([]);
  });
});
