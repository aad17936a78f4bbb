/**
 * The `secret` commands that maintain a gate's secret: restore, cancel-rotation, release-labels, replicate,
 * set-current, store.
 */
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { writePrivateKey } from "../../src/keys/any-key.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { deleteSecret } from "../../src/sandbox/secrets/lifecycle.ts";
import { addReplicas, holdReplica } from "../../src/sandbox/secrets/replication.ts";
import { editGroup, plainPut } from "../../src/sandbox/third-party.ts";
import { runCommand, words } from "../fakes/memory-world.ts";
import { siteWorld } from "../rotation/site-world.ts";
import { addKey, freshPair, secretText } from "./keys-account.ts";

const SECRET: string = DEMO.secret;
const REGION: string = DEMO.region;
const RECORD = `${SECRET}.keyturn`;
const START = "rotate start --gate demo --yes --key-type ecdsa-p256";

async function ready() {
  const world = await siteWorld({ settings: { cookieTtl: 30, signerCache: 10, settle: 8 } });
  const { account } = world.site;
  const { registry } = account.secrets;
  const run = async (line: string) => {
    const { stdout, ...ran } = await runCommand(words(line), world.operator());
    return { ...ran, stdout: `${stdout.replaceAll(/\s+/g, " ").trim()}\n` };
  };
  const find = (id = SECRET) => registry.findPrimary(REGION, id);
  const currentOf = (id = SECRET) =>
    find(id).versions.find(({ stages }) => stages.includes("AWSCURRENT"))?.id;
  /** Turns on Secrets Manager's own rotation. */
  const rotating = () => registry.save({ ...find(), rotation: { enabled: true } });
  return { ...world, account, registry, run, find, currentOf, rotating };
}

/** Checks that a command changes nothing without a confirmation or under --dry-run. */
async function changesNothing(
  line: string,
  look: () => unknown,
  run: (line: string) => ReturnType<typeof runCommand>,
) {
  const told = () => JSON.stringify(look(), (name, value) => (name === "accessedAt" ? undefined : value));
  const before = told();
  expect((await run(line)).exitCode).toBe(7);
  expect((await run(`${line} --dry-run`)).exitCode).toBe(0);
  expect(told()).toBe(before);
}

describe("secret restore", () => {
  it("cancels the deletion of the gate's secret, and of a record given by name", async () => {
    const { registry, find, run } = await ready();
    await run(`${START} --until key-stored`);
    for (const [id, line] of [
      [SECRET, "secret restore --gate demo"],
      [RECORD, `secret restore ${RECORD}`],
    ] as const) {
      deleteSecret(registry, REGION, id, { isForced: false });
      await changesNothing(line, () => find(id), run);
      const ran = await run(`${line} --yes`);
      expect(ran.exitCode, ran.stderr).toBe(0);
      expect(ran.stdout).toContain(`secret ${id} is restored, and its current version`);
      expect(find(id).deletion).toBeUndefined();
      expect((await run(line)).stdout).toContain("is not scheduled for deletion");
    }
  });

  it("is suggested by every rotate command that needs a deleted record", async () => {
    const { registry, run } = await ready();
    await run(`${START} --until key-stored`);
    deleteSecret(registry, REGION, RECORD, { isForced: false });
    for (const line of ["rotate status --gate demo", "rotate status --all", "rotate resume --gate demo"]) {
      const { stdout, stderr } = await run(line);
      expect(stdout + stderr, line).toContain(`keyturn secret restore ${RECORD}`);
    }
  });
});

describe("secret cancel-rotation", () => {
  it("turns managed rotation off, even if an open rotation has halted because of it", async () => {
    const { find, run, rotating } = await ready();
    await run(`${START} --until key-uploaded`);
    rotating();
    const halted = await run("rotate resume --gate demo --wait");
    const hint = "keyturn secret cancel-rotation --gate demo";
    expect(halted.stderr).toContain(`hint: ${hint}\n`);
    await changesNothing(hint, () => find(), run);
    const ran = await run(`${hint} --yes`);
    expect([ran.exitCode, ran.stdout]).toEqual([0, expect.stringContaining("managed rotation of")]);
    expect(find().rotation?.enabled).toBe(false);
    expect((await run("rotate resume --gate demo --wait")).exitCode).toBe(0);
    expect((await run(hint)).stdout).toContain("is off");
  });
});

