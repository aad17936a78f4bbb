import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { decide } from "../../src/edge/decide.ts";
import { verifierOf } from "../../src/edge/trusted-key.ts";
import { mintBadCookies } from "../../src/mint/bad.ts";
import { BAD_CASE_IDS, BAD_CASES } from "../../src/mint/bad-cases.ts";
import type { MintRequest } from "../../src/mint/mint.ts";
import { cookiePairs } from "../../src/mint/write.ts";

const now = 1_800_000_000;
const url = "https://app.example.com/api/profile?x=1";
const pairs = {
  RSA: [
    generateKeyPairSync("rsa", { modulusLength: 2048 }),
    generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ],
  "P-256": [
    generateKeyPairSync("ec", { namedCurve: "prime256v1" }),
    generateKeyPairSync("ec", { namedCurve: "prime256v1" }),
  ],
} as const;
const requests: Readonly<Record<string, Partial<MintRequest>>> = {
  "one URL": { url },
  "a wildcard": { resource: "https://app.example.com/*" },
};

const rows = Object.entries(pairs).flatMap(([type, keys]) =>
  Object.entries(requests).flatMap(([what, request]) =>
    (["SHA1", "SHA256"] as const).flatMap((hash) =>
      BAD_CASE_IDS.map((bad) => ({ bad, type, what, hash, keys, request })),
    ),
  ),
);

describe("a bad cookie set", () => {
  it.each(rows)(
    "$bad for $what, $type with $hash, is denied for exactly that reason",
    async ({ bad, hash, keys, request }) => {
      const [signing, other] = keys;
      const trust = new Map([["KTRUSTED000001", verifierOf(createPublicKey(signing.privateKey))]]);
      const good: MintRequest = { ...request, hash, keyPairId: "KTRUSTED000001", expires: now + 300 };
      const pair = { signing: signing.privateKey, other: other.privateKey };
      const set = await mintBadCookies(bad, good, now, pair);
      const verdict = decide({ url, cookies: cookiePairs(set), ip: "203.0.113.9" }, trust, now);
      expect(verdict.allowed).toBe(false);
      expect(verdict.reason).toBe(BAD_CASES[bad].reason);
    },
  );
});
