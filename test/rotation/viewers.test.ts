/** No valid viewer is denied while a rotation or an abort runs, at any edge location, up to a cookie's last second. */
import { describe, expect, it } from "vitest";
import { DEMO, type DemoGateSettings } from "../../src/sandbox/demo-gate.ts";
import { type Ran, type runCommand, words } from "../fakes/memory-world.ts";
import { type SiteWorld, siteWorld } from "./site-world.ts";
import { Viewers } from "./viewers.ts";

const OPTIONS = {
  settings: { cookieTtl: 12, signerCache: 4, settle: 6, propagation: 5 },
  mintLimit: { count: 100_000, per: 1 },
} as const;

/** A command, or something that happens between two commands. */
type Deed = string | ((world: SiteWorld, last: Ran) => void | Promise<void>);

async function underTraffic(
  deeds: readonly Deed[],
  settings: Partial<DemoGateSettings> = {},
): Promise<{ world: SiteWorld; viewers: Viewers; last: Ran }> {
  const world = await siteWorld({ ...OPTIONS, settings: { ...OPTIONS.settings, ...settings } });
  const viewers = new Viewers(world);
  const operator = world.direct();
  let last: Ran = { stdout: "", stderr: "", exitCode: -1 };
  const rotation = async () => {
    await world.clock.sleep(15);
    for (const deed of deeds) {
      if (typeof deed === "string") last = await runInside(deed, operator);
      else await deed(world, last);
    }
    await world.clock.sleep(15);
    viewers.stop();
  };
  await world.clock.run(Promise.all([viewers.run(), rotation()]));
  return { world, viewers, last };
}

/** Runs a command under a clock that somebody else advances. */
async function runInside(line: string, operator: Parameters<typeof runCommand>[1]): Promise<Ran> {
  const { runProgram } = await import("../../src/program.ts");
  const before = { out: operator.terminal.stdout.length, err: operator.terminal.stderr.length };
  const exitCode = await runProgram(words(line), operator);
  return {
    stdout: operator.terminal.stdout.slice(before.out),
    stderr: operator.terminal.stderr.slice(before.err),
    exitCode,
  };
}

describe("no valid viewer is denied", () => {
  it("through a whole rotation", async () => {
    const { viewers, last } = await underTraffic([
      "rotate start --gate demo --yes --key-type ecdsa-p256 --wait",
    ]);
    expect(last).toMatchObject({ exitCode: 0 });
    expect(viewers.denied).toEqual([]);
    expect(viewers.mintsByKey.size).toBe(2);
    expect(viewers.lastSeconds).toBeGreaterThan(20);
  });

  it("through an abort after the switch", async () => {
    const { viewers, last } = await underTraffic([
      "rotate start --gate demo --yes --key-type ecdsa-p256 --wait --until signer-switched",
      "rotate abort --gate demo --yes --wait",
    ]);
    expect(last).toMatchObject({ exitCode: 0 });
    expect(viewers.denied).toEqual([]);
  });

  it("through an abort after the old key was removed", async () => {
    const { viewers, last } = await underTraffic([
      "rotate start --gate demo --yes --key-type ecdsa-p256 --wait --until old-untrusted",
      "rotate abort --gate demo --yes --wait",
    ]);
    expect(last).toMatchObject({ exitCode: 0 });
    expect(viewers.denied).toEqual([]);
  });

  it("except, in an emergency, those with a cookie of the old key, once signers have moved off it", async () => {
    const { viewers, last } = await underTraffic([
      "rotate start --gate demo --yes-cut-off-viewers --compromised --key-type ecdsa-p256 --wait",
    ]);
    expect(last).toMatchObject({ exitCode: 0 });
    expect(viewers.denied.length).toBeGreaterThan(0);
    const [old] = [...viewers.mintsByKey.keys()];
    expect(new Set(viewers.denied.map(({ keyPairId }) => keyPairId))).toEqual(new Set([old]));
    expect(new Set(viewers.denied.map(({ code }) => code))).toEqual(new Set(["InvalidKey"]));
    // Nobody who got a cookie after the last signer moved off the old key is among them.
    expect(Math.min(...viewers.denied.map(({ age }) => age))).toBeGreaterThan(0);
  });
});

const START = "rotate start --gate demo --yes --key-type ecdsa-p256 --wait";
const signingId = ({ site }: SiteWorld): string =>
  JSON.parse(site.account.secrets.text(DEMO.secret) ?? "").keyPairId;
const newestId = ({ site }: SiteWorld): string =>
  site.account.cloudFront.keyGroups.get(site.ids.keyGroupId).config.items.at(-1) as string;

/** Gives signers exactly the key pair ID and the staging label that the halt names. Returns the label. */
function deployAsTold({ site }: SiteWorld, stderr: string): string {
  const [, id = "", label = ""] =
    /deploy every signer with key pair ID (\w+) and the private key of version stage (\S+) of/.exec(stderr) ??
    [];
  site.deployKeyPairId(id, label);
  return label;
}

