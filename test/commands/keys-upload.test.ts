import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, it } from "vitest";
import { fingerprint } from "../../src/keys/fingerprint.ts";
import { type Account, createAccount } from "../../src/sandbox/account.ts";
import { ManualClock } from "../fakes/manual-clock.ts";
import {
  type MemoryWorld,
  type MemoryWorldOptions,
  memoryWorld,
  runCommand,
  words,
} from "../fakes/memory-world.ts";
import { seededRandom } from "../fakes/seeded-random.ts";

const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
const pem = publicPem(pair.publicKey);

function publicPem(key: KeyObject): string {
  return key.export({ type: "spki", format: "pem" }).toString();
}

function setUp(options: MemoryWorldOptions = {}): { account: Account; world: MemoryWorld } {
  const clock = new ManualClock();
  const account = createAccount({ clock, random: seededRandom(7) });
  const world = memoryWorld({ clock, cloud: account.handler, files: { "app.pub.pem": pem }, ...options });
  return { account, world };
}

function keysOf(account: Account) {
  return [...account.cloudFront.state.publicKeys.values()];
}

/** Another key, and a group that contains it. */
function otherKeyAndGroup(account: Account, groupName = "app-group") {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const config = { callerReference: "other", name: "other", encodedKey: publicPem(publicKey), comment: "" };
  const key = account.cloudFront.publicKeys.create(config);
  const group = account.cloudFront.keyGroups.create({ name: groupName, items: [key.id], comment: "kept" });
  return { key, group };
}

describe("keys upload", () => {
  it("uploads a public key and prints its key pair ID", async () => {
    const { account, world } = setUp();
    const ran = await runCommand(words("keys upload app.pub.pem --name app-2026 --yes"), world);
    const [key] = keysOf(account);
    expect(ran).toEqual({
      exitCode: 0,
      stdout: [
        "ok app-2026: uploaded",
        `  key pair ID  ${key?.id}`,
        `  fingerprint  ${fingerprint(pair.publicKey)} (EC prime256v1)`,
        "",
      ].join("\n"),
      stderr: [
        "http://sandbox.invalid:",
        `  upload public key app-2026 (EC prime256v1, ${fingerprint(pair.publicKey)})`,
        "  make it public key 1 of 10, the default quota of an account",
        "",
      ].join("\n"),
    });
    expect(key?.config.encodedKey).toContain("-----BEGIN PUBLIC KEY-----\n");
  });

  it("uploads nothing the second time, even in another file format", async () => {
    const { account, world } = setUp({
      files: {
        "app.pub.pem": pem,
        "escaped.pem": pem.trim().replaceAll("\n", "\\n"),
        "crlf.pem": pem.replaceAll("\n", "\r\n"),
      },
    });
    await runCommand(words("keys upload app.pub.pem --yes"), world);
    const id = keysOf(account)[0]?.id;
    for (const file of ["app.pub.pem", "escaped.pem", "crlf.pem"]) {
      // Without --yes, because there is nothing to confirm.
      const again = await runCommand(words(`keys upload ${file} --name another --json`), world);
      expect(again.exitCode).toBe(0);
      expect(JSON.parse(again.stdout)).toMatchObject({
        command: "keys upload",
        outcome: "done",
        result: { keyPairId: id, uploaded: false },
      });
      expect(again.stderr).toBe("");
    }
    expect(keysOf(account)).toHaveLength(1);
  });

  it("uses the public half of a private key, and prints nothing of the private half", async () => {
    const secret = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const { account, world } = setUp({ files: { "app.pem": secret } });
    const ran = await runCommand(words("keys upload app.pem --yes --verbose"), world);
    expect(ran.exitCode).toBe(0);
    expect(keysOf(account)[0]?.config.encodedKey.trim()).toBe(pem.trim());
    const body = secret.split("\n")[1] as string;
    expect(ran.stdout + ran.stderr).not.toContain(body.slice(0, 24));
  });

  it("adds the key to a group given by ID, start of ID or name, and keeps the group's other keys", async () => {
    for (const asked of ["id", "prefix", "name"] as const) {
      const { account, world } = setUp();
      const { key, group } = otherKeyAndGroup(account);
      const argument = { id: group.id, prefix: group.id.slice(0, 8), name: "app-group" }[asked];
      const ran = await runCommand(["keys", "upload", "app.pub.pem", "--group", argument, "--yes"], world);
      expect(ran.exitCode).toBe(0);
      const ours = keysOf(account).find(({ id }) => id !== key.id);
      expect(account.cloudFront.state.keyGroups.get(group.id)?.config).toEqual({
        name: "app-group",
        items: [key.id, ours?.id],
        comment: "kept",
      });
      const again = await runCommand(["keys", "upload", "app.pub.pem", "--group", argument], world);
      expect(again.stdout).toContain("already in the account");
    }
  });

  it("merges with a change made between the read and the write", async () => {
    const { account, world } = setUp();
    const { key, group } = otherKeyAndGroup(account);
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const third = account.cloudFront.publicKeys.create({
      callerReference: "third",
      name: "third",
      encodedKey: publicPem(publicKey),
      comment: "",
    });
    let raced = false;
    account.faults.onCall(({ operation, moment }) => {
      if (raced || operation !== "UpdateKeyGroup" || moment !== "before") return;
      raced = true;
      const { etag } = account.cloudFront.state.keyGroups.get(group.id) as { etag: string };
      account.cloudFront.keyGroups.update(group.id, etag, { ...group.config, items: [key.id, third.id] });
    });
    const ran = await runCommand(words(`keys upload app.pub.pem --group ${group.id} --yes`), world);
    expect(ran.exitCode).toBe(0);
    const ours = keysOf(account).find(({ id }) => id !== key.id && id !== third.id);
    expect(account.cloudFront.state.keyGroups.get(group.id)?.config.items).toEqual([
      key.id,
      third.id,
      ours?.id,
    ]);
  });

  it("changes nothing under --dry-run, and prints what it would change", async () => {
    const { account, world } = setUp();
    const ran = await runCommand(words("keys upload app.pub.pem --dry-run"), world);
    expect(ran).toMatchObject({ exitCode: 0, stdout: "" });
    expect(ran.stderr).toMatch(/upload public key keyturn-\w{12} .*\n.*\ndry run: nothing was changed\n$/);
    expect(keysOf(account)).toEqual([]);
  });

  it("needs --yes without a terminal", async () => {
    const { account, world } = setUp();
    const ran = await runCommand(words("keys upload app.pub.pem"), world);
    expect(ran).toMatchObject({ exitCode: 7, stdout: "" });
    expect(ran.stderr).toMatch(/error: .* \[ERR_CONFIRMATION\]\nhint: add --yes to confirm\n/);
    expect(keysOf(account)).toEqual([]);
  });

  it.each([
    ["yes", 0, 1],
    ["y", 7, 0],
    ["", 7, 0],
  ])("with the answer %j exits with %i", async (answer, exitCode, uploaded) => {
    const { account, world } = setUp({ answers: [answer] });
    const ran = await runCommand(words("keys upload app.pub.pem"), world);
    expect(ran.exitCode).toBe(exitCode);
    expect(keysOf(account)).toHaveLength(uploaded);
  });

  it("creates one key even if the response to the create call was lost", async () => {
    const { account, world } = setUp();
    account.faults.order({ kind: "drop-after", on: "cloudfront", operation: "CreatePublicKey" });
    const ran = await runCommand(words("keys upload app.pub.pem --yes"), world);
    expect(ran.exitCode).toBe(0);
    expect(keysOf(account)).toHaveLength(1);
  });
});

