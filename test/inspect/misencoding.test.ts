/** The usual ways to get CloudFront's base64 wrong, each recognized by its characters. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { describeMisencoding } from "../../src/inspect/misencoding.ts";
import { decodeBase64 } from "../../src/policy/base64.ts";
import { cloudfrontBase64 } from "../edge/signed.ts";

/** 256 bytes, like an RSA signature, different for each seed. */
const signatureLike = (seed: number): Buffer =>
  Buffer.concat(
    Array.from({ length: 8 }, (_, part) => createHash("sha256").update(`${seed} ${part}`).digest()),
  );
const SEEDS = Array.from({ length: 50 }, (_, seed) => seed);

describe.each<[string, (bytes: Buffer) => string, RegExp]>([
  ["ordinary base64", (bytes) => bytes.toString("base64"), /ordinary base64/],
  ["base64url", (bytes) => bytes.toString("base64url"), /base64url|cut off/],
  [
    "percent-encoding",
    (bytes) => encodeURIComponent(`${cloudfrontBase64(bytes)}~`).replaceAll("~", "%7E"),
    /percent-encoded/,
  ],
  ["double quotes", (bytes) => `"${cloudfrontBase64(bytes)}"`, /double quotes/],
  ["a line break", (bytes) => cloudfrontBase64(bytes).replace(/(.{76})/g, "$1\n"), /whitespace/],
  ["a missing end", (bytes) => cloudfrontBase64(bytes).slice(0, -3), /cut off/],
])("a signature with %s", (_, encode, sentence) => {
  it("is recognized", () => {
    for (const seed of SEEDS) {
      const value = encode(signatureLike(seed));
      if (decodeBase64(value) !== undefined) continue;
      const described = describeMisencoding(value);
      expect(described).toMatch(sentence);
      expect(described).not.toContain(value.slice(0, 12));
    }
  });
});

it("a signature in base64url is recognized by its alphabet in most cases", () => {
  const named = SEEDS.filter((seed) =>
    /base64url/.test(describeMisencoding(signatureLike(seed).toString("base64url")) ?? ""),
  );
  expect(named.length).toBeGreaterThan(SEEDS.length * 0.9);
});
it("an unknown encoding gets no description", () =>
  expect(describeMisencoding("é".repeat(4))).toBeUndefined());
