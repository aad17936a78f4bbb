import { describe, expect, it } from "vitest";
import { deleteSecret } from "../../src/sandbox/secrets/lifecycle.ts";
import { Sealed } from "../../src/sealed.ts";
import { memoryWorld, runCommand, words } from "../fakes/memory-world.ts";
import { addKey, freshPair, gateInAccount, idsIn, SECRET, secretText } from "./keys-account.ts";

describe("keys prune", () => {
  it("deletes and lists unused keys, and prints why it keeps the others", async () => {
    const { account, world, clock, keyPairId, groupId } = await gateInAccount();
    const [first, second] = [addKey(account, "try-1"), addKey(account, "try-2")];
    await clock.advance(3600);
    const young = addKey(account, "try-3");
    await clock.advance(60);
    const ran = await runCommand(words("keys prune --yes"), world);
    expect(ran.exitCode).toBe(0);
    expect(ran.stdout).toBe(
      [
        `- ${keyPairId} (app-1): used by key group app-group`,
        `  (${groupId}); secret app/key, AWSCURRENT`,
        `ok ${first} (try-1): unused, deleted`,
        `ok ${second} (try-2): unused, deleted`,
        `- ${young} (try-3): uploaded 1m ago; keys younger than 1h are kept`,
        "",
      ].join("\n"),
    );
    expect(ran.stderr).toMatch(
      /delete public key K\w+ \(try-1, SHA256:[^)]+\)\n {2}delete public key K\w+ \(try-2,/,
    );
    expect(idsIn(account).toSorted()).toEqual([keyPairId, young].toSorted());
  });

  it.each([
    [-1, false],
    [0, true],
    [1, true],
  ])("deletes a key at an age of an hour and %i s: %s", async (beside, goes) => {
    const { account, world, clock } = await gateInAccount();
    const key = addKey(account, "try");
    await clock.advance(3600 + beside);
    await runCommand(words("keys prune --yes"), world);
    expect(idsIn(account).includes(key)).toBe(!goes);
  });

  it("keeps a key whose private half is in a version of a gate's secret, without its ID", async () => {
    const { account, world, clock } = await gateInAccount();
    const pair = freshPair();
    const key = addKey(account, "draft", pair.publicKey);
    const { vault } = await world.cloud({});
    const text = JSON.stringify({ ...JSON.parse(secretText(pair.privateKey, key)), keyPairId: undefined });
    await vault.put(SECRET, "0".repeat(32), { text: new Sealed(text) }, ["keyturn-new"]);
    await clock.advance(7200);
    const ran = await runCommand(words("keys prune --yes"), world);
    expect(ran.stdout).toContain(`${key} (draft): used by secret app/key, keyturn-new`);
    expect(idsIn(account)).toContain(key);
  });

  it("ignores a placeholder that a secret once held", async () => {
    const { account, world, clock } = await gateInAccount();
    const { vault } = await world.cloud({});
    await vault.put(SECRET, "0".repeat(32), { text: new Sealed("CHANGE ME") }, ["first"]);
    addKey(account, "try");
    await clock.advance(7200);
    expect((await runCommand(words("keys prune --yes"), world)).exitCode).toBe(0);
    expect(idsIn(account)).toHaveLength(1);
  });

  it("stops at a version with a key that it cannot read", async () => {
    const { account, world, clock } = await gateInAccount();
    const { vault } = await world.cloud({});
    const odd = secretText(freshPair().privateKey, "K").replace("privateKey", "pem");
    await vault.put(SECRET, "0".repeat(32), { text: new Sealed(odd) }, ["other"]);
    addKey(account, "try");
    await clock.advance(7200);
    const ran = await runCommand(words("keys prune --yes"), world);
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toContain("[ERR_SECRET_FORMAT]");
    expect(idsIn(account)).toHaveLength(2);
  });

  it("stops if a rotation record is marked for deletion, since the keys it needs cannot be read", async () => {
    const { account, world, clock } = await gateInAccount();
    const unused = addKey(account, "try");
    await clock.advance(7200);
    const { vault } = await world.cloud({});
    const record = `${SECRET}.keyturn`;
    await vault.create(record, "0".repeat(32), { text: new Sealed("{}") });
    deleteSecret(account.secrets.registry, "eu-west-1", record, { isForced: false });
    const ran = await runCommand(words("keys prune --yes"), world);
    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toContain(`hint: keyturn secret restore ${record}\n`);
    expect(idsIn(account)).toContain(unused);
    // If the gate's secret is deleted too, none of its keys is needed.
    deleteSecret(account.secrets.registry, "eu-west-1", SECRET, { isForced: false });
    expect((await runCommand(words("keys delete try --yes --dry-run"), world)).stderr).not.toContain(record);
  });

  it("changes nothing under --dry-run", async () => {
    const { account, world, clock } = await gateInAccount();
    addKey(account, "try");
    await clock.advance(7200);
    const ran = await runCommand(words("keys prune --dry-run"), world);
    expect(ran.exitCode).toBe(0);
    expect(ran.stderr).toContain("dry run: nothing was changed");
    expect(ran.stdout).toMatch(/- K\w+ \(try\): unused\n/);
    expect(idsIn(account)).toHaveLength(2);
  });

  it("keeps a key that came into use after the check", async () => {
    const { account, world, clock, groupId, keyPairId } = await gateInAccount();
    const key = addKey(account, "try");
    await clock.advance(7200);
    account.faults.onCall(({ operation, moment }) => {
      if (operation !== "DeletePublicKey" || moment !== "before") return;
      const { etag } = account.cloudFront.state.keyGroups.get(groupId) as { etag: string };
      account.cloudFront.keyGroups.update(groupId, etag, {
        name: "app-group",
        items: [keyPairId, key],
        comment: "",
      });
    });
    const ran = await runCommand(words("keys prune --yes"), world);
    expect(ran).toMatchObject({ exitCode: 0 });
    expect(ran.stdout).toContain(`- ${key} (try): changed in the meantime; run it again`);
    expect(idsIn(account)).toContain(key);
  });

  it("needs keyturn.yaml", async () => {
    const { account, clock } = await gateInAccount();
    const ran = await runCommand(words("keys prune --yes"), memoryWorld({ clock, cloud: account.handler }));
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toMatch(
      /there is no keyturn.yaml in this folder or above it \[ERR_CONFIG\]\nhint: keyturn config init/,
    );
  });
});
