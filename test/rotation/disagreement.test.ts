/** What an operator sees while AWS's reads disagree: the cause and the deadline, but not one line per retry. */
import { describe, expect, it } from "vitest";
import { ConflictError } from "../../src/errors.ts";
import { reportDisagreement } from "../../src/rotation/disagreement.ts";
import { commentWithEpoch, gateMark } from "../../src/rotation/group-comment.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { runCommand, words } from "../fakes/memory-world.ts";
import { type SiteWorld, siteWorld } from "./site-world.ts";

const arnOf = ({ account }: SiteWorld["site"]) =>
  account.secrets.registry.findPrimary(DEMO.region, DEMO.secret).arn;
const START = words("rotate start --gate demo --yes --key-type ecdsa-p256 --until key-trusted");
const SAID = "the Comment of key group demo-signers has epoch 9, the record only epoch 1";

/** Writes an epoch that the record never had into the group's Comment, under that gate's mark or under none. */
function stain({ site }: SiteWorld, mark = gateMark(arnOf(site))): void {
  const { keyGroups } = site.account.cloudFront;
  const { config, etag } = keyGroups.get(site.ids.keyGroupId);
  keyGroups.update(site.ids.keyGroupId, etag, { ...config, comment: commentWithEpoch("x", mark, 9) });
}

describe("reads that disagree", () => {
  it("are reported every half minute while they are repeated, with the deadline", async () => {
    const world = await siteWorld();
    await runCommand(START, world.direct());
    stain(world);
    for (const command of ["status", "resume"]) {
      const begun = world.clock.now();
      const { stderr, exitCode } = await runCommand(words(`rotate ${command} --gate demo`), world.direct());
      const told = stderr.split("\n").filter((line) => line.startsWith("gate demo: AWS's responses do not"));
      expect(told).toHaveLength(4);
      for (const line of told) {
        expect(line).toContain(`yet: ${SAID}; `);
        // AWS's Dates are whole seconds, so "about" can be off by one.
        const until = Date.parse(/ until about (\S+)$/.exec(line)?.[1] ?? "") / 1000;
        expect(Math.abs(until - (begun + 120.5))).toBeLessThanOrEqual(1.5);
      }
      expect(stderr).toContain(`error: ${SAID}: the Comment was copied, or an older record was put back`);
      // No hint to run the command that would print the same again.
      expect(stderr.match(/^hint: .*$/gm)).toEqual(["hint: keyturn rotate amend --gate demo"]);
      expect(exitCode).toBe(7);
    }
  });

  it.each([
    ["another gate's", () => "0ther0"],
    ["an earlier keyturn's, copied from elsewhere", () => undefined],
  ])("are not reported for a Comment whose higher epoch is %s", async (_, mark) => {
    const world = await siteWorld();
    await runCommand(START, world.direct());
    stain(world, mark() ?? "");
    const { stderr, exitCode } = await runCommand(words("rotate resume --gate demo --wait"), world.direct());
    expect(exitCode).toBe(0);
    expect(stderr).not.toContain("do not agree");
  });

  it("end in an error that names the differing reads, if they never agree", async () => {
    const world = await siteWorld();
    await runCommand(START, world.direct());
    const blind = world.direct(async (operation, _kind, call) => {
      const answer = call();
      return operation === "ListSecretVersionIds" ? ([] as typeof answer) : answer;
    });
    const { stderr, exitCode } = await runCommand(words("rotate resume --gate demo"), blind);
    expect(stderr).toContain(
      "error: AWS's responses do not agree: the version list and AWSCURRENT differ [ERR_REMOTE]\n",
    );
    expect(stderr).toContain("hint: keyturn rotate resume --gate demo --wait\n");
    expect(exitCode).toBe(6);
  });

  it("are not reported if they agree within seconds", async () => {
    const world = await siteWorld();
    await runCommand(START, world.direct());
    let lists = 0;
    const lagging = world.direct(async (operation, _kind, call) => {
      const answer = call();
      if (operation === "ListSecretVersionIds") lists += 1;
      return operation === "ListSecretVersionIds" && lists <= 3 ? ([] as typeof answer) : answer;
    });
    expect(await runCommand(words("rotate status --gate demo"), lagging)).toMatchObject({
      exitCode: 8,
      stderr: "",
    });
    expect(lists).toBe(4);
  });

  it("can hide a record that was just opened: the rotation continues once they show it", async () => {
    const world = await siteWorld();
    const begun = world.clock.now();
    let isOpened = false;
    const lagging = world.direct(async (operation, _kind, call) => {
      if (operation === "CreateSecret") isOpened = true;
      const answer = call();
      const isRecord = JSON.stringify(answer ?? "").includes(".keyturn");
      if (operation === "GetSecretValue" && isRecord && isOpened && world.clock.now() < begun + 12) {
        throw new ConflictError("ERR_NOT_FOUND", "no such secret");
      }
      return answer;
    });
    const { exitCode, stderr } = await runCommand(START, lagging);
    expect(stderr).toContain("do not agree yet: the rotation record is not found, but it existed");
    expect(stderr).not.toContain("error:");
    expect(exitCode).toBe(8);
  });

  it("can show the previous rotation for a while: its end is not taken for the new one's", async () => {
    const world = await siteWorld();
    const first = world.direct();
    await runCommand(words("rotate start --gate demo --yes --key-type ecdsa-p256 --wait"), first);
    const begun = world.clock.now();
    let stale: unknown;
    const lagging = world.direct(async (operation, _kind, call) => {
      const answer = call();
      const isRecord = operation === "GetSecretValue" && JSON.stringify(answer).includes(".keyturn");
      if (!isRecord) return answer;
      stale ??= answer;
      return world.clock.now() < begun + 12 ? (stale as typeof answer) : answer;
    });
    const { exitCode, stdout, stderr } = await runCommand(START, lagging);
    expect(stderr).toMatch(/yet: the rotation record is for \S+, but \S+ was opened; reading/);
    expect(stdout).toContain("(forward, epoch 2)");
    expect(exitCode).toBe(8);
  });

  it("are reported at once if other reads start to differ, wrapped to the terminal's width", () => {
    const notes: string[] = [];
    const note = (text: string) => notes.push(text);
    const tell = reportDisagreement({ note, interactive: true, columns: 80 });
    const seen = { gate: "demo", since: 1_800_000_000, until: 1_800_000_120 };
    for (const [after, what] of [
      [2, "one"],
      [4, "one"],
      [23, "one"],
      [24, "one"],
      [25, "other"],
    ] as const) {
      tell({ ...seen, what, now: seen.since + after });
    }
    expect(notes.map((text) => /yet:\s(\w+);/.exec(text)?.[1])).toEqual(["one", "one", "other"]);
    for (const line of notes.join("\n").split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });
});
