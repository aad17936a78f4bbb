import { execFileSync } from "node:child_process";
import { generateKeyPairSync, type KeyObject, verify } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getSignedCookies } from "@aws-sdk/cloudfront-signer";
import { afterAll, describe, expect, it } from "vitest";
import { type MintRequest, mintCookies, statementOf } from "../../src/mint/mint.ts";
import { mintMany } from "../../src/mint/mint-many.ts";
import { cookiePairs } from "../../src/mint/write.ts";
import { decodeBase64 } from "../../src/policy/base64.ts";
import { cannedPolicy } from "../../src/policy/build.ts";
import type { CookieSet } from "../../src/policy/cookie-set.ts";
import { needs } from "../fakes/needs.ts";

const code = (expected: string) => expect.objectContaining({ code: expected });
const keys = {
  "RSA 2048": generateKeyPairSync("rsa", { modulusLength: 2048 }),
  "P-256": generateKeyPairSync("ec", { namedCurve: "P-256" }),
};
const expires = 1_800_003_600;
const base: MintRequest = { expires, hash: "SHA256", keyPairId: "K2JCJMDEHXQW5F" };
const kindOf = (request: Partial<MintRequest>) => statementOf({ ...base, ...request }).kind;

/** The text that the signature must cover, rebuilt from what is sent, as the edge does. */
function signedText(set: CookieSet, url: string | undefined): Buffer {
  if (set.policy !== undefined) return Buffer.from(decodeBase64(set.policy.reveal()) as Uint8Array);
  return Buffer.from(cannedPolicy(url as string, set.expires as number));
}

const requests: Record<string, Partial<MintRequest>> = {
  "one URL": { url: "https://h.example/a?b=c&d='x'" },
  "one Resource": { resource: "https://h.example/a" },
  "a wildcard": { resource: "https://h.example/*" },
  "a start": { url: "https://h.example/a", notBefore: expires - 10 },
  "an address": { url: "https://h.example/a", ip: "192.0.2.0/24" },
  everything: {},
};
const rows = Object.entries(keys).flatMap(([type, key]) =>
  (["SHA1", "SHA256"] as const).flatMap((hash) =>
    Object.entries(requests).map(([what, request]) => ({ type, key, hash, what, request })),
  ),
);

describe("the policy that is signed", () => {
  it.each([
    ["canned", { url: "https://h.example/a" }],
    ["canned", { url: "https://h.example/a?b=c" }],
    ["canned", { resource: "https://h.example/a" }],
    ["custom", { resource: "https://h.example/a*" }],
    ["custom", { resource: "https://h.example/a?" }],
    ["custom", { url: "https://h.example/a*" }],
    ["custom", { url: "https://h.example/a", notBefore: expires - 10 }],
    ["custom", { url: "https://h.example/a", ip: "192.0.2.1" }],
    ["custom", {}],
  ])("is %s for %j", (kind, request) => {
    expect(kindOf(request)).toBe(kind);
  });
});

describe("a minted set", () => {
  it.each(rows)(
    "for $what, $type, $hash, verifies against the policy that the edge rebuilds",
    ({ key, hash, request }) => {
      const set = mintCookies({ ...base, ...request, hash }, key.privateKey);
      const signature = decodeBase64(set.signature.reveal()) as Uint8Array;
      expect(verify(hash, signedText(set, request.url ?? request.resource), key.publicKey, signature)).toBe(
        true,
      );
    },
  );

  it("has three cookies, and a fourth with SHA256", () => {
    const names = (request: Partial<MintRequest>) =>
      cookiePairs(mintCookies({ ...base, ...request }, keys["P-256"].privateKey)).map(([name]) => name);
    expect(names({ url: "https://h.example/a", hash: "SHA1" })).toEqual([
      "CloudFront-Expires",
      "CloudFront-Signature",
      "CloudFront-Key-Pair-Id",
    ]);
    expect(names({ resource: "https://h.example/*" })).toEqual([
      "CloudFront-Policy",
      "CloudFront-Signature",
      "CloudFront-Key-Pair-Id",
      "CloudFront-Hash-Algorithm",
    ]);
  });

  it("equals what AWS's signer makes from the same PEM", () => {
    const { privateKey } = keys["RSA 2048"];
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
    const common = { keyPairId: base.keyPairId, privateKey: pem, algorithm: "SHA256" as const };
    const url = "https://h.example/a?b=c";
    expect(Object.fromEntries(cookiePairs(mintCookies({ ...base, url }, privateKey)))).toEqual(
      stringsOf(getSignedCookies({ ...common, url, dateLessThan: new Date(expires * 1000).toISOString() })),
    );
    const { policy } = statementOf({ ...base, resource: "https://h.example/*" });
    expect(
      Object.fromEntries(cookiePairs(mintCookies({ ...base, resource: "https://h.example/*" }, privateKey))),
    ).toEqual(stringsOf(getSignedCookies({ ...common, policy })));
  });

  it("hides its values when printed", () => {
    const set = mintCookies({ ...base, resource: "https://h.example/*" }, keys["P-256"].privateKey);
    const printed = `${JSON.stringify(set)} ${String(set.signature)}`;
    expect(printed).not.toContain(set.signature.reveal());
    expect(printed).not.toContain(set.policy?.reveal());
  });

  it.each([
    ["P-384", generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey],
    ["Ed25519", generateKeyPairSync("ed25519").privateKey],
    ["DSA", generateKeyPairSync("dsa", { modulusLength: 1024, divisorLength: 160 }).privateKey],
  ] as [string, KeyObject][])("is refused for a %s key", (_, key) => {
    expect(() => mintCookies({ ...base, url: "https://h.example/a" }, key)).toThrow(code("ERR_KEY_KIND"));
  });
});

