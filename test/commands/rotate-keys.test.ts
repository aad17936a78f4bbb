/** Cleaning up keeps an open rotation's keys, even if its record does not name them yet. */
import { describe, expect, it } from "vitest";
import { runCommand, words } from "../fakes/memory-world.ts";
import { runUntilDeath } from "../rotation/mortal.ts";
import { type SiteWorld, siteWorld } from "../rotation/site-world.ts";

const START = words("rotate start --gate demo --yes --key-type ecdsa-p256");

interface Made {
  readonly when: string;
  readonly make: (world: SiteWorld) => Promise<unknown>;
}

const MADE: readonly Made[] = [
  {
    when: "recorded",
    make: (world) => runCommand([...START, "--until", "key-uploaded"], world.direct()),
  },
  {
    when: "uploaded just before its process died",
    make: async (world) => {
      const { moments } = await runUntilDeath(await siteWorld(), START);
      await runUntilDeath(
        world,
        START,
        moments.findIndex(({ what }) => what === "after CreatePublicKey"),
      );
    },
  },
];

for (const { when, make } of MADE) {
  describe(`the new key of an open rotation, ${when}`, () => {
    /** In no key group yet, and old enough to look forgotten. */
    async function lonelyKey(): Promise<{ readonly world: SiteWorld; readonly id: string }> {
      const world = await siteWorld();
      await make(world);
      const { cloudFront } = world.site.account;
      const { items } = cloudFront.keyGroups.get(world.site.ids.keyGroupId).config;
      const [id = "", ...others] = [...cloudFront.state.publicKeys.keys()].filter(
        (each) => !items.includes(each),
      );
      expect(others).toEqual([]);
      expect(id).toMatch(/^K/);
      await world.clock.advance(7200);
      return { world, id };
    }

    it("is kept by keys prune, which says why", async () => {
      const { world, id } = await lonelyKey();
      const { stdout, exitCode } = await runCommand(words("keys prune --yes --json"), world.direct());
      expect(exitCode).toBe(0);
      const { keys } = JSON.parse(stdout).result;
      const spared = keys.find((key: { keyPairId: string }) => key.keyPairId === id);
      expect(spared).toMatchObject({
        deleted: false,
        why: expect.stringMatching(/open rotation of gate demo|keyturn-new/),
      });
      expect([...world.site.account.cloudFront.state.publicKeys.keys()]).toContain(id);
    });

    it("is refused by keys delete", async () => {
      const { world, id } = await lonelyKey();
      const ran = await runCommand(words(`keys delete ${id} --yes`), world.direct());
      expect(ran).toMatchObject({ exitCode: 5, stdout: "", stderr: expect.stringContaining("[ERR_IN_USE]") });
      expect(ran.stderr).toMatch(/open rotation of gate demo|keyturn-new/);
      expect([...world.site.account.cloudFront.state.publicKeys.keys()]).toContain(id);
    });

    it("remains in use, so that the rotation finishes", async () => {
      const { world, id } = await lonelyKey();
      await runCommand(words("keys prune --yes"), world.direct());
      expect(await runCommand(words("rotate resume --gate demo --wait"), world.direct())).toMatchObject({
        exitCode: 0,
      });
      expect([...world.site.account.cloudFront.state.publicKeys.keys()]).toEqual([id]);
    });
  });
}

describe("the old key of an open rotation", () => {
  it("is kept even if it is in no group, because an abort may still need it", async () => {
    const world = await siteWorld();
    const { cloudFront } = world.site.account;
    const [old = ""] = [...cloudFront.state.publicKeys.keys()];
    await runCommand([...START, "--wait", "--until", "old-untrusted"], world.direct());
    expect(cloudFront.keyGroups.get(world.site.ids.keyGroupId).config.items).not.toContain(old);
    await world.clock.advance(7200);
    await runCommand(words("keys prune --yes"), world.direct());
    expect([...cloudFront.state.publicKeys.keys()]).toContain(old);
    expect(await runCommand(words("rotate abort --gate demo --yes --wait"), world.direct())).toMatchObject({
      exitCode: 0,
    });
    expect([...cloudFront.state.publicKeys.keys()]).toEqual([old]);
  });
});
