/** `secret set-key-id` changes only the ID, and never overwrites somebody else's concurrent write. */
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { withKeyPairId } from "../../src/keys/secret-key-id.ts";
import { Sealed } from "../../src/sealed.ts";
import type { SecretValue } from "../../src/seams/cloud.ts";
import { runCommand, words } from "../fakes/memory-world.ts";
import { siteWorld } from "../rotation/site-world.ts";
import { addKey } from "./keys-account.ts";

const SECRET = "demo/cloudfront-signing-key";
const LINE = "secret set-key-id --gate demo";

async function wrongId() {
  const world = await siteWorld();
  const { account } = world.site;
  const [right = ""] = [...account.cloudFront.state.publicKeys.keys()];
  const other = addKey(account, "other");
  const before = (account.secrets.text(SECRET) ?? "").replace(right, other);
  account.secrets.put(SECRET, before);
  await world.clock.advance(60);
  return { ...world, account, right, other, before, text: () => account.secrets.text(SECRET) };
}

describe("secret set-key-id", () => {
  it("sets the key pair ID of the private key, and proves it at the edge", async () => {
    const { operator, right, other, before, text } = await wrongId();
    const ran = await runCommand(words(LINE), operator({ answers: ["yes"] }));
    expect(ran.stderr.replace(/\s+/g, " ")).toContain(
      `set the key pair ID in secret ${SECRET} to ${right} (demo-2026-01); it is ${other} now`,
    );
    expect(ran.stderr).toContain(`secret ${SECRET} is updated; checking the edge`);
    expect(ran.stderr).not.toContain("the key group is updated");
    expect(ran.stdout).toContain("ok gate demo: the edge accepts it");
    expect(ran.exitCode).toBe(0);
    expect(text()).toBe(before.replace(other, right));
  });

  it("leaves no extra label, and keeps the previous value as AWSPREVIOUS", async () => {
    const { operator, account, before } = await wrongId();
    const world = operator();
    await runCommand(words(`${LINE} --yes --no-proof`), world);
    const { vault } = await world.cloud({ region: account.region });
    const { stagesByVersion } = await vault.describe(SECRET);
    expect(Object.values(stagesByVersion).flat().toSorted()).toEqual(["AWSCURRENT", "AWSPREVIOUS"]);
    expect(account.secrets.text(SECRET, "AWSPREVIOUS")).toBe(before);
  });

  it("changes nothing under --dry-run or a second time", async () => {
    const { operator, before, text } = await wrongId();
    const dry = await runCommand(words(`${LINE} --dry-run`), operator());
    expect(dry).toMatchObject({ exitCode: 0, stdout: "" });
    expect(text()).toBe(before);
    await runCommand(words(`${LINE} --yes --no-proof`), operator());
    const again = await runCommand(words(`${LINE} --no-proof --json`), operator());
    expect(JSON.parse(again.stdout)).toMatchObject({ outcome: "done", result: { changed: false } });
  });

  it("never overwrites a version that someone else made current in the meantime", async () => {
    const { direct, account, before, text } = await wrongId();
    const theirs = before.replace("{", '{"theirs":"1",');
    let raced = false;
    const world = direct(async (what, _kind, call) => {
      if (what === "UpdateSecretVersionStage" && !raced) {
        raced = true;
        account.secrets.put(SECRET, theirs);
      }
      return call();
    });
    const ran = await runCommand(words(`${LINE} --yes --no-proof`), world);
    expect([ran.exitCode, raced]).toEqual([5, true]);
    expect(ran.stderr).toContain("somebody else changed the secret");
    expect(text()).toBe(theirs);
  });

  it("is refused while a rotation is open", async () => {
    const { direct, operator, account, right, other } = await wrongId();
    account.secrets.put(SECRET, (account.secrets.text(SECRET) ?? "").replace(other, right));
    await runCommand(
      words("rotate start --gate demo --yes --key-type ecdsa-p256 --until key-uploaded"),
      direct(),
    );
    const ran = await runCommand(words(`${LINE} --yes`), operator());
    expect(ran).toMatchObject({ exitCode: 5, stderr: expect.stringContaining("of gate demo is open") });
  });

  it("prints what to do if no public key matches the private key", async () => {
    const { operator, account } = await wrongId();
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" });
    account.secrets.put(SECRET, JSON.stringify({ privateKey: pem, keyPairId: "K2JCJMDEHXQW5F" }));
    const ran = await runCommand(words(`${LINE} --yes`), operator());
    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toContain("hint: keyturn rotate start --gate demo");
    expect(ran.stdout + ran.stderr).not.toContain("PRIVATE KEY");
  });
});

const ID = "K3AAAAAAAAAAAA";
const OLD = "K2JCJMDEHXQW5F";
const pem = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs1", format: "pem" })
  .toString();
const json = (members: object, indent?: number) => JSON.stringify(members, null, indent);
const form = (format: "json" | "pem", keyPairId = "keyPairId") => ({
  id: "app/key",
  format,
  fields: { privateKey: format === "pem" ? "PRIVATE_KEY" : "privateKey", keyPairId },
});
const textOf = (value: SecretValue) =>
  "text" in value ? value.text.reveal() : Buffer.from(value.binary.reveal()).toString("utf8");

describe("withKeyPairId", () => {
  const forms = [
    ["compact JSON", form("json"), OLD, json({ privateKey: pem, keyPairId: OLD, note: OLD })],
    ["indented JSON", form("json"), OLD, json({ note: "é", keyPairId: OLD, privateKey: pem }, 2)],
    ["a nested member", form("json", "cf.id"), OLD, json({ cf: { id: OLD }, privateKey: pem }, 4)],
    [
      "a value that is not an ID",
      form("json"),
      "paste it here",
      json({ privateKey: pem, keyPairId: "paste it here" }),
    ],
    ["settings", form("pem", "KEY_ID"), OLD, `KEY_ID="${OLD}"\nPRIVATE_KEY="${pem}"\nNOTE=1\n`],
  ] as const;

  it.each(forms)("keeps every other byte of %s", (_, shape, was, text) => {
    const next = textOf(withKeyPairId({ text: new Sealed(text) }, shape, ID));
    const place = shape.format === "json" ? `"${was}"` : was;
    const at =
      shape.fields.keyPairId === "cf.id"
        ? text.indexOf(place)
        : text.indexOf(place, text.indexOf(shape.fields.keyPairId));
    expect(next).toBe(text.slice(0, at) + place.replace(was, ID) + text.slice(at + place.length));
  });

  it.each([
    ["compact", json({ privateKey: pem }), "{", `{"keyPairId":"${ID}",`],
    ["indented", json({ privateKey: pem }, 2), "{\n  ", `{\n  "keyPairId": "${ID}",\n  `],
  ])("adds the missing member to %s JSON in its layout", (_, text, opening, added) => {
    const next = textOf(withKeyPairId({ text: new Sealed(text) }, form("json"), ID));
    expect(next).toBe(text.replace(opening, added));
  });

  it.each([
    ["a bare PEM", form("pem"), pem],
    ["settings without that name", form("pem", "KEY_ID"), `PRIVATE_KEY="${pem}"\n`],
  ] as const)("refuses %s, without printing its content", (_, shape, text) => {
    const write = () => withKeyPairId({ text: new Sealed(text) }, shape, ID);
    expect(write).toThrow(/has no place for a key pair ID/);
  });
});
