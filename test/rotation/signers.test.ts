/**
 * Signers that do not simply cache the secret: a key pair ID kept outside it, an unconfirmed restart, one that stays on
 * the old key.
 */
import { describe, expect, it } from "vitest";
import { runProgram } from "../../src/program.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { type MemoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { sessionOf } from "./session-of.ts";
import { type SiteWorld, siteWorld } from "./site-world.ts";

const START = words("rotate start --gate demo --yes --key-type ecdsa-p256 --wait");
const SHORT = { cookieTtl: 12, signerCache: 4, settle: 6, propagation: 4 } as const;

function asking(world: SiteWorld, headers: string): MemoryWorld {
  return world.direct(undefined, {
    env: { AWS_REGION: world.site.account.region, KEYTURN_MINT_HEADERS: headers },
  });
}

describe("a signer that stays on the old key", () => {
  it("keeps the old key trusted, as seen at the mint endpoint", async () => {
    const world = await siteWorld({ settings: SHORT });
    const operator = asking(world, await sessionOf(world));
    for (const signer of world.site.signers) await signer.key();
    world.site.switches.application.turn("signer-until-restart", true);
    const ran = await runCommand(START, operator);
    expect(ran.exitCode).toBe(7);
    expect(ran.stderr).toContain("halted at old-untrusted (old-key-still-minted)");
    expect(world.site.account.cloudFront.keyGroups.get(world.site.ids.keyGroupId).config.items).toHaveLength(
      2,
    );
    world.site.switches.application.turn("signer-until-restart", false);
    expect(await world.clock.run(runProgram(words("rotate resume --gate demo --wait"), operator))).toBe(0);
  });
});

describe("a signer with a key pair ID outside the secret", () => {
  it("must be deployed before AWSCURRENT moves", async () => {
    const world = await siteWorld({ settings: { ...SHORT, keyPairId: "external" } });
    const before = world.site.account.secrets.text(DEMO.secret);
    const halted = await runCommand(START, world.direct());
    expect(halted.exitCode).toBe(7);
    expect(halted.stderr).toContain("halted at signer-switched (external-deployment)");
    expect(halted.stderr).toContain("keyturn rotate resume --gate demo --deployed");
    expect(world.site.account.secrets.text(DEMO.secret)).toBe(before);
    const resumed = await runCommand(words("rotate resume --gate demo --deployed --wait"), world.direct());
    expect(resumed).toMatchObject({ exitCode: 0 });
  });

  it("cannot be confirmed before there is anything to deploy", async () => {
    const world = await siteWorld({ settings: { ...SHORT, keyPairId: "external" } });
    await runCommand([...START, "--until", "key-trusted"], world.direct());
    const early = await runCommand(words("rotate resume --gate demo --deployed"), world.direct());
    expect(early.exitCode).toBe(7);
    expect(early.stderr).toContain("error: there is nothing to deploy yet: ");
    const halted = await runCommand(words("rotate resume --gate demo --wait"), world.direct());
    expect(halted.stderr).toContain("halted at signer-switched (external-deployment)");
  });

  it.each(["in-secret", "derived"] as const)(
    "is not expected if the ID is %s: --deployed is refused, and nothing changes",
    async (keyPairId) => {
      const world = await siteWorld({ settings: { ...SHORT, keyPairId } });
      await runCommand([...START, "--until", "key-trusted"], world.direct());
      const record = world.site.account.secrets.text(`${DEMO.secret}.keyturn`);
      for (const more of ["", " --dry-run", " --compromised"]) {
        const ran = await runCommand(words(`rotate resume --gate demo --deployed${more}`), world.direct());
        expect(ran).toMatchObject({ exitCode: 2, stdout: "" });
        expect(ran.stderr).toMatch(
          /^error: --deployed is for signers with an external key pair ID: .* \[ERR_USAGE\]\n/,
        );
        expect(ran.stderr).toContain("hint: keyturn rotate resume --gate demo --wait\n");
      }
      expect(world.site.account.secrets.text(`${DEMO.secret}.keyturn`)).toBe(record);
    },
  );

  it("is checked through the mint endpoint despite a confirmation, in both directions", async () => {
    const world = await siteWorld({ settings: { ...SHORT, keyPairId: "external" } });
    const { clock, site } = world;
    const current = () => JSON.parse(site.account.secrets.text(DEMO.secret) ?? "").keyPairId;
    const old = current();
    const operator = asking(world, await sessionOf(world));
    const run = async (line: string) => {
      const before = operator.terminal.stderr.length;
      const exitCode = await clock.run(runProgram(words(line), operator));
      return { exitCode, stderr: operator.terminal.stderr.slice(before) };
    };
    await runCommand(START, operator);
    const fresh = site.account.cloudFront.keyGroups.get(site.ids.keyGroupId).config.items.at(-1) as string;
    const belied = await run("rotate resume --gate demo --deployed");
    expect(belied).toMatchObject({ exitCode: 7 });
    expect(belied.stderr).toContain(`the mint endpoint still returns ${old}: some signer was not deployed`);
    expect(current()).toBe(old);
    site.deployKeyPairId(fresh, "keyturn-new");
    expect(await run("rotate resume --gate demo --deployed")).toMatchObject({ exitCode: 8 });
    expect(current()).toBe(fresh);

    await run("rotate abort --gate demo --yes");
    const unchanged = await run("rotate resume --gate demo --deployed --wait");
    expect(unchanged).toMatchObject({ exitCode: 7 });
    expect(unchanged.stderr).toContain(`the mint endpoint still returns ${fresh}: some signer was not`);
    expect(current()).toBe(fresh);
    site.deployKeyPairId(old, "keyturn-old");
    expect(await run("rotate resume --gate demo --deployed")).toMatchObject({ exitCode: 8 });
    expect(current()).toBe(old);
  });

  it("must be deployed in cut-now too, before the rotation ends", async () => {
    const world = await siteWorld({ settings: { ...SHORT, keyPairId: "external" } });
    const cut = words(
      "rotate start --gate demo --cut-now --yes-cut-off-viewers --key-type ecdsa-p256 --wait",
    );
    const halted = await runCommand(cut, world.direct());
    expect(halted.exitCode).toBe(7);
    expect(halted.stderr).toContain("halted at signer-switched (external-deployment): the key groups hold");
    const resumed = await runCommand(words("rotate resume --gate demo --deployed --wait"), world.direct());
    expect(resumed).toMatchObject({ exitCode: 0 });
  });
});

describe("other fields of a JSON secret", () => {
  it("do not change", async () => {
    const world = await siteWorld({ settings: SHORT });
    const { secrets } = world.site.account;
    secrets.put(
      DEMO.secret,
      JSON.stringify({ ...JSON.parse(secrets.text(DEMO.secret) ?? ""), note: "kept" }),
    );
    expect(await runCommand(START, world.direct())).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(secrets.text(DEMO.secret) ?? "").note).toBe("kept");
  });
});
