/** `rotate amend` updates what the record froze in the middle of a rotation, but only as far as is safe. */
import { describe, expect, it } from "vitest";
import { RemoteError } from "../../src/errors.ts";
import { commentWithEpoch } from "../../src/rotation/group-comment.ts";
import { parseRecord } from "../../src/rotation/read-record.ts";
import { registerName } from "../../src/rotation/register.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { type MemoryWorldOptions, runCommand, words } from "../fakes/memory-world.ts";
import { type SiteWorld, siteWorld, viewerOf } from "./site-world.ts";

const START = words("rotate start --gate demo --yes --yes-cut-off-viewers --key-type ecdsa-p256");
const RESUME = words("rotate resume --gate demo --wait");
const AMEND = words("rotate amend --gate demo");

const recordOf = ({ site }: SiteWorld) =>
  parseRecord(site.account.secrets.text(registerName(DEMO.secret)) ?? "", DEMO.secret);

/** The canary's old host is gone; the application answers under another name. */
function withoutHost(world: SiteWorld, more: MemoryWorldOptions = {}) {
  const viewer = viewerOf(world.site.handlers.edge, world.clock);
  const gone = new URL(world.site.addresses.site).hostname;
  return world.direct(undefined, {
    viewer: {
      send: async (request, signal) => {
        if (new URL(request.url).hostname === gone) throw new RemoteError("ERR_UNREACHABLE", "no answer");
        return viewer.send(request, signal);
      },
    },
    ...more,
  });
}

/** keyturn.yaml with the canary moved to another name of the same site. */
function moved({ site }: SiteWorld): string {
  return site.gateYaml.replace(/(canaries:\n.*?: https:\/\/)app\./, "$1alt.");
}
const file = (yaml: string) => ({ files: { "keyturn.yaml": yaml } });

describe("a canary's host that is replaced during a rotation", () => {
  it.each([
    ["forward", [], RESUME, "rotated"],
    ["compromised", ["--compromised"], RESUME, "rotated"],
    ["an abort", [], words("rotate abort --gate demo --yes --wait"), "aborted"],
  ] as const)(
    "%s: the rotation halts, names amend, and continues after it",
    async (_, mode, goOn, outcome) => {
      const world = await siteWorld();
      const stage = outcome === "aborted" ? "old-untrusted" : "key-trusted";
      await runCommand([...START, ...mode, "--wait", "--until", stage], world.direct());
      // An abort must prove the old key again if it was already removed.
      const halted = await runCommand(goOn, withoutHost(world));
      expect(halted.exitCode, halted.stderr).toBe(7);
      expect(halted.stderr).toContain("did not answer");
      expect(halted.stderr).toContain("hint: keyturn rotate amend --gate demo\n");
      const again = await runCommand([...AMEND, "--dry-run"], withoutHost(world, file(moved(world))));
      expect(again.exitCode).toBe(0);
      expect(recordOf(world).amended).toBeUndefined();
      const amended = await runCommand([...AMEND, "--yes"], withoutHost(world, file(moved(world))));
      expect(amended.exitCode, amended.stderr).toBe(0);
      expect(amended.stderr).toMatch(/record canaries\.\w+: https:\/\/app\S+ -> https:\/\/alt\S+/);
      expect(amended.stdout).toContain("is amended");
      const ended = await runCommand(RESUME, withoutHost(world, file(moved(world))));
      expect(ended.exitCode, ended.stderr).toBe(0);
      expect(recordOf(world)).toMatchObject({
        finished: { outcome },
        amended: [{ what: expect.stringContaining("canaries") }],
      });
    },
  );

  it("can be given by a flag, from a machine without keyturn.yaml", async () => {
    const world = await siteWorld();
    await runCommand([...START, "--until", "key-trusted"], world.direct());
    const { distributionId } = world.site.ids;
    const url = `${world.site.addresses.site.replace("app.", "alt.")}${DEMO.canaryPath}`;
    const ran = await runCommand(
      [...AMEND, "--yes", "--canary", `${distributionId}=${url}`],
      withoutHost(world, { files: {} }),
    );
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect(recordOf(world).settings.canaries).toEqual({ [distributionId]: url });
    expect(await runCommand(RESUME, withoutHost(world, { files: {} }))).toMatchObject({ exitCode: 0 });
  });

  it("voids the proofs made with its canaries, but not the one by the key's age", async () => {
    const world = await siteWorld();
    await world.clock.advance(3600);
    await runCommand([...START, "--wait", "--until", "trust-proven"], world.direct());
    expect(recordOf(world).proofs).toMatchObject({ new: { provenAt: expect.any(Number) }, old: { good: 0 } });
    const ran = await runCommand([...AMEND, "--yes", "--json"], world.direct(undefined, file(moved(world))));
    expect(JSON.parse(ran.stdout).result).toMatchObject({ isAmended: true, voidedProofs: ["new"], epoch: 1 });
    expect(recordOf(world).proofs.new).toBeUndefined();
    expect(recordOf(world).proofs.old?.provenAt).toBeDefined();
    expect(await runCommand(RESUME, world.direct())).toMatchObject({ exitCode: 0 });
  });
});