describe("secret release-labels", () => {
  const LINE = "secret release-labels --gate demo";

  it("releases labels that a rotation left, keeps values and AWSCURRENT, and does nothing a second time", async () => {
    const { account, find, currentOf, run } = await ready();
    const versions = find().versions.length;
    const other = account.secrets.put(SECRET, account.secrets.text(SECRET) ?? "", ["keyturn-new"]);
    const current = currentOf();
    await changesNothing(LINE, () => find(), run);
    expect((await run(`${LINE} --yes`)).stdout).toContain(`keyturn-new: released from version ${other}`);
    expect(find().versions).toHaveLength(versions + 1);
    expect(currentOf()).toBe(current);
    expect((await run(LINE)).stdout).toContain("no such labels left");
  });

  it("is refused while a rotation is open, and for labels that signers may read", async () => {
    const { run } = await ready();
    for (const label of ["AWSCURRENT", "AWSPREVIOUS", "keyturn-20260101-abcdef"]) {
      const ran = await run(`${LINE} --label ${label} --yes`);
      expect([ran.exitCode, ran.stderr]).toEqual([
        5,
        expect.stringContaining("only leftover labels can be released"),
      ]);
    }
    await run(`${START} --until key-stored`);
    const ran = await run(`${LINE} --yes`);
    expect([ran.exitCode, ran.stderr]).toEqual([5, expect.stringContaining("is open")]);
  });

  it("releases AWSPENDING by name, unless managed rotation is on", async () => {
    const { account, find, run, rotating } = await ready();
    const line = `${LINE} --label AWSPENDING --yes`;
    account.secrets.put(SECRET, account.secrets.text(SECRET) ?? "", ["AWSPENDING"]);
    rotating();
    expect((await run(line)).stderr).toContain("hint: keyturn secret cancel-rotation\n");
    const cancelled = await run("secret cancel-rotation --gate demo --yes");
    expect(cancelled.stdout).toContain("keyturn secret release-labels --label AWSPENDING --gate demo");
    expect((await run(line)).exitCode).toBe(0);
    expect(find().versions.flatMap(({ stages }) => stages)).not.toContain("AWSPENDING");
  });
});

describe("secret replicate", () => {
  const LINE = "secret replicate eu-west-1 --gate demo";

  it("creates a replica, waits until it is in sync, and does nothing if it is", async () => {
    const { find, run, currentOf } = await ready();
    await changesNothing(LINE, () => find(), run);
    const ran = await run(`${LINE} --yes`);
    expect([ran.exitCode, ran.stdout]).toEqual([
      0,
      expect.stringContaining(`the replica in eu-west-1 is in sync, with version ${currentOf()}`),
    ]);
    expect((await run(LINE)).stdout).toContain("the replica in eu-west-1 is in sync");
  });

  it("suggests --overwrite if another secret has that name, and only with it deletes that one", async () => {
    const { account, registry, run } = await ready();
    const elsewhere = { name: SECRET, token: "a".repeat(32), value: { text: "theirs" }, replicas: [] };
    const { createSecret } = await import("../../src/sandbox/secrets/values.ts");
    createSecret(registry, "eu-west-1", elsewhere);
    const failed = await run(`${LINE} --yes`);
    expect(failed.exitCode).toBe(1);
    expect(failed.stdout).toContain("keyturn secret replicate eu-west-1 --gate demo --overwrite");
    expect(failed.stdout).toMatch(
      /look at it first:\s+`aws secretsmanager describe-secret .* --region eu-west-1`/,
    );
    expect((await run(`${LINE} --overwrite --yes`)).exitCode).toBe(0);
    expect(account.secrets.registry.find("eu-west-1", SECRET).secret.region).toBe(REGION);
  });

  it("refuses the secret's own region", async () => {
    const { run } = await ready();
    expect((await run(`secret replicate ${REGION} --gate demo --yes`)).exitCode).toBe(2);
  });

  it("reports a replica that stays out of sync as a finding", async () => {
    const { registry, run } = await ready();
    addReplicas(registry, REGION, SECRET, [{ region: "eu-west-1" }], false);
    holdReplica(registry, REGION, SECRET, "eu-west-1", { status: "Failed", message: "KMS key is disabled" });
    const { stdout, stderr } = await run("rotate plan --gate demo");
    expect(stdout + stderr).toContain("keyturn secret replicate eu-west-1 --gate demo");
  });
});

