import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { awsCloud } from "../../src/adapters/aws/cloud.ts";
import { InterruptError } from "../../src/errors.ts";
import type { FaultKind } from "../../src/sandbox/faults.ts";
import { Sealed } from "../../src/sealed.ts";
import type { Cloud } from "../../src/seams/cloud.ts";
import { addKey, freshPair, gateInAccount, SECRET, secretText } from "../commands/keys-account.ts";
import { ManualClock } from "../fakes/manual-clock.ts";
import { runCommand, words } from "../fakes/memory-world.ts";
import { seededRandom } from "../fakes/seeded-random.ts";

async function cloudOnSandbox() {
  const set = await gateInAccount();
  return { ...set, cloud: await set.world.cloud({}) };
}

async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe("an error from AWS", () => {
  const text = (value: string) => ({ text: new Sealed(value) });
  const table: [
    title: string,
    code: string,
    call: (cloud: Cloud, set: { groupId: string; keyPairId: string }) => Promise<unknown>,
  ][] = [
    [
      "a stale ETag",
      "ERR_PRECONDITION",
      ({ controlPlane }, { groupId }) =>
        controlPlane.updateKeyGroup(groupId, "E1AAAAAAAAAAAA", { name: "x", items: [], comment: "" }),
    ],
    ["an unknown key", "ERR_NOT_FOUND", ({ controlPlane }) => controlPlane.getPublicKey("KNOBODY")],
    ["an unknown group", "ERR_NOT_FOUND", ({ controlPlane }) => controlPlane.getKeyGroup("nobody")],
    [
      "an unknown distribution",
      "ERR_NOT_FOUND",
      ({ controlPlane }) => controlPlane.getDistribution("ENOBODY"),
    ],
    ["an unknown secret", "ERR_NOT_FOUND", ({ vault }) => vault.describe("nobody")],
    ["a label that no version has", "ERR_NOT_FOUND", ({ vault }) => vault.get(SECRET, { stage: "nobody" })],
    [
      "a key in use",
      "ERR_IN_USE",
      async ({ controlPlane }, { keyPairId }) =>
        controlPlane.deletePublicKey(keyPairId, (await controlPlane.getPublicKey(keyPairId)).etag),
    ],
    [
      "a key name that exists",
      "ERR_EXISTS",
      async ({ controlPlane }, { keyPairId }) => {
        const { value } = await controlPlane.getPublicKey(keyPairId);
        return controlPlane.createPublicKey({ ...value, callerReference: "again" });
      },
    ],
    ["a secret that exists", "ERR_EXISTS", ({ vault }) => vault.create(SECRET, "a".repeat(32), text("x"))],
    [
      "a token that was used for another value",
      "ERR_EXISTS",
      async ({ vault }) => {
        await vault.put(SECRET, "b".repeat(32), text("x"), ["one"]);
        return vault.put(SECRET, "b".repeat(32), text("y"), ["two"]);
      },
    ],
    [
      "a label that is on another version",
      "ERR_PRECONDITION",
      async ({ vault }) => {
        const put = await vault.put(SECRET, "c".repeat(32), text("x"), ["next"]);
        return vault.moveStage(SECRET, "AWSCURRENT", { from: put.versionId, to: put.versionId });
      },
    ],
    [
      "a key that is not one",
      "ERR_REFUSED",
      ({ controlPlane }) =>
        controlPlane.createPublicKey({ callerReference: "j", name: "j", encodedKey: "junk", comment: "" }),
    ],
  ];
  it.each(table)("for %s has the code %s", async (_, code, call) => {
    const { cloud, groupId, keyPairId } = await cloudOnSandbox();
    await expect(call(cloud, { groupId, keyPairId })).rejects.toMatchObject({ code });
  });

  it("for a missing permission names the action and how to get it", async () => {
    const { account, world } = await gateInAccount();
    account.faults.order({ on: "cloudfront", kind: "access-denied", operation: "ListKeyGroups" });
    const ran = await runCommand(words("keys list"), world);
    expect(ran.exitCode).toBe(4);
    expect(ran.stderr).toMatch(
      /^error: cloudfront:ListKeyGroups on key groups is not allowed: .* \[ERR_ACCESS_DENIED\]\nhint: /,
    );
    expect(ran.stderr).toContain("keyturn iam --role");
  });

  it("for expired credentials suggests logging in", async () => {
    const { account, world } = await gateInAccount();
    account.faults.order({ on: "cloudfront", kind: "expired-credentials" });
    const ran = await runCommand(words("keys list"), world);
    expect(ran.exitCode).toBe(4);
    expect(ran.stderr).toMatch(
      /^error: the AWS credentials have expired \[ERR_CREDENTIALS\]\nhint: aws sso login\n/,
    );
  });
});

