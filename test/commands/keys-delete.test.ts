import { describe, expect, it } from "vitest";
import { Sealed } from "../../src/sealed.ts";
import { memoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { addKey, freshPair, gateInAccount, idsIn, SECRET, secretText } from "./keys-account.ts";

describe("keys delete", () => {
  it("deletes an unused key when its ID is typed", async () => {
    const { account, keyPairId, clock } = await gateInAccount();
    const unused = addKey(account, "old-try");
    const world = memoryWorld({ clock, cloud: account.handler, answers: [unused] });
    const ran = await runCommand(words("keys delete old-try --region eu-west-1"), world);
    expect(ran).toMatchObject({ exitCode: 0, stdout: `ok ${unused} (old-try): deleted\n` });
    expect(ran.stderr).toContain(`Type ${unused} to continue: `);
    expect(idsIn(account)).toEqual([keyPairId]);
  });

  it("prints what the prompt is about, even under --quiet", async () => {
    const { account, keyPairId, clock } = await gateInAccount();
    const unused = addKey(account, "old-try");
    const world = memoryWorld({ clock, cloud: account.handler, answers: [unused] });
    const ran = await runCommand(words("keys delete old-try --quiet --region eu-west-1"), world);
    expect(ran.stderr).toMatch(/:\n {2}delete public key \w+ \(old-try,\s[\s\S]*\nType \w+ to continue: /);
    expect(idsIn(account)).toEqual([keyPairId]);
  });

  it("is silent under --quiet --yes, except for the result", async () => {
    const { account, world } = await gateInAccount();
    const unused = addKey(account, "old-try");
    const ran = await runCommand(words("keys delete old-try --quiet --yes"), world);
    expect(ran).toEqual({ exitCode: 0, stdout: `ok ${unused} (old-try): deleted\n`, stderr: "" });
  });

  it.each(["yes", "old-try", ""])("deletes nothing if the answer is %j", async (answer) => {
    const { account, world } = await gateInAccount({ answers: [answer] });
    addKey(account, "old-try");
    const ran = await runCommand(words("keys delete old-try"), world);
    expect(ran.exitCode).toBe(7);
    expect(ran.stderr).toContain("[ERR_CONFIRMATION]");
    expect(idsIn(account)).toHaveLength(2);
  });

  it("does not match an empty argument, even if there is only one key", async () => {
    const { account, world, groupId, keyPairId } = await gateInAccount();
    const stored = account.cloudFront.state.keyGroups.get(groupId);
    account.cloudFront.keyGroups.delete(groupId, stored?.etag as string);
    const ran = await runCommand(["keys", "delete", "", "--yes"], world);
    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toContain('error: public key "" not found in this account');
    expect(idsIn(account)).toEqual([keyPairId]);
  });

  it("refuses a key that is in a key group", async () => {
    const { account, world, keyPairId } = await gateInAccount();
    const ran = await runCommand(words(`keys delete ${keyPairId} --yes`), world);
    expect(ran).toMatchObject({ exitCode: 5, stdout: "" });
    expect(ran.stderr).toMatch(
      /is in use: key group app-group \([0-9a-f-]{36}\) \[ERR_IN_USE\]\nhint: .*:\nhint: keyturn rotate start/,
    );
    expect(idsIn(account)).toEqual([keyPairId]);
  });

  it("refuses the key that signers mint with, even if no group contains it", async () => {
    const { account, world, groupId, keyPairId } = await gateInAccount();
    const other = addKey(account, "other");
    const stored = account.cloudFront.state.keyGroups.get(groupId);
    account.cloudFront.keyGroups.update(groupId, stored?.etag as string, {
      name: "app-group",
      items: [other],
      comment: "",
    });
    const ran = await runCommand(words(`keys delete ${keyPairId} --yes`), world);
    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toContain("signers mint with it: secret app/key, AWSCURRENT [ERR_IN_USE]");
    expect(idsIn(account)).toContain(keyPairId);
  });

  it("refuses a key of an earlier version, which a switch back would need", async () => {
    const { account, world } = await gateInAccount();
    const pair = freshPair();
    const old = addKey(account, "former", pair.publicKey);
    const { vault } = await world.cloud({});
    await vault.put(SECRET, "0".repeat(32), { text: new Sealed(secretText(pair.privateKey, old)) }, [
      "keyturn-old",
    ]);
    const ran = await runCommand(words("keys delete former --yes"), world);
    expect(ran.stderr).toContain("is in use: secret app/key, keyturn-old [ERR_IN_USE]");
    expect(idsIn(account)).toContain(old);
  });

  it("does not delete a key whose use is unclear", async () => {
    const { account, world } = await gateInAccount();
    const unused = addKey(account, "old-try");
    account.faults.order({ on: "secretsmanager", kind: "access-denied", times: Number.POSITIVE_INFINITY });
    const ran = await runCommand(words("keys delete old-try --yes"), world);
    expect(ran.exitCode).toBe(4);
    expect(ran.stderr).toMatch(/secretsmanager:ListSecrets .*\[ERR_ACCESS_DENIED\]/);
    expect(idsIn(account)).toContain(unused);
  });

  it.each([
    ["KNOBODY", /public key "KNOBODY" not found in this account: no ID or name matches \[ERR_NOT_FOUND\]/],
    ["K", /public key "K" not found in this account: 2 IDs start with it \[ERR_NOT_FOUND\]/],
  ])("explains why %s matches no key", async (asked, message) => {
    const { account, world } = await gateInAccount();
    addKey(account, "other");
    const ran = await runCommand(["keys", "delete", asked, "--yes"], world);
    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toMatch(message);
  });
});