describe("no valid viewer is denied, however signers get their key pair ID", () => {
  it("external: the rotation halts before AWSCURRENT moves, names what to deploy, and continues after that", async () => {
    let old = "";
    const { viewers, world, last } = await underTraffic(
      [
        (before) => {
          old = signingId(before);
        },
        START,
        (halted, { exitCode, stderr }) => {
          expect(exitCode).toBe(7);
          expect(signingId(halted)).toBe(old);
          expect(stderr).toContain("error: halted at signer-switched (external-deployment): ");
          expect(stderr).toContain(
            `hint: deploy every signer with key pair ID ${newestId(halted)} and the private key of version stage keyturn-`,
          );
          expect(stderr).toContain("hint: keyturn rotate resume --gate demo --deployed");
          deployAsTold(halted, stderr);
        },
        "rotate resume --gate demo --deployed --wait --until signer-switched",
        (switched, { exitCode }) => {
          expect(exitCode).toBe(8);
          expect(signingId(switched)).toBe(newestId(switched));
        },
        "rotate resume --gate demo --wait",
      ],
      { keyPairId: "external" },
    );
    expect(last).toMatchObject({ exitCode: 0 });
    expect(viewers.denied).toEqual([]);
    expect([...viewers.mintsByKey.keys()]).toEqual([old, signingId(world)]);
    expect(viewers.lastSeconds).toBeGreaterThan(20);
  });

  it.each([
    ["while it waits for the deployment", []],
    ["after the switch", ["rotate resume --gate demo --deployed --wait --until signer-switched"]],
  ])("external, in an abort %s: halts until signers are back on the old ID", async (_, more) => {
    let old = "";
    let fresh = "";
    const { viewers, world, last } = await underTraffic(
      [
        (before) => {
          old = signingId(before);
        },
        START,
        (halted, { stderr }) => {
          fresh = newestId(halted);
          deployAsTold(halted, stderr);
        },
        ...more,
        ({ clock }) => clock.sleep(5),
        "rotate abort --gate demo --yes --wait",
        (halted, { exitCode, stderr }) => {
          expect(exitCode).toBe(7);
          expect(stderr).toContain("error: halted at signer-switched-back (external-deployment): ");
          expect(stderr).toContain(`key pair ID ${old} and the private key of version stage keyturn-`);
          expect(newestId(halted)).toBe(fresh);
          deployAsTold(halted, stderr);
        },
        "rotate resume --gate demo --deployed",
        (back, { exitCode }) => {
          expect(exitCode).toBe(8);
          expect(signingId(back)).toBe(old);
        },
        "rotate resume --gate demo --wait",
      ],
      { keyPairId: "external" },
    );
    expect(last).toMatchObject({ exitCode: 0 });
    expect(viewers.denied).toEqual([]);
    expect([...viewers.mintsByKey.keys()]).toEqual([old, fresh]);
    expect(signingId(world)).toBe(old);
  });

  it("external, in three rotations, the second of them aborted: signers keep reading the label deployed last", async () => {
    const deployed: string[] = [];
    const deploy = (world: SiteWorld, { stderr }: Ran) => {
      deployed.push(deployAsTold(world, stderr));
    };
    const onDeployedLabel = ({ site }: SiteWorld) => {
      expect(site.account.secrets.text(DEMO.secret, deployed.at(-1))).toBeDefined();
    };
    const rest = "rotate resume --gate demo --deployed --wait";
    const { viewers, world, last } = await underTraffic(
      [
        ...[START, deploy, rest, onDeployedLabel, ({ clock }: SiteWorld) => clock.sleep(15)],
        ...[START, deploy, "rotate resume --gate demo --deployed", "rotate abort --gate demo --yes --wait"],
        ...[deploy, rest, onDeployedLabel, ({ clock }: SiteWorld) => clock.sleep(15)],
        ...[START, deploy, rest, onDeployedLabel, ({ clock }: SiteWorld) => clock.sleep(15)],
      ],
      { keyPairId: "external" },
    );
    expect(last).toMatchObject({ exitCode: 0 });
    expect(viewers.denied).toEqual([]);
    // The way back leads to the label that signers read before.
    expect(deployed[2]).toBe(deployed[0]);
    const labels = Object.values(world.site.account.secrets.stages(DEMO.secret)).flat();
    expect(labels.filter((label) => label.startsWith("keyturn-"))).toEqual([deployed.at(-1)]);
  });

  it("external, and no signer is deployed: the rotation stays halted, and no viewer notices", async () => {
    const { viewers, last } = await underTraffic([START, "rotate resume --gate demo --wait"], {
      keyPairId: "external",
    });
    expect(last).toMatchObject({
      exitCode: 7,
      stderr: expect.stringContaining("halted at signer-switched (external-deployment)"),
    });
    expect(viewers.denied).toEqual([]);
    expect(viewers.mintsByKey.size).toBe(1);
  });

  it("derived: the ID follows from the key", async () => {
    const { viewers, last } = await underTraffic([START], { keyPairId: "derived" });
    expect(last).toMatchObject({ exitCode: 0 });
    expect(viewers.denied).toEqual([]);
    expect(viewers.mintsByKey.size).toBe(2);
  });

  it("until-restart: the old key stays trusted until someone confirms that the signers were restarted", async () => {
    const { viewers, last } = await underTraffic(
      [
        START,
        ({ site }, { exitCode, stderr }) => {
          expect(exitCode).toBe(7);
          expect(stderr).toContain("error: halted at old-cookies-expired (signers-not-restarted): ");
          expect(stderr).toContain("hint: keyturn rotate resume --gate demo --signers-restarted");
          expect(site.account.cloudFront.keyGroups.get(site.ids.keyGroupId).config.items).toHaveLength(2);
          for (const signer of site.signers) signer.restart();
        },
        "rotate resume --gate demo --signers-restarted --wait",
      ],
      { signerCache: "until-restart" },
    );
    expect(last).toMatchObject({ exitCode: 0 });
    expect(viewers.denied).toEqual([]);
    expect(viewers.mintsByKey.size).toBe(2);
  });
});