describe("amended waits", () => {
  it("only get longer: a shorter value is not applied, and is reported", async () => {
    const world = await siteWorld();
    await runCommand([...START, "--until", "key-trusted"], world.direct());
    const shorter = world.site.gateYaml
      .replace("maxTtl: 30s", "maxTtl: 20s")
      .replace(" ttl: 30s", " ttl: 20s")
      .replace("settle: 8s", "settle: 2s")
      .replace("cacheTtl: 10s", "cacheTtl: 1s");
    const ran = await runCommand([...AMEND, "--yes", "--json"], world.direct(undefined, file(shorter)));
    const { result } = JSON.parse(ran.stdout);
    expect([result.isAmended, result.changes]).toEqual([false, []]);
    expect(result.kept.map(({ setting }: { setting: string }) => setting).sort()).toEqual([
      "cacheTtl",
      "longestLife",
      "settle",
    ]);
    expect(recordOf(world).settings).toMatchObject({ longestLife: 30, settle: 8, cacheTtl: 10 });
  });

  it("are waited out if they get longer while the old key drains", async () => {
    const world = await siteWorld();
    await runCommand([...START, "--wait", "--until", "signer-switched"], world.direct());
    const switchedAt = recordOf(world).switchedAt?.at ?? 0;
    const longer = world.site.gateYaml.replace("maxTtl: 30s", "maxTtl: 10m");
    const asLonger = world.direct(undefined, file(longer));
    expect(await runCommand([...AMEND, "--yes"], asLonger)).toMatchObject({ exitCode: 0 });
    // No removal of the old key can be in flight yet, so epoch and clock stay the same.
    expect(recordOf(world)).toMatchObject({ epoch: 1, switchedAt: { at: switchedAt } });
    await runCommand([...RESUME, "--until", "old-cookies-expired"], world.direct());
    expect(world.clock.now()).toBeGreaterThanOrEqual(switchedAt + 10 + 600);
  });

  it("start over in a new epoch if they get longer once the old key may be removed, and the old key is put back", async () => {
    const world = await siteWorld();
    await runCommand([...START, "--wait", "--until", "old-untrusted"], world.direct());
    const old = recordOf(world).old.keyPairId;
    const items = () => world.site.account.cloudFront.keyGroups.get(world.site.ids.keyGroupId).config.items;
    expect(items()).not.toContain(old);
    const longer = world.site.gateYaml.replace("maxTtl: 30s", "maxTtl: 10m");
    const ran = await runCommand([...AMEND, "--yes"], world.direct(undefined, file(longer)));
    expect(ran.stderr).toContain("move to epoch 2");
    expect(recordOf(world)).toMatchObject({ epoch: 2 });
    const begun = world.clock.now();
    expect(await runCommand(words("rotate resume --gate demo"), world.direct())).toMatchObject({
      exitCode: 8,
    });
    expect(items()).toContain(old);
    expect(await runCommand(RESUME, world.direct())).toMatchObject({ exitCode: 0 });
    expect(world.clock.now()).toBeGreaterThanOrEqual(begun + 600);
  });

  it("void a proof that was spread over less than the new settle time", async () => {
    const world = await siteWorld();
    await runCommand([...START, "--wait", "--until", "trust-proven"], world.direct());
    const proven = recordOf(world).proofs.new?.goodSince ?? 0;
    const longer = world.site.gateYaml.replace("settle: 8s", "settle: 5m");
    await runCommand([...AMEND, "--yes"], world.direct(undefined, file(longer)));
    await runCommand([...RESUME, "--until", "trust-proven"], world.direct());
    expect(world.clock.now()).toBeGreaterThanOrEqual(proven + 300);
    expect(await runCommand(RESUME, world.direct())).toMatchObject({ exitCode: 0 });
  });

  it("include one for a replica in a new region that signers read from", async () => {
    const world = await siteWorld();
    await runCommand([...START, "--wait", "--until", "trust-proven"], world.direct());
    const regions = world.site.gateYaml.replace("      hash:", "      regions: [eu-central-1]\n      hash:");
    const asThere = world.operator(file(regions));
    expect(await runCommand([...AMEND, "--yes"], asThere)).toMatchObject({ exitCode: 0 });
    const halted = await runCommand(RESUME, asThere);
    expect([halted.exitCode, halted.stderr.includes("replica in eu-central-1")]).toEqual([7, true]);
    const { registry } = world.site.account.secrets;
    const secret = registry.findWritable(DEMO.region, DEMO.secret);
    registry.save({ ...secret, replicas: [{ region: "eu-central-1" }] });
    expect(await runCommand(RESUME, asThere)).toMatchObject({ exitCode: 0 });
  });
});

