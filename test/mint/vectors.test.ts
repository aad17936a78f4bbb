import { createPrivateKey, createPublicKey, type KeyObject, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { mintCookies, statementOf } from "../../src/mint/mint.ts";
import { writeSignedUrl } from "../../src/mint/write.ts";
import { decodeBase64, encodeBase64 } from "../../src/policy/base64.ts";
import { cannedPolicy, customPolicy } from "../../src/policy/build.ts";
import { parsePolicy } from "../../src/policy/parse.ts";
import type { HashAlgorithm } from "../../src/policy/policy.ts";
import vectors from "../vectors/signatures.json" with { type: "json" };

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes as Uint8Array).toString();
const keys = Object.fromEntries(
  Object.entries(vectors.keys).map(([name, { privateKeyPem }]) => [name, createPrivateKey(privateKeyPem)]),
) as Record<string, KeyObject>;
const hashOf = (algorithm: string): HashAlgorithm => (algorithm === "RSA-SHA256" ? "SHA256" : "SHA1");

describe("published signatures", () => {
  const withKey = vectors.signatures.filter(({ key }) => key !== undefined);

  it.each(withKey.map((vector) => [vector.id, vector] as const))(
    "include %s, which verifies over its policy",
    (_, vector) => {
      const signature = decodeBase64(vector.signature) as Uint8Array;
      const publicKey = createPublicKey(keys[vector.key as string] as KeyObject);
      const signed = Buffer.from(vector.policyJson);
      expect(verify(hashOf(vector.algorithm), signed, publicKey, signature)).toBe(true);
      if (vector.policyEncoded !== undefined) {
        expect(encodeBase64(signed)).toBe(vector.policyEncoded);
        expect(text(decodeBase64(vector.policyEncoded))).toBe(vector.policyJson);
      }
    },
  );

  // The others are RTMP stream names, which are not URLs, and policies with other white space.
  const canned = withKey.filter(({ resource }) => resource?.startsWith("http"));
  it.each(canned.map((vector) => [vector.id, vector] as const))(
    "include %s, which we mint byte for byte",
    (_, vector) => {
      const request = {
        url: vector.resource as string,
        expires: vector.expires as number,
        hash: hashOf(vector.algorithm),
        keyPairId: vector.keyPairId ?? "KEYPAIR",
      };
      expect(statementOf(request)).toEqual({ kind: "canned", policy: vector.policyJson });
      const set = mintCookies(request, keys[vector.key as string] as KeyObject);
      expect(set.signature.reveal()).toBe(vector.signature);
      expect(set).toMatchObject({ kind: "canned", expires: vector.expires });
      if (vector.expectedUrl !== undefined) expect(writeSignedUrl(request.url, set)).toBe(vector.expectedUrl);
    },
  );

  it("include awscli-custom-ip, which we mint from a bare address", () => {
    const vector = vectors.signatures.find(({ id }) => id === "awscli-custom-ip");
    const set = mintCookies(
      {
        url: "http://example.com/hi",
        expires: 1451606400,
        ip: vector?.ipInput as string,
        hash: "SHA1",
        keyPairId: "my_id",
      },
      keys["awscli-rsa2048"] as KeyObject,
    );
    expect(text(decodeBase64(set.policy?.reveal() as string))).toBe(vector?.policyJson);
    expect(set.signature.reveal()).toBe(vector?.signature);
  });

  it("include one without a key, whose policy decodes correctly and whose signature is from no published key", () => {
    const vector = vectors.signatures.find(
      ({ key }) => key === undefined,
    ) as (typeof vectors.signatures)[number];
    expect(text(decodeBase64(vector.policyEncoded as string))).toBe(vector.policyJson);
    const signature = decodeBase64(vector.signature) as Uint8Array;
    for (const key of Object.values(keys)) {
      expect(verify("SHA256", Buffer.from(vector.policyJson), createPublicKey(key), signature)).toBe(false);
    }
  });

  it("are all tested", () => {
    expect(vectors.signatures.length).toBe(withKey.length + 1);
    expect(canned.length).toBe(4);
  });
});

describe("published policies", () => {
  it.each(vectors.policies.map((vector) => [vector.id, vector] as const))(
    "include %s, which we read and write as published",
    (_, vector) => {
      if (vector.escapeIn !== undefined) {
        // Not all of it is valid base64, so each character is encoded separately.
        const encoded = (quartet: string, at: number) =>
          encodeBase64(Buffer.from(quartet, "base64"))[at] as string;
        const characters = [...vector.escapeIn].map((each) =>
          each === "=" ? encoded("AA==", 3) : encoded(each.repeat(4), 0),
        );
        expect(characters.join("")).toBe(vector.escapeOut);
        return;
      }
      const json = vector.policyJson as string;
      const parsed = parsePolicy(Buffer.from(json));
      if (!parsed.ok) throw new Error(parsed.sentence);
      const { resource, dateLessThan, dateGreaterThan, ipAddress } = parsed.policy;
      const source = JSON.parse(json).Statement[0];
      expect({ resource, dateLessThan, dateGreaterThan }).toEqual({
        resource: source.Resource,
        dateLessThan: source.Condition.DateLessThan["AWS:EpochTime"],
        dateGreaterThan: source.Condition.DateGreaterThan?.["AWS:EpochTime"],
      });
      expect(ipAddress?.split("/")[0]).toBe(source.Condition.IpAddress?.["AWS:SourceIp"].split("/")[0]);
      if (vector.policyEncoded !== undefined) {
        expect(encodeBase64(Buffer.from(json))).toBe(vector.policyEncoded);
        expect(text(decodeBase64(vector.policyEncoded))).toBe(json);
      }
      if (vector.standardBase64 !== undefined) {
        expect(Buffer.from(json).toString("base64")).toBe(vector.standardBase64);
      }
      if (dateGreaterThan === undefined && ipAddress === undefined) {
        expect(cannedPolicy(resource as string, dateLessThan)).toBe(json);
      }
    },
  );
});

describe("published refusals", () => {
  const base = { resource: "https://h.example/*", dateLessThan: 1767290400 };

  it.each(vectors.refusals.map((vector) => [vector.id, vector] as const))(
    "include %s, which we refuse too",
    (_, vector) => {
      if (vector.resource !== undefined) {
        const { resource } = vector;
        expect(() => cannedPolicy(resource, 1767290400)).toThrow(
          expect.objectContaining({ code: "ERR_POLICY_UNSAFE" }),
        );
        expect(() => customPolicy({ ...base, resource })).toThrow(
          expect.objectContaining({ code: "ERR_POLICY_UNSAFE" }),
        );
        return;
      }
      const policy =
        vector.ipRange !== undefined
          ? { ...base, ipAddress: vector.ipRange }
          : vector.activeDate !== undefined
            ? { ...base, dateLessThan: vector.expirationDate as number, dateGreaterThan: vector.activeDate }
            : { ...base, dateLessThan: Number.NaN };
      expect(() => customPolicy(policy)).toThrow(expect.objectContaining({ code: "ERR_POLICY_INVALID" }));
    },
  );
});
