/** `secret rewrite` in the sandbox: confirmed, conditional, and refused during a rotation or for an untrusted key. */
import { describe, expect, it } from "vitest";
import { runCommand, words } from "../fakes/memory-world.ts";
import { siteWorld } from "../rotation/site-world.ts";
import { addKey } from "./keys-account.ts";

const SECRET = "demo/cloudfront-signing-key";
const LINE = "secret rewrite --gate demo";

async function raggedSecret() {
  const world = await siteWorld();
  const { account } = world.site;
  const good = account.secrets.text(SECRET) ?? "";
  const before = good.replace(/(-----\\n.{9})/, "$1\\n").replace("{", '{"note":"tide",');
  const after = good.replace("{", '{"note":"tide",');
  expect(before).not.toBe(after);
  account.secrets.put(SECRET, before);
  await world.clock.advance(60);
  return { ...world, account, before, after, text: () => account.secrets.text(SECRET) };
}

describe("secret rewrite", () => {
  it("prints the secret's old and new form, and who must be able to read it, before its question", async () => {
    const { operator, after, text, account } = await raggedSecret();
    const { vault } = await operator().cloud({ region: account.region });
    const { versionId } = await vault.get(SECRET, { stage: "AWSCURRENT" });
    const ran = await runCommand(words(LINE), operator({ answers: ["yes"] }));
    const announced = ran.stderr.replace(/\s+/g, " ");
    expect(announced).toContain(`rewrite secret ${SECRET}; its key K`);
    expect(announced).toContain("write the PEM with lines of 64 characters");
    expect(announced).toContain("keep every other byte; current form: PKCS#8 PEM in JSON");
    expect(announced).toContain("the application of gate demo must be able to read it: PKCS#8 PEM in JSON");
    expect(announced).toContain(`make that a new current version; ${versionId} becomes AWSPREVIOUS`);
    expect(ran.exitCode).toBe(0);
    expect(text()).toBe(after);
    expect(ran.stdout).toContain(`keyturn secret set-current ${versionId} --gate demo`);
    expect(ran.stdout + ran.stderr).not.toMatch(/tide|PRIVATE KEY/);
  });

  it("prints a command that undoes it", async () => {
    const { operator, before, text } = await raggedSecret();
    const ran = await runCommand(words(`${LINE} --yes`), operator());
    const [, back = ""] = /keyturn (secret set-current .*)/.exec(ran.stdout) ?? [];
    expect((await runCommand(words(`${back} --yes --no-proof`), operator())).exitCode).toBe(0);
    expect(text()).toBe(before);
  });

  it("is not reported by the audit as somebody else's write, even after a rotation", async () => {
    const settings = { cookieTtl: 12, signerCache: 4, settle: 6, propagation: 4 };
    const { operator, clock } = await siteWorld({ settings });
    const rotated = await runCommand(
      words("rotate start --gate demo --key-type ecdsa-p256 --yes --wait"),
      operator(),
    );
    expect(rotated.exitCode).toBe(0);
    await clock.advance(60);
    const rewritten = await runCommand(words(`${LINE} --form sec1 --yes --json`), operator());
    expect(JSON.parse(rewritten.stdout)).toMatchObject({ result: { changed: true } });
    await clock.advance(60);
    const { findings } = JSON.parse((await runCommand(words("audit --gate demo --json"), operator())).stdout);
    const ids = findings.map(({ id }: { readonly id: string }) => id);
    expect(ids).not.toContain("secret-written-by-hand");
  });

  it("leaves no extra label, and keeps the previous value as AWSPREVIOUS", async () => {
    const { operator, account, before } = await raggedSecret();
    await runCommand(words(`${LINE} --yes`), operator());
    const { vault } = await operator().cloud({ region: account.region });
    const { stagesByVersion } = await vault.describe(SECRET);
    expect(Object.values(stagesByVersion).flat().toSorted()).toEqual(["AWSCURRENT", "AWSPREVIOUS"]);
    expect(account.secrets.text(SECRET, "AWSPREVIOUS")).toBe(before);
  });

  it("changes nothing under --dry-run, without a confirmation, or a second time", async () => {
    const { operator, before, text } = await raggedSecret();
    expect(await runCommand(words(`${LINE} --dry-run`), operator())).toMatchObject({
      exitCode: 0,
      stdout: "",
    });
    expect((await runCommand(words(LINE), operator({ answers: ["no"] }))).exitCode).toBe(7);
    expect((await runCommand(words(LINE), operator())).exitCode).toBe(7);
    expect(text()).toBe(before);
    await runCommand(words(`${LINE} --yes`), operator());
    const again = await runCommand(words(`${LINE} --json`), operator());
    expect(JSON.parse(again.stdout)).toMatchObject({
      outcome: "done",
      result: { changed: false, changes: [] },
    });
  });

  it("never overwrites a version that someone else made current in the meantime", async () => {
    const { direct, account, before, text } = await raggedSecret();
    const theirs = before.replace("tide", "theirs");
    let raced = false;
    const world = direct(async (what, _kind, call) => {
      if (what === "UpdateSecretVersionStage" && !raced) {
        raced = true;
        account.secrets.put(SECRET, theirs);
      }
      return call();
    });
    const ran = await runCommand(words(`${LINE} --yes`), world);
    expect([ran.exitCode, raced]).toEqual([5, true]);
    expect(ran.stderr).toContain("somebody else changed the secret");
    expect(text()).toBe(theirs);
  });

  it("is refused while a rotation is open", async () => {
    const { direct, operator, account, before, after } = await raggedSecret();
    account.secrets.put(SECRET, after);
    const start = "rotate start --gate demo --yes --key-type ecdsa-p256 --until key-uploaded";
    await runCommand(words(start), direct());
    account.secrets.put(SECRET, before);
    const ran = await runCommand(words(`${LINE} --yes`), operator());
    expect(ran).toMatchObject({ exitCode: 5, stderr: expect.stringContaining("of gate demo is open") });
    expect(account.secrets.text(SECRET)).toBe(before);
  });

  it("is refused for a key that a key group does not trust", async () => {
    const { operator, site, account, before, text } = await raggedSecret();
    const { config, etag } = account.cloudFront.keyGroups.get(site.ids.keyGroupId);
    const [signing] = config.items;
    account.cloudFront.keyGroups.update(site.ids.keyGroupId, etag, {
      ...config,
      items: [addKey(account, "other")],
    });
    const ran = await runCommand(words(`${LINE} --yes`), operator());
    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toContain(`hint: keyturn keys trust ${signing} --gate demo`);
    expect(text()).toBe(before);
  });

  it("is refused if the remaining ID would belong to another key", async () => {
    const { operator, account, after, text } = await raggedSecret();
    const twice = after.replace(/\}$/, `,"keyPairId":"${addKey(account, "other")}"}`);
    account.secrets.put(SECRET, twice);
    const wrong = await runCommand(words(`${LINE} --duplicates last --yes`), operator());
    expect([wrong.exitCode, text()]).toEqual([5, twice]);
    expect((await runCommand(words(`${LINE} --duplicates first --yes`), operator())).exitCode).toBe(0);
    expect(text()).toBe(after);
  });
});