describe("retries", () => {
  it.each<[FaultKind, string]>([
    ["throttle", "ERR_THROTTLED"],
    ["error-before", "ERR_REMOTE"],
    ["error-after", "ERR_REMOTE"],
    ["drop-before", "ERR_UNREACHABLE"],
  ])(
    "continue after five failures with %s, and give up after six with %s, waiting on the clock",
    async (kind, code) => {
      for (const times of [5, 6]) {
        const { account, world, clock, keyPairId } = await gateInAccount();
        const cloud = await world.cloud({});
        account.faults.order({ on: "cloudfront", kind, operation: "GetPublicKey", times });
        const before = clock.now();
        const read = clock.run(cloud.controlPlane.getPublicKey(keyPairId));
        if (times === 5) await expect(read).resolves.toMatchObject({ value: { id: keyPairId } });
        else await expect(read).rejects.toMatchObject({ code });
        expect(clock.now()).toBeGreaterThan(before);
        expect(clock.now() - before).toBeLessThan(kind === "throttle" ? 32 : 4);
      }
    },
  );

  it("are not made for permanent errors", async () => {
    const { account, world } = await gateInAccount();
    let calls = 0;
    account.faults.onCall(({ moment }) => {
      if (moment === "before") calls += 1;
    });
    const { controlPlane } = await world.cloud({});
    await expect(controlPlane.getPublicKey("KNOBODY")).rejects.toMatchObject({ code: "ERR_NOT_FOUND" });
    expect(calls).toBe(1);
  });
});

describe("an interrupt", () => {
  it("ends the wait between two attempts", async () => {
    const { account, world, clock } = await gateInAccount();
    account.faults.order({ on: "cloudfront", kind: "throttle", times: Number.POSITIVE_INFINITY });
    const { controlPlane } = await world.cloud({});
    const reading = controlPlane.getPublicKey("K");
    reading.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 50));
    world.interruptNow(new InterruptError("SIGINT"));
    await expect(clock.run(reading)).rejects.toMatchObject({ code: "ERR_INTERRUPTED" });
  });

  it("lets a write in progress finish, and starts no other", async () => {
    const { account, world, clock, keyPairId } = await gateInAccount();
    const { controlPlane } = await world.cloud({});
    const unused = addKey(account, "unused");
    const { etag } = await controlPlane.getPublicKey(unused);
    account.faults.onCall(({ operation, moment }) => {
      if (operation === "DeletePublicKey" && moment === "before")
        world.interruptNow(new InterruptError("SIGINT"));
    });
    await clock.run(controlPlane.deletePublicKey(unused, etag));
    expect([...account.cloudFront.state.publicKeys.keys()]).toEqual([keyPairId]);
    await expect(controlPlane.deletePublicKey(keyPairId, etag)).rejects.toMatchObject({
      code: "ERR_INTERRUPTED",
    });
  });
});

describe("the AWS adapter", () => {
  it("stores keys and secrets and reads them back unchanged", async () => {
    const { cloud } = await cloudOnSandbox();
    const encodedKey = freshPair().publicKey.export({ type: "spki", format: "pem" }).toString();
    const config = { callerReference: "r", name: "n", encodedKey, comment: "c & <d> é" };
    const made = await cloud.controlPlane.createPublicKey(config);
    expect(made.value).toMatchObject({ name: "n", encodedKey, comment: "c & <d> é" });
    expect((await cloud.controlPlane.getPublicKey(made.value.id)).etag).toBe(made.etag);
    const binary = new Uint8Array([0, 255, 10, 13]);
    await cloud.vault.put(SECRET, "d".repeat(32), { binary: new Sealed(binary) }, ["bin"]);
    const back = await cloud.vault.get(SECRET, { stage: "bin" });
    expect("binary" in back.value && [...back.value.binary.reveal()]).toEqual([0, 255, 10, 13]);
    expect(JSON.stringify(back)).not.toContain("255");
  });

  it("lists every page, including versions without labels", async () => {
    const { cloud, account } = await cloudOnSandbox();
    const pair = freshPair();
    for (let count = 0; count < 4; count += 1) {
      await cloud.vault.put(
        SECRET,
        `${count}`.repeat(32),
        { text: new Sealed(secretText(pair.privateKey, "K")) },
        ["moving"],
      );
    }
    const versions = await collected(cloud.vault.listVersions(SECRET));
    expect(versions).toHaveLength(5);
    expect(versions.filter(({ stages }) => stages.length === 0)).toHaveLength(3);
    expect(account.secrets).toBeDefined();
  });
});