describe("secret set-current", () => {
  it("makes a version with a trusted key current again, and proves it at the edge", async () => {
    const { account, find, currentOf, run, clock } = await ready();
    const before = currentOf();
    const theirs = freshPair();
    plainPut(account, SECRET, secretText(theirs.privateKey, addKey(account, "theirs", theirs.publicKey)));
    await clock.advance(60);
    const line = `secret set-current ${before} --gate demo`;
    await changesNothing(line, () => find(), run);
    const ran = await run(`${line} --yes`);
    expect([ran.exitCode, ran.stdout]).toEqual([0, expect.stringContaining("the edge accepts it")]);
    expect(currentOf()).toBe(before);
  });

  it("refuses a version whose key no group trusts, and names the command that helps", async () => {
    const { account, currentOf, run } = await ready();
    const theirs = freshPair();
    const id = addKey(account, "theirs", theirs.publicKey);
    const other = account.secrets.put(SECRET, secretText(theirs.privateKey, id), ["by-hand"]);
    const ran = await run(`secret set-current ${other} --gate demo --yes`);
    expect([ran.exitCode, ran.stderr]).toEqual([5, expect.stringContaining("would be denied [ERR_REFUSED]")]);
    expect(ran.stderr).toContain(`hint: keyturn keys trust ${id} --gate demo\n`);
    expect(currentOf()).not.toBe(other);
  });

  it("does nothing if the current version is not the one in --from", async () => {
    const { account, currentOf, run } = await ready();
    const before = currentOf();
    const second = plainPut(account, SECRET, account.secrets.text(SECRET) ?? "");
    const ran = await run(`secret set-current ${before} --from ${"b".repeat(36)} --gate demo --yes`);
    expect([ran.exitCode, ran.stderr]).toEqual([5, expect.stringContaining("somebody else made it current")]);
    expect(currentOf()).toBe(second);
  });

  it("is refused while an open rotation has switched signers", async () => {
    const { currentOf, run } = await ready();
    const before = currentOf();
    await run(`${START} --wait --until signer-switched`);
    const ran = await run(`secret set-current ${before} --gate demo --yes`);
    expect([ran.exitCode, ran.stderr]).toEqual([5, expect.stringContaining("is open")]);
  });

  it("undoes somebody else's write that halted a rotation, by the command that the halt prints", async () => {
    const { account, site, run } = await ready();
    await run(`${START} --until key-trusted`);
    const theirs = freshPair();
    const other = addKey(account, "by-hand", theirs.publicKey);
    editGroup(account, site.ids.keyGroupId, (items) => [...items, other]);
    plainPut(account, SECRET, secretText(theirs.privateKey, other));
    const halted = await run("rotate resume --gate demo");
    expect(halted.exitCode).toBe(7);
    const hint = /hint: (keyturn secret set-current .*)/.exec(halted.stderr)?.[1];
    expect((await run(`${hint} --yes --no-proof`)).exitCode).toBe(0);
    expect((await run("rotate resume --gate demo --wait")).exitCode).toBe(0);
  });
});

describe("secret store", () => {
  it("creates a gate's first secret, whose key can mint at once, and never overwrites one", async () => {
    const { account, operator } = await ready();
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const id = addKey(account, "first", publicKey);
    const world = operator();
    world.files.put("key.pem", writePrivateKey(privateKey), 0o600);
    const line = "secret store app/first --private-key key.pem";
    expect((await runCommand(words(line), world)).exitCode).toBe(7);
    expect((await runCommand(words(`${line} --dry-run`), world)).exitCode).toBe(0);
    const ran = await runCommand(words(`${line} --yes`), world);
    expect([ran.exitCode, ran.stdout]).toEqual([0, expect.stringContaining(`the private key of ${id}`)]);
    expect(ran.stdout).toContain("is created");
    expect(ran.stdout).toContain("shred -u key.pem");
    const again = await runCommand(words(`${line} --json`), world);
    expect([again.exitCode, JSON.parse(again.stdout).result.changed]).toEqual([0, false]);
    expect((await runCommand(words(line), world)).stdout).toMatch(
      /already\s+holds\s[^;]+;\s+nothing\s+was\s+created/,
    );
    expect(JSON.parse(account.secrets.text("app/first") ?? "")).toMatchObject({ keyPairId: id });
    expect(ran.stdout + ran.stderr).not.toContain("PRIVATE KEY");
    const otherPair = freshPair();
    world.files.put("other.pem", writePrivateKey(otherPair.privateKey), 0o600);
    addKey(account, "other", otherPair.publicKey);
    const refused = await runCommand(words("secret store app/first --private-key other.pem --yes"), world);
    expect([refused.exitCode, refused.stderr]).toEqual([5, expect.stringContaining("[ERR_EXISTS]")]);
    expect(JSON.parse(account.secrets.text("app/first") ?? "")).toMatchObject({ keyPairId: id });
  });

  it("refuses the ID of another key", async () => {
    const { account, operator } = await ready();
    const { privateKey } = freshPair();
    const id = addKey(account, "another");
    const world = operator();
    world.files.put("key.pem", writePrivateKey(privateKey), 0o600);
    const line = `secret store app/first --private-key key.pem --key-pair-id ${id} --yes`;
    const ran = await runCommand(words(line), world);
    expect([ran.exitCode, ran.stderr]).toEqual([3, expect.stringContaining("[ERR_KEY_MISMATCH]")]);
  });
});
