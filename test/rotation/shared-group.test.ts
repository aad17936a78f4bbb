/** Two gates that share a key group, each with its own secret, key and record, rotated concurrently. */
import { describe, expect, it } from "vitest";
import { epochOf, gateMark } from "../../src/rotation/group-comment.ts";
import { parseRecord } from "../../src/rotation/read-record.ts";
import { registerName } from "../../src/rotation/register.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { editGroup } from "../../src/sandbox/third-party.ts";
import { type MemoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { instantKeyPairs, type SiteWorld, siteWorld } from "./site-world.ts";

const SHOP = "shop/cloudfront-signing-key";

interface Shared extends SiteWorld {
  readonly demo: () => MemoryWorld;
  readonly shop: () => MemoryWorld;
  /** The key pair IDs in the group, without the given ones. */
  readonly keep: (...own: readonly string[]) => string;
}

/** The demo gate, and a second one whose key is trusted by the same group. `isOneFile`: keyturn.yaml describes both. */
async function shared(isOneFile = false): Promise<Shared> {
  const world = await siteWorld();
  const { site } = world;
  const { cloudFront, secrets } = site.account;
  const { privateKey, publicKey } = await instantKeyPairs.generate("ecdsa-p256");
  const encodedKey = String(publicKey.export({ type: "spki", format: "pem" }));
  const config = { callerReference: "shop", name: "shop-2026", encodedKey, comment: "" };
  const { id } = cloudFront.publicKeys.create(config);
  editGroup(site.account, site.ids.keyGroupId, (items) => [...items, id]);
  const pem = privateKey.export({ type: "pkcs8", format: "pem" });
  secrets.create(SHOP, JSON.stringify({ keyPairId: id, privateKey: pem }));
  await world.clock.advance(60);
  const demoYaml = site.gateYaml;
  const shopYaml = demoYaml
    .replace(`  ${DEMO.gate}:\n`, "  shop:\n")
    .replace(`id: ${DEMO.secret}`, `id: ${SHOP}`);
  const both = demoYaml + shopYaml.slice(shopYaml.indexOf("  shop:\n"));
  const files = (yaml: string) => ({ files: { "keyturn.yaml": isOneFile ? both : yaml } });
  return {
    ...world,
    demo: () => world.direct(undefined, files(demoYaml)),
    shop: () => world.direct(undefined, files(shopYaml)),
    keep: (...own) =>
      itemsOf(world)
        .filter((each) => !own.includes(each))
        .join(" "),
  };
}

const itemsOf = ({ site }: SiteWorld) =>
  site.account.cloudFront.keyGroups.get(site.ids.keyGroupId).config.items;
const keyOf = ({ site }: SiteWorld, secret: string): string =>
  JSON.parse(site.account.secrets.text(secret) ?? "{}").keyPairId;
const recordOf = ({ site }: SiteWorld, secret: string) =>
  parseRecord(site.account.secrets.text(registerName(secret)) ?? "", secret);

async function run(line: string, world: MemoryWorld, exitCode: number): Promise<void> {
  const ran = await runCommand(words(line), world);
  expect(ran.exitCode, `${line}\n${ran.stderr}`).toBe(exitCode);
}

/**
 * Expects the group to hold exactly the keys that the two gates sign with, and each Comment entry to be its gate's
 * epoch.
 */
function expectClean(world: Shared): void {
  const ends = [DEMO.secret, SHOP].map((secret) => keyOf(world, secret));
  expect([...itemsOf(world)].sort()).toEqual(ends.sort());
  expect(world.site.account.cloudFront.state.publicKeys.size).toBe(2);
  const { comment } = world.site.account.cloudFront.keyGroups.get(world.site.ids.keyGroupId).config;
  for (const secret of [DEMO.secret, SHOP]) {
    const { epoch, finished } = recordOf(world, secret);
    expect(finished).toBeDefined();
    const { arn } = world.site.account.secrets.registry.findPrimary(DEMO.region, secret);
    expect(epochOf(comment, gateMark(arn))).toBeLessThanOrEqual(epoch);
  }
}

const start = (gate: string, keep: string, more: string) =>
  `rotate start --gate ${gate} --yes --key-type ecdsa-p256 --keep ${keep} ${more}`;

describe("two gates that share a key group", () => {
  it.each([
    ["each in a keyturn.yaml of its own", false],
    ["both in one keyturn.yaml", true],
  ])("rotate one after the other, %s", async (_, isOneFile) => {
    const world = await shared(isOneFile);
    for (let turn = 0; turn < 2; turn += 1) {
      const before = [keyOf(world, DEMO.secret), keyOf(world, SHOP)];
      await run(start("shop", world.keep(before[1] ?? ""), "--wait"), world.shop(), 0);
      await run(start("demo", world.keep(before[0] ?? ""), "--wait"), world.demo(), 0);
      expect([keyOf(world, DEMO.secret), keyOf(world, SHOP)]).not.toEqual(before);
      expectClean(world);
    }
    expect([recordOf(world, DEMO.secret).epoch, recordOf(world, SHOP).epoch]).toEqual([2, 2]);
  });

  for (const stage of ["key-trusted", "trust-proven", "signer-switched", "old-untrusted"]) {
    for (const end of ["rotate resume --gate demo --wait", "rotate abort --gate demo --yes --wait"]) {
      it(`rotate at the same time: ${end.split(" ")[1]} of one at ${stage}, after the other raised its epoch`, async () => {
        const world = await shared();
        const first = keyOf(world, SHOP);
        // The other gate reaches its second epoch before the first one starts counting.
        await run(start("shop", world.keep(first), "--until key-trusted"), world.shop(), 8);
        await run("rotate abort --gate shop --yes --wait", world.shop(), 0);
        await run(
          start("demo", world.keep(keyOf(world, DEMO.secret)), `--until ${stage} --wait`),
          world.demo(),
          8,
        );
        await run(
          start("shop", world.keep(keyOf(world, SHOP)), "--until signer-switched --wait"),
          world.shop(),
          8,
        );
        expect(recordOf(world, SHOP).epoch).toBeGreaterThan(recordOf(world, DEMO.secret).epoch);
        await run(end, world.demo(), 0);
        await run("rotate resume --gate shop --wait", world.shop(), 0);
        expectClean(world);
        const outcome = end.includes("abort") ? "aborted" : "rotated";
        expect(recordOf(world, DEMO.secret).finished?.outcome).toBe(outcome);
      });
    }
  }

  it("keep a person's own words in the Comment, and refuse a Comment without room before anything changes", async () => {
    const world = await shared();
    const { keyGroups } = world.site.account.cloudFront;
    const write = (comment: string) => {
      const { etag, config } = keyGroups.get(world.site.ids.keyGroupId);
      keyGroups.update(world.site.ids.keyGroupId, etag, { ...config, comment });
    };
    const keep = world.keep(keyOf(world, DEMO.secret));
    write("x".repeat(120));
    const refused = await runCommand(words(start("demo", keep, "--wait")), world.demo());
    expect(refused.exitCode).toBe(7);
    expect(refused.stderr).toContain("refused (comment-full)");
    expect(world.site.account.secrets.registry.has(DEMO.region, registerName(DEMO.secret))).toBe(false);
    write("signers of the shop, do not touch");
    await run(start("demo", keep, "--wait"), world.demo(), 0);
    await run(start("shop", world.keep(keyOf(world, SHOP)), "--wait"), world.shop(), 0);
    expect(keyGroups.get(world.site.ids.keyGroupId).config.comment).toMatch(
      /^signers of the shop, do not touch \[keyturn epoch \w{6}:1 \w{6}:1\]$/,
    );
  });

  it("still tell another signer's key from a rotation started by hand", async () => {
    const world = await shared();
    const { stderr, exitCode } = await runCommand(words("rotate start --gate demo --yes"), world.demo());
    expect([exitCode, stderr.includes("refused (rotation-by-hand)")]).toEqual([7, true]);
  });
});

describe("a record written before marks existed", () => {
  it("gets its mark, and the rotation continues", async () => {
    const world = await siteWorld();
    const { secrets, cloudFront } = world.site.account;
    await run("rotate start --gate demo --yes --key-type ecdsa-p256 --until key-trusted", world.direct(), 8);
    const { mark, ...record } = JSON.parse(secrets.text(registerName(DEMO.secret)) ?? "");
    secrets.put(registerName(DEMO.secret), JSON.stringify(record));
    const { etag, config } = cloudFront.keyGroups.get(world.site.ids.keyGroupId);
    const comment = "[keyturn epoch 1]";
    cloudFront.keyGroups.update(world.site.ids.keyGroupId, etag, { ...config, comment });
    await run("rotate resume --gate demo --wait", world.direct(), 0);
    expect(recordOf(world, DEMO.secret)).toMatchObject({ mark, finished: { outcome: "rotated" } });
  });
});
