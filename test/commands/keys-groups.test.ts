/** `keys create-group` and `keys delete-group`. */
import { describe, expect, it } from "vitest";
import { runCommand, words } from "../fakes/memory-world.ts";
import { siteWorld } from "../rotation/site-world.ts";
import { addKey, gateInAccount } from "./keys-account.ts";

describe("keys create-group", () => {
  it("creates a group with its first key, prints its ID, and does nothing a second time", async () => {
    const { account, world } = await gateInAccount();
    const key = addKey(account, "new");
    const ran = await runCommand(words("keys create-group new-signers new --yes --json"), world);
    const { keyGroupId, created } = JSON.parse(ran.stdout).result;
    expect(created).toBe(true);
    expect(account.cloudFront.keyGroups.get(keyGroupId).config).toMatchObject({ items: [key] });
    const again = await runCommand(words("keys create-group new-signers new --json"), world);
    expect(JSON.parse(again.stdout)).toMatchObject({ result: { keyGroupId, created: false } });
  });

  it("prints the command for an existing group with other keys", async () => {
    const { account, world, groupId } = await gateInAccount();
    const key = addKey(account, "new");
    const ran = await runCommand(words("keys create-group app-group new --yes"), world);
    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toContain(`hint: keyturn keys trust ${key} --group ${groupId}`);
  });
});

describe("keys delete-group", () => {
  it("deletes an unused group when its name is typed", async () => {
    const { account, world } = await gateInAccount({ answers: ["spare"] });
    const { id } = account.cloudFront.keyGroups.create({
      name: "spare",
      items: [addKey(account, "k")],
      comment: "",
    });
    const ran = await runCommand(words("keys delete-group spare"), world);
    expect(ran).toMatchObject({ exitCode: 0, stdout: `ok spare (${id}): deleted\n` });
    expect(account.cloudFront.state.keyGroups.has(id)).toBe(false);
  });

  it("refuses a group that a gate declares", async () => {
    const { account, world, groupId } = await gateInAccount();
    const ran = await runCommand(words("keys delete-group app-group --yes"), world);
    expect(ran).toMatchObject({ exitCode: 5, stderr: expect.stringContaining("is in use: gate app") });
    expect(account.cloudFront.state.keyGroups.has(groupId)).toBe(true);
  });

  it("refuses a group that a distribution trusts, even without a keyturn.yaml", async () => {
    const { site, operator } = await siteWorld();
    const { keyGroupId, distributionId } = site.ids;
    const ran = await runCommand(words(`keys delete-group ${keyGroupId} --yes`), operator({ files: {} }));
    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toContain(`is in use: distribution ${distributionId} [ERR_IN_USE]`);
  });
});