describe("minting in bulk", () => {
  const many = async (type: keyof typeof keys, count: number) => {
    const sets = [];
    const request = { ...base, resource: "https://h.example/*" };
    for await (const group of mintMany(request, keys[type].privateKey, count, 1_800_000_000))
      sets.push(...group);
    return sets;
  };

  it.each(["RSA 2048", "P-256"] as const)(
    "makes as many %s sets as requested, in order, all different and valid",
    async (type) => {
      const sets = await many(type, 70);
      const texts = sets.map((set) => signedText(set, undefined).toString());
      expect(new Set(texts).size).toBe(70);
      const starts = texts.map(
        (text) => JSON.parse(text).Statement[0].Condition.DateGreaterThan["AWS:EpochTime"],
      );
      expect(starts).toEqual(Array.from({ length: 70 }, (_, at) => 1_800_000_000 - 300 - at));
      for (const set of sets) {
        const signature = decodeBase64(set.signature.reveal()) as Uint8Array;
        expect(verify("SHA256", signedText(set, undefined), keys[type].publicKey, signature)).toBe(true);
      }
    },
  );

  it("signs the same as a single mint", async () => {
    const [first] = await many("RSA 2048", 1);
    const one = mintCookies(
      { ...base, resource: "https://h.example/*", notBefore: 1_799_999_700 },
      keys["RSA 2048"].privateKey,
    );
    expect(first && cookiePairs(first)).toEqual(cookiePairs(one));
  });

  it("stops when the reader stops", async () => {
    const groups = mintMany(
      { ...base, resource: "https://h.example/*" },
      keys["P-256"].privateKey,
      1e9,
      1_800_000_000,
    );
    for await (const [first] of groups) {
      expect(first?.kind).toBe("custom");
      break;
    }
  });
});

needs("openssl")("openssl dgst -verify", () => {
  const folder = mkdtempSync(join(tmpdir(), "keyturn-mint-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(rows)("accepts the set for $what, $type, $hash", ({ type, key, hash, request }) => {
    const set = mintCookies({ ...base, ...request, hash }, key.privateKey);
    const write = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);
    write("key.pub", key.publicKey.export({ type: "spki", format: "pem" }));
    write("policy", signedText(set, request.url ?? request.resource));
    write("signature", decodeBase64(set.signature.reveal()) as Uint8Array);
    const args = [
      "dgst",
      `-${hash.toLowerCase()}`,
      "-verify",
      "key.pub",
      "-signature",
      "signature",
      "policy",
    ];
    expect(execFileSync("openssl", args, { cwd: folder }).toString().trim()).toBe("Verified OK");
    // openssl refuses the signature over a text with one more byte.
    write("policy", `${signedText(set, request.url ?? request.resource)} `);
    expect(() => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" }), type).toThrow();
  });
});

function stringsOf(cookies: object): Record<string, string> {
  return Object.fromEntries(Object.entries(cookies).map(([name, value]) => [name, String(value)]));
}
