/** `keys trust` and `keys untrust` with a whole sandbox site: the account, the edge, the gate and its signer. */
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { writePublicKey } from "../../src/keys/any-key.ts";
import { runCommand, words } from "../fakes/memory-world.ts";
import { type SiteWorld, siteWorld } from "../rotation/site-world.ts";

const WORDS = "signers of the demo [keyturn epoch abcdef:3 ghjkmn:7]";

interface Scene extends SiteWorld {
  /** The key that signs. */
  readonly signing: string;
  /** Another key of the account, in no group. */
  readonly other: string;
  readonly groupId: string;
  readonly items: () => readonly string[];
  readonly comment: () => string;
  readonly setItems: (items: readonly string[]) => void;
}

async function scene(
  items: (signing: string, other: string) => readonly string[],
  propagation = 4,
): Promise<Scene> {
  const world = await siteWorld({ settings: { propagation } });
  const { cloudFront } = world.site.account;
  const [signing = ""] = [...cloudFront.state.publicKeys.keys()];
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const other = cloudFront.publicKeys.create({
    callerReference: "other",
    name: "other",
    encodedKey: writePublicKey(publicKey),
    comment: "",
  }).id;
  const groupId = world.site.ids.keyGroupId;
  const config = () => cloudFront.keyGroups.get(groupId).config;
  const setItems = (next: readonly string[]) => {
    const { etag } = cloudFront.keyGroups.get(groupId);
    cloudFront.keyGroups.update(groupId, etag, { ...config(), items: [...next], comment: WORDS });
  };
  setItems(items(signing, other));
  await world.clock.advance(600);
  return {
    ...world,
    signing,
    other,
    groupId,
    setItems,
    items: () => config().items,
    comment: () => config().comment,
  };
}

const both = (signing: string, other: string) => [signing, other];
const dropped = (_: string, other: string) => [other];
const alone = (signing: string) => [signing];

const STRANGER =
  "warning: this is not a key of gate demo: no version of its secret holds the private half; anyone who has it will be able to sign for this gate";
const flat = (text: string) => text.replace(/\s+/g, " ");