describe("an epoch higher than the record's", () => {
  for (const stage of ["key-trusted", "signer-switched", "old-untrusted"]) {
    it(`at ${stage}: resume halts and names amend, which raises the record's epoch once confirmed`, async () => {
      const world = await siteWorld();
      await runCommand([...START, "--wait", "--until", stage], world.direct());
      const { keyGroups } = world.site.account.cloudFront;
      const { config, etag } = keyGroups.get(world.site.ids.keyGroupId);
      const comment = commentWithEpoch("copied", recordOf(world).mark, 9);
      keyGroups.update(world.site.ids.keyGroupId, etag, { ...config, comment });
      const halted = await runCommand(RESUME, world.direct());
      expect([halted.exitCode, halted.stderr.includes("hint: keyturn rotate amend --gate demo")]).toEqual([
        7,
        true,
      ]);
      const unasked = await runCommand(AMEND, world.direct());
      expect([unasked.exitCode, recordOf(world).epoch]).toEqual([7, 1]);
      expect(await runCommand([...AMEND, "--yes"], world.direct())).toMatchObject({ exitCode: 0 });
      expect(recordOf(world)).toMatchObject({
        epoch: 10,
        amended: [{ what: expect.stringContaining("epoch 9") }],
      });
      const goOn = stage === "signer-switched" ? words("rotate abort --gate demo --yes --wait") : RESUME;
      const ended = await runCommand(goOn, world.direct());
      expect(ended.exitCode, ended.stderr).toBe(0);
    });
  }
});

describe("resume", () => {
  it("without a terminal, reports that keyturn.yaml differs and names amend, and leaves the record alone", async () => {
    const world = await siteWorld();
    await runCommand([...START, "--until", "key-trusted"], world.direct());
    const before = recordOf(world).settings;
    const ran = await runCommand(
      words("rotate resume --gate demo"),
      world.direct(undefined, file(moved(world))),
    );
    expect(ran.exitCode).toBe(8);
    expect(ran.stderr).toMatch(/record canaries\.\w+: /);
    expect(ran.stderr).toContain("keyturn rotate amend --gate demo");
    expect(recordOf(world).settings).toEqual(before);
  });

  it.each([
    ["yes", true],
    ["no", false],
  ])("asks whether to amend, and follows the answer %s", async (answer, isAmended) => {
    const world = await siteWorld();
    await runCommand([...START, "--until", "key-trusted"], world.direct());
    const asked = world.direct(undefined, { ...file(moved(world)), answers: [answer, "demo"] });
    expect(await runCommand(words("rotate resume --gate demo"), asked)).toMatchObject({ exitCode: 8 });
    expect(recordOf(world).amended !== undefined).toBe(isAmended);
  });

  it("prints nothing about amending if keyturn.yaml does not differ", async () => {
    const world = await siteWorld();
    await runCommand([...START, "--until", "key-trusted"], world.direct());
    const { stderr } = await runCommand(words("rotate resume --gate demo"), world.direct());
    expect(stderr).not.toContain("keyturn.yaml");
  });
});

describe("amend refuses", () => {
  it.each([
    [["--canary", "nonsense"], 2, "is not DISTRIBUTION=URL"],
    [["--canary", "E1=ftp://x"], 2, "is not an http or https URL"],
    [["--settle", "5"], 2, "is not a duration"],
  ])("%j", async (flags, exitCode, says) => {
    const world = await siteWorld();
    await runCommand([...START, "--until", "key-trusted"], world.direct());
    const ran = await runCommand([...AMEND, "--yes", ...flags], world.direct());
    expect([ran.exitCode, ran.stderr.includes(says)]).toEqual([exitCode, true]);
  });

  it("a finished rotation, and a gate that was never rotated", async () => {
    const world = await siteWorld();
    expect((await runCommand(AMEND, world.direct())).stdout).toContain("has never been rotated");
    await runCommand([...START, "--wait"], world.direct());
    const ran = await runCommand([...AMEND, "--yes"], world.direct());
    expect([ran.exitCode, ran.stderr.includes("is finished")]).toEqual([7, true]);
  });

  it("to remove the canary of a distribution that still trusts the group", async () => {
    const world = await siteWorld();
    await runCommand([...START, "--until", "key-trusted"], world.direct());
    const without = world.site.gateYaml.replace(/ {4}canaries:\n.*\n/, "    canaries: {}\n");
    const ran = await runCommand([...AMEND, "--yes"], world.direct(undefined, file(without)));
    expect([ran.exitCode, ran.stderr.includes("would have no canary")]).toEqual([2, true]);
  });
});