describe("a call without what AWS needs", () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "keyturn-"));
    for (const name of Object.keys(process.env).filter((each) => each.startsWith("AWS_")))
      vi.stubEnv(name, undefined);
    vi.stubEnv("HOME", home);
    vi.stubEnv("AWS_CONFIG_FILE", join(home, "config"));
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", join(home, "credentials"));
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(home, { recursive: true });
  });

  const clientOptions = (env: Record<string, string>) => ({
    env,
    clock: new ManualClock(),
    random: seededRandom(1),
    terminal: { insist: () => {}, note: () => {} },
    interrupt: new AbortController().signal,
  });

  it("reports missing credentials, and suggests rehearse", async () => {
    const { controlPlane } = await awsCloud({ region: "eu-west-1" }, clientOptions({}));
    await expect(collected(controlPlane.listPublicKeys())).rejects.toMatchObject({
      code: "ERR_CREDENTIALS",
      message: "no AWS credentials found",
      hints: [
        "aws configure sso",
        "to see a whole rotation in a local cloud, without AWS:",
        "keyturn rehearse",
      ],
    });
  });

  it("reports a profile that does not exist", async () => {
    writeFileSync(join(home, "config"), "[profile other]\nregion = eu-west-1\n");
    const { controlPlane } = await awsCloud({ profile: "prod" }, clientOptions({}));
    await expect(collected(controlPlane.listPublicKeys())).rejects.toMatchObject({
      code: "ERR_CREDENTIALS",
      message: expect.stringContaining("prod"),
      hints: expect.arrayContaining(["aws configure sso --profile prod"]),
    });
  });

  it("prints how to renew an expired SSO session", async () => {
    writeFileSync(
      join(home, "config"),
      "[profile prod]\nregion = eu-west-1\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Ops\n[sso-session corp]\nsso_region = eu-west-1\nsso_start_url = https://corp.example/start\n",
    );
    const cache = join(home, ".aws", "sso", "cache");
    mkdirSync(cache, { recursive: true });
    // The cache file is named by the SHA-1 of the session's name.
    const { createHash } = await import("node:crypto");
    const token = { accessToken: "t", expiresAt: "2020-01-01T00:00:00Z" };
    writeFileSync(
      join(cache, `${createHash("sha1").update("corp").digest("hex")}.json`),
      JSON.stringify(token),
    );
    const { controlPlane } = await awsCloud({ profile: "prod" }, clientOptions({}));
    await expect(collected(controlPlane.listPublicKeys())).rejects.toMatchObject({
      code: "ERR_CREDENTIALS",
      message: "the AWS SSO session has expired",
      hints: ["aws sso login --profile prod"],
    });
  });

  const credentials = { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "example" };

  it("needs a region only for secrets", async () => {
    const { vault, where } = await awsCloud({}, clientOptions(credentials));
    expect(where).toBe("AWS (no region)");
    await expect(vault.describe("s")).rejects.toMatchObject({
      code: "ERR_REGION",
      hints: expect.arrayContaining(["add --region eu-west-1 (yours), or export AWS_REGION=eu-west-1"]),
    });
  });

  it("reports that nothing listens at the endpoint", async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
    });
    await new Promise((resolve) => server.close(resolve));
    const options = clientOptions({
      ...credentials,
      AWS_ENDPOINT_URL_CLOUDFRONT: `http://127.0.0.1:${port}`,
    });
    const { controlPlane, where } = await awsCloud({}, options);
    expect(where).toBe(`http://127.0.0.1:${port}`);
    const reading = collected(controlPlane.listPublicKeys());
    await expect(options.clock.run(reading)).rejects.toMatchObject({
      code: "ERR_UNREACHABLE",
      message: `no answer to cloudfront:ListPublicKeys at 127.0.0.1:${port}: connection refused`,
    });
  });
});