describe("keys trust", () => {
  it("warns before its question, and in a dry run, that the key is not this gate's", async () => {
    const { operator, other, items } = await scene(alone);
    const line = words(`keys trust ${other} --gate demo`);
    const asked = await runCommand(line, operator({ answers: ["no"] }));
    const question = flat(asked.stderr).indexOf("Type yes to continue");
    expect(question).toBeGreaterThan(0);
    expect(flat(asked.stderr).slice(0, question)).toContain(STRANGER);
    const dry = await runCommand([...line, "--dry-run"], operator());
    expect(flat(dry.stderr)).toContain(STRANGER);
    expect(items()).not.toContain(other);
  });

  it("does not warn about the key that signs", async () => {
    const { operator, signing } = await scene(dropped);
    const dry = await runCommand(words(`keys trust ${signing} --gate demo --dry-run`), operator());
    expect(dry.stderr).toContain(`add public key ${signing}`);
    expect(dry.stderr).not.toContain("warning:");
  });

  it("puts a dropped signing key back, keeps the Comment, and proves it at the edge", async () => {
    const { operator, signing, other, items, comment } = await scene(dropped);
    const ran = await runCommand(words(`keys trust ${signing} --gate demo --yes`), operator());
    expect(ran.stdout).toMatch(/ok K\w+ \(.*\): key group .*\s.* trusts it now/);
    expect(ran.stdout).toMatch(/ok gate demo: the edge accepts it .*edge locations seen: /s);
    expect(ran.exitCode).toBe(0);
    expect(items()).toEqual([other, signing]);
    expect(comment()).toBe(WORDS);
  });

  it("prints the change and asks, and changes nothing unless the answer is yes", async () => {
    const { operator, signing, other, items } = await scene(dropped);
    const ran = await runCommand(words(`keys trust ${signing} --gate demo`), operator({ answers: ["no"] }));
    expect(ran.exitCode).toBe(7);
    expect(ran.stderr).toMatch(/gate demo:\n {2}add public key K\w+ [\s\S]*key 2 of 5/);
    expect(items()).toEqual([other]);
  });

  it("keeps its note about the check of the edge within 80 columns", async () => {
    const { operator, signing } = await scene(dropped);
    const line = words(`keys trust ${signing} --gate demo`);
    const { stderr } = await runCommand(line, operator({ answers: ["yes"], columns: 80 }));
    expect(flat(stderr)).toContain("checking the edge (Ctrl-C stops the check and undoes nothing)");
    const [note = ""] = /^the key group is updated[^)]*\)$/m.exec(stderr) ?? [];
    for (const printed of note.split("\n")) expect(printed.length, printed).toBeLessThanOrEqual(80);
  });

  it("shows under --dry-run what it would change, and changes nothing", async () => {
    const { operator, signing, other, items } = await scene(dropped);
    const ran = await runCommand(words(`keys trust ${signing} --gate demo --dry-run`), operator());
    expect(ran).toMatchObject({ exitCode: 0, stdout: "" });
    expect(ran.stderr).toContain("dry run: nothing was changed");
    expect(items()).toEqual([other]);
  });

  it("has a finding if the edge lacks the change after --settle, and checks again when repeated", async () => {
    const { operator, signing } = await scene(dropped);
    const line = `keys trust ${signing} --gate demo --yes --json`;
    const hasty = await runCommand(words(`${line} --settle 1s`), operator());
    expect(hasty.exitCode).toBe(1);
    const { findings, result } = JSON.parse(hasty.stdout);
    expect(findings).toMatchObject([
      { id: "trust-unproven", remedy: expect.stringContaining(`keyturn keys trust ${signing} --group `) },
    ]);
    expect(result.groups).toMatchObject([{ changed: true }]);
    const again = await runCommand(words(line), operator());
    expect(again.exitCode).toBe(0);
    expect(JSON.parse(again.stdout).result).toMatchObject({
      groups: [{ changed: false }],
      proofs: [{ gate: "demo", proven: true }],
    });
  });

  it("does not prompt and needs no --yes if the key is already trusted", async () => {
    const { operator, signing } = await scene(alone);
    const ran = await runCommand(words(`keys trust ${signing} --gate demo`), operator());
    expect(ran.stdout).toMatch(/already trusted it/);
    expect(ran.exitCode).toBe(0);
  });

  it("reports what it cannot prove if no version of the secret has the private half", async () => {
    const { operator, signing, other, groupId, items } = await scene(alone);
    const ran = await runCommand(words(`keys trust other --group ${groupId.slice(0, 8)} --yes`), operator());
    expect(ran.stdout.replace(/\s+/g, " ")).toContain(
      `gate demo: unproven: no version of its secret holds the private key; if you have it in a file: \`keyturn probe --gate demo --private-key FILE --key-pair-id ${other}\``,
    );
    expect(ran.exitCode).toBe(0);
    expect(items()).toEqual([signing, other]);
  });

  it("does not check the edge with --no-proof, and says so", async () => {
    const { operator, signing } = await scene(dropped);
    const world = operator({ viewer: { send: () => Promise.reject(new Error("asked the edge")) } });
    const ran = await runCommand(words(`keys trust ${signing} --gate demo --yes --no-proof`), world);
    expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("unproven: --no-proof") });
  });

  it("merges with a concurrent change", async () => {
    const { direct, site, signing, other, setItems, items } = await scene(dropped);
    const third = site.account.cloudFront.publicKeys.create({
      callerReference: "third",
      name: "third",
      encodedKey: writePublicKey(generateKeyPairSync("ec", { namedCurve: "prime256v1" }).publicKey),
      comment: "",
    }).id;
    let raced = false;
    const world = direct(async (what, _kind, call) => {
      if (what === "UpdateKeyGroup" && !raced) {
        raced = true;
        setItems([other, third]);
      }
      return call();
    });
    const ran = await runCommand(words(`keys trust ${signing} --gate demo --yes --no-proof`), world);
    expect([ran.exitCode, raced]).toEqual([0, true]);
    expect(items()).toEqual([other, third, signing]);
  });

  it("refuses a full key group before its question", async () => {
    const { operator, signing, site, setItems, items } = await scene(dropped);
    const ids = Array.from({ length: 5 }, (_, at) => {
      const { publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
      const name = `filler-${at}`;
      const encodedKey = writePublicKey(publicKey);
      return site.account.cloudFront.publicKeys.create({
        callerReference: name,
        name,
        encodedKey,
        comment: "",
      }).id;
    });
    setItems(ids);
    const ran = await runCommand(words(`keys trust ${signing} --gate demo --yes`), operator());
    expect(ran).toMatchObject({ exitCode: 5, stderr: expect.stringContaining("[ERR_QUOTA]") });
    expect(items()).toEqual(ids);
  });
});

