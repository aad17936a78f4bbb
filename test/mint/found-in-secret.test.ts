/** `mint --secret` without a gate finds the key and its ID in the secret, whatever their fields are called. */
import { generateKeyPairSync } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { Sealed } from "../../src/sealed.ts";
import type { Cloud } from "../../src/seams/cloud.ts";
import { NOW } from "../edge/signed.ts";
import { memoryWorld, runCommand } from "../fakes/memory-world.ts";

const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const PEM = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
const ID = "K2JCJMDEHXQW5F";

function worldWith(content: string) {
  const value = { text: new Sealed(content) };
  const arn = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:any-AbCdEf";
  const vault = {
    get: async () => ({ arn, name: "any", versionId: "v", stages: ["AWSCURRENT"], createdAt: NOW, value }),
  };
  return memoryWorld({
    now: NOW,
    cloud: { vault, controlPlane: {}, dates: { machineAhead: undefined } } as unknown as Cloud,
  });
}

describe("mint --secret", () => {
  const other = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
  const OTHER = other.export({ type: "pkcs8", format: "pem" }) as string;
  it.each([
    ["two keys", JSON.stringify({ blue: PEM, green: OTHER }), /several private keys \(in blue, green\)/],
    ["no key", JSON.stringify({ user: "a", password: "b" }), /holds no private key/],
    ["the key as a list of lines", JSON.stringify({ pem: PEM.split("\n") }), /holds no private key/],
    ["a compressed key", gzipSync(PEM).toString("base64"), /base64 of gzip/],
    ["a list in the usual field", JSON.stringify({ privateKey: PEM.split("\n") }), /has a list in the field/],
  ])("refuses a secret with %s, and says so", async (_, content, says) => {
    const argv = ["mint", "https://cdn.example.com/a", "--secret", "any", "--key-pair-id", ID, "--offline"];
    const { stderr, exitCode } = await runCommand(argv, worldWith(content));
    expect([exitCode, stderr]).toEqual([3, expect.stringMatching(says)]);
    expect(stderr).not.toContain(PEM.slice(40, 60));
  });
});

describe("the key and the ID in a secret", () => {
  it.each([
    ["the usual fields", { privateKey: PEM, keyPairId: ID }],
    ["snake case", { private_key: PEM, key_pair_id: ID }],
    ["capitals", { CLOUDFRONT_PRIVATE_KEY: PEM, CLOUDFRONT_KEY_PAIR_ID: ID }],
    ["short names", { pem: PEM, id: ID }],
    [
      "fields among others",
      { signingKey: PEM, publicKeyId: ID, note: "rotated in May", host: "cdn.example.com" },
    ],
    ["nested fields", { cloudfront: { key: PEM, kid: ID } }],
  ])("are found under %s", async (_, fields) => {
    const world = worldWith(JSON.stringify(fields));
    const argv = ["mint", "https://cdn.example.com/a", "--secret", "any", "--offline"];
    const { stdout, exitCode, stderr } = await runCommand(argv, world);
    expect([exitCode, stderr.includes(`key ${ID}`)]).toEqual([0, true]);
    expect(stdout).toContain(`CloudFront-Key-Pair-Id=${ID}`);
  });
});
