/** `keyturn rotate history` lists past rotations, from the versions of a gate's record. */
import { describe, expect, it } from "vitest";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { deleteSecret } from "../../src/sandbox/secrets/lifecycle.ts";
import { plainPut } from "../../src/sandbox/third-party.ts";
import { memoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { type SiteWorld, siteWorld } from "./site-world.ts";

const START = "rotate start --gate demo --yes --key-type ecdsa-p256";
const RECORD = `${DEMO.secret}.keyturn`;
const settings = { cookieTtl: 30, signerCache: 10, settle: 8 };

async function historyOf(world: SiteWorld, more = "") {
  const { stdout, exitCode } = await runCommand(
    words(`rotate history --json ${more}`),
    world.direct(undefined, { env: { AWS_REGION: DEMO.region } }),
  );
  return { ...JSON.parse(stdout), exitCode };
}

/** One rotated, one aborted, one replaced in an emergency, and one still open. */
async function fourRotations() {
  const world = await siteWorld({ settings });
  const run = async (line: string) => {
    const { exitCode, stderr } = await runCommand(words(line), world.direct());
    expect([0, 8], stderr).toContain(exitCode);
  };
  await run(`${START} --ticket OPS-1 --wait`);
  await run(`${START} --ticket OPS-2 --until key-uploaded`);
  await run("rotate abort --gate demo --yes --wait");
  await run(`${START} --ticket OPS-3 --compromised --yes-cut-off-viewers --wait`);
  await run(`${START} --ticket OPS-4 --until key-trusted`);
  return world;
}

describe("rotate history", () => {
  it("shows who rotated when, for which ticket, how long it took and how it ended, newest first", async () => {
    const world = await fourRotations();
    const { result, exitCode } = await historyOf(world, "--gate demo");
    expect(exitCode).toBe(0);
    expect(result).toMatchObject({
      gate: "demo",
      start: "first",
      unreadable: 0,
      rotations: [
        { outcome: "open", mode: "normal", startedBy: { ticket: "OPS-4" } },
        { outcome: "rotated", mode: "compromised", startedBy: { ticket: "OPS-3" } },
        { outcome: "aborted", mode: "normal", startedBy: { ticket: "OPS-2" } },
        { outcome: "rotated", mode: "normal", startedBy: { ticket: "OPS-1", host: "operator-1@laptop" } },
      ],
    });
    const [open, third, second, first] = result.rotations;
    expect(open).not.toHaveProperty("finishedAt");
    expect([third.old, second.old]).toEqual([first.new, first.new]);
    expect(first.took).toBe((Date.parse(first.finishedAt) - Date.parse(first.openedAt)) / 1000);
    const { stdout } = await runCommand(words("rotate history --gate demo --no-color"), world.direct());
    expect(stdout.split("\n").map((line) => line.split(/ {2,}/).slice(1, 2)[0])).toEqual([
      "outcome",
      "open",
      "compromised",
      "aborted",
      "rotated",
      undefined,
    ]);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it("does not count a version that lost the race to open the record", async () => {
    const world = await fourRotations();
    const { vault } = await world.direct().cloud({});
    const record = JSON.parse(world.site.account.secrets.text(RECORD) ?? "");
    const lost = JSON.stringify({ ...record, rotation: "20260101-aaaaaa", goal: "abort" });
    const { Sealed } = await import("../../src/sealed.ts");
    await world.clock.run(vault.put(RECORD, "a".repeat(64), { text: new Sealed(lost) }, ["keyturn-next"]));
    const { result } = await historyOf(world);
    expect(result.rotations).toHaveLength(4);
    expect(result.start).toBe("first");
  });

  it("reports that Secrets Manager removed older versions, and shows the rest", async () => {
    const world = await fourRotations();
    const { registry } = world.site.account.secrets;
    const secret = registry.findPrimary(DEMO.region, RECORD);
    const dropped = secret.versions.findIndex(({ value }) => JSON.stringify(value).includes("OPS-3")) - 2;
    registry.saveChanged({ ...secret, versions: secret.versions.slice(dropped) });
    const { result } = await historyOf(world);
    expect(result.start).toBe("pruned");
    expect(
      result.rotations.map(({ startedBy }: { startedBy: { ticket: string } }) => startedBy.ticket),
    ).toEqual(["OPS-4", "OPS-3", "OPS-2"]);
    const { stdout } = await runCommand(words("rotate history --gate demo"), world.direct());
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "Secrets Manager keeps at most 100 versions of a secret",
    );
  });

  it("shows rotations from before the record was overwritten and restored", async () => {
    const world = await siteWorld({ settings });
    await runCommand(words(`${START} --ticket OPS-1 --wait`), world.direct());
    plainPut(world.site.account, RECORD, "oops");
    await runCommand(words("rotate resume --gate demo --rebuild-record"), world.direct());
    await runCommand(words(`${START} --ticket OPS-2 --wait`), world.direct());
    const { result } = await historyOf(world);
    expect(result.rotations).toHaveLength(2);
  });

  it("reports that keyturn never rotated a gate", async () => {
    const world = await siteWorld();
    expect((await historyOf(world)).result).toEqual({ gate: "demo", state: "never-rotated" });
  });
});

describe("rotate history --all", () => {
  it("lists the gates of the account together, with or without keyturn.yaml", async () => {
    const world = await fourRotations();
    const both: Record<string, string>[] = [{ "keyturn.yaml": world.site.gateYaml }, {}];
    for (const files of both) {
      const { stdout, exitCode } = await runCommand(
        words("rotate history --all --no-color"),
        world.direct(undefined, { files }),
      );
      expect(exitCode).toBe(0);
      expect(stdout.match(/^demo {2}\d{4}-/gm)).toHaveLength(4);
    }
  });

  it("shows the gates of one account even if another account refuses, and exits 1", async () => {
    const world = await fourRotations();
    const other = world.site.gateYaml
      .replace(/^gates:\n/m, "")
      .replace(/^ {2}demo:\n/m, "  elsewhere:\n    profile: elsewhere\n");
    const files = { "keyturn.yaml": `${world.site.gateYaml}\n${other}` };
    const operator = world.direct(undefined, { files });
    const refusing = {
      ...operator,
      cloud: async (options: Parameters<typeof operator.cloud>[0]) => {
        const cloud = await operator.cloud(options);
        if (options.profile !== "elsewhere") return cloud;
        const { AccessError } = await import("../../src/errors.ts");
        throw new AccessError("ERR_CREDENTIALS", "AWS rejected the credentials", ["aws sso login"]);
      },
    };
    const { stdout, exitCode } = await runCommand(words("rotate history --all --json"), refusing);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: "finding",
      result: [{ gate: "demo" }],
      findings: [{ id: "gate-unreadable", evidence: ["ERR_CREDENTIALS"], remedy: "aws sso login" }],
    });
  });

  it("names a record that is scheduled for deletion", async () => {
    const world = await fourRotations();
    deleteSecret(world.site.account.secrets.registry, DEMO.region, RECORD, { isForced: false });
    const { findings } = await historyOf(
      { ...world, direct: (around) => world.direct(around, { files: {} }) },
      "--all",
    );
    expect(findings).toMatchObject([{ id: "rotation-record-deleted" }]);
  });

  it("reports that an account has no records", async () => {
    const { stdout } = await runCommand(
      words("rotate history --all"),
      memoryWorld({ cloud: (await siteWorld()).site.account.handler, env: { AWS_REGION: DEMO.region } }),
    );
    expect(stdout).toContain("no gate of this account and region has a rotation record");
  });
});