describe("keys untrust", () => {
  it("removes a key when its ID is typed, keeps the Comment, and proves the denial", async () => {
    const { operator, signing, other, items, comment } = await scene(both);
    const ran = await runCommand(words("keys untrust other --gate demo"), operator({ answers: [other] }));
    expect(ran.stderr).toContain("deny every viewer whose cookie or signed URL this key signed");
    expect(ran.stdout).toMatch(/ok gate demo: the edge denies it with InvalidKey/);
    expect(ran.exitCode).toBe(0);
    expect(items()).toEqual([signing]);
    expect(comment()).toBe(WORDS);
  });

  it("reports the removal as unproven while an edge location still accepts the key", async () => {
    const { operator } = await scene(both, 120);
    const ran = await runCommand(words("keys untrust other --gate demo --yes --settle 1s"), operator());
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout).toContain("untrust-unproven");
    expect(ran.stdout.replace(/\s+/g, " ")).toContain("AccessDenied, not InvalidKey");
  });

  it("refuses the key that signers mint with", async () => {
    const { operator, signing, items } = await scene(both);
    const ran = await runCommand(words(`keys untrust ${signing} --gate demo --yes`), operator());
    expect(ran).toMatchObject({ exitCode: 5, stderr: expect.stringContaining("[ERR_IN_USE]") });
    expect(ran.stderr).toContain("signers mint with it (secret demo/cloudfront-signing-key, AWSCURRENT)");
    expect(items()).toContain(signing);
  });

  it("refuses that key even if signers derive the key pair ID from it", async () => {
    const { operator, signing, site, items } = await scene(both);
    const { secrets } = site.account;
    const { keyPairId: _, ...rest } = JSON.parse(secrets.text("demo/cloudfront-signing-key") ?? "{}");
    secrets.put("demo/cloudfront-signing-key", JSON.stringify(rest));
    const yaml = site.gateYaml.replace("keyPairId: in-secret", "keyPairId: derived");
    expect(yaml).not.toBe(site.gateYaml);
    const world = operator({ files: { "keyturn.yaml": yaml } });
    const ran = await runCommand(words(`keys untrust ${signing} --gate demo --yes`), world);
    expect(ran).toMatchObject({ exitCode: 5, stderr: expect.stringContaining("[ERR_IN_USE]") });
    expect(items()).toContain(signing);
  });

  it("refuses a group's last key", async () => {
    const { operator, other, items } = await scene(dropped);
    const ran = await runCommand(words("keys untrust other --gate demo --yes"), operator());
    expect(ran).toMatchObject({ exitCode: 5, stderr: expect.stringContaining("last key of key group") });
    expect(items()).toEqual([other]);
  });

  it("changes nothing if the group does not contain the key", async () => {
    const { operator, signing, items } = await scene(alone);
    const ran = await runCommand(words("keys untrust other --gate demo"), operator());
    expect(ran).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("did not trust it") });
    expect(items()).toEqual([signing]);
  });
});

describe.each(["trust", "untrust"])("keys %s", (verb) => {
  it("is refused while a rotation of the group is open, with the next command", async () => {
    const { direct, operator, items, site } = await scene(alone);
    const start = words("rotate start --gate demo --yes --key-type ecdsa-p256 --until key-uploaded");
    await runCommand(start, direct());
    const before = items();
    const ids = [...site.account.cloudFront.state.publicKeys.keys()];
    const key = verb === "trust" ? ids.find((id) => !before.includes(id)) : before[0];
    const ran = await runCommand(words(`keys ${verb} ${key} --gate demo --yes`), operator());
    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toContain("of gate demo is open");
    expect(ran.stderr).toContain("hint: keyturn rotate resume --gate demo");
    expect(items()).toEqual(before);
  });

  it("refuses a key that is not in the account", async () => {
    const { operator } = await scene(alone);
    const ran = await runCommand(words(`keys ${verb} KNOBODY --gate demo --yes`), operator());
    expect(ran).toMatchObject({ exitCode: 5, stderr: expect.stringContaining("[ERR_NOT_FOUND]") });
  });

  it("requires a group if there is no gate", async () => {
    const { operator, signing } = await scene(alone);
    const ran = await runCommand(words(`keys ${verb} ${signing} --yes`), operator({ files: {} }));
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain(`hint: keyturn keys ${verb} ${signing} --group GROUP`);
  });
});