describe("keys upload with unusable input", () => {
  const rsa1024 = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
  const rsa4096 = generateKeyPairSync("rsa", { modulusLength: 4096 }).publicKey;
  const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey;
  const ed25519 = generateKeyPairSync("ed25519").publicKey;
  const files = {
    "app.pub.pem": pem,
    "junk.pem": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
    "text.pem": "hello",
    "empty.pem": "",
    "rsa1024.pem": publicPem(rsa1024),
    "rsa4096.pem": publicPem(rsa4096),
    "p384.pem": publicPem(p384),
    "ed25519.pem": publicPem(ed25519),
  };
  it.each([
    ["missing.pem", 3, "ERR_FILE_UNREADABLE"],
    ["junk.pem", 3, "ERR_KEY_UNREADABLE"],
    ["text.pem", 3, "ERR_KEY_UNREADABLE"],
    ["empty.pem", 3, "ERR_KEY_UNREADABLE"],
    ["rsa1024.pem", 3, "ERR_KEY_KIND"],
    ["rsa4096.pem", 3, "ERR_KEY_KIND"],
    ["p384.pem", 3, "ERR_KEY_KIND"],
    ["ed25519.pem", 3, "ERR_KEY_KIND"],
    ["app.pub.pem --group nowhere", 5, "ERR_NOT_FOUND"],
  ])("refuses %s with exit code %i and %s", async (argument, exitCode, code) => {
    const { account, world } = setUp({ files });
    const ran = await runCommand(words(`keys upload ${argument} --yes`), world);
    expect(ran).toMatchObject({ exitCode, stdout: "" });
    const [error, ...hints] = ran.stderr.trimEnd().split("\n");
    expect(error).toMatch(new RegExp(`^error: .+ \\[${code}\\]$`));
    expect(hints.length).toBeGreaterThan(0);
    for (const hint of hints) expect(hint).toMatch(/^hint: /);
    expect(keysOf(account)).toEqual([]);
  });

  it("reports a name that another key has", async () => {
    const { account, world } = setUp();
    otherKeyAndGroup(account);
    const ran = await runCommand(words("keys upload app.pub.pem --name other --yes"), world);
    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toMatch(/the name other belongs to another key, K\w+ \[ERR_EXISTS\]/);
  });

  it("reports an account at its quota, with the fix", async () => {
    const clock = new ManualClock();
    const account = createAccount({ clock, random: seededRandom(7), quotas: { publicKeys: 1 } });
    otherKeyAndGroup(account);
    const world = memoryWorld({ clock, cloud: account.handler, files });
    const ran = await runCommand(words("keys upload app.pub.pem --yes"), world);
    expect(ran.exitCode).toBe(5);
    expect(ran.stderr).toMatch(
      /\[ERR_QUOTA\]\nhint: keyturn keys list\nhint: keyturn keys prune --dry-run\n/,
    );
  });
});
