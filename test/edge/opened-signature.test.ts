/**
 * What is recognized as an RSA signature, tested with signatures from Node's OpenSSL and with bytes that nobody signed.
 */
import { constants, generateKeyPairSync, type KeyObject, privateDecrypt, sign } from "node:crypto";
import { describe, expect, it } from "vitest";
import { openSignature } from "../../src/edge/opened-signature.ts";
import { seededRandom } from "../fakes/seeded-random.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const other = generateKeyPairSync("rsa", { modulusLength: 2048 });
const message = Buffer.from("a policy");
const pss = (hash: string, saltLength: number, key: KeyObject = privateKey) =>
  sign(hash, message, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });

describe("openSignature", () => {
  it.each(["SHA1", "SHA256", "SHA384", "SHA512"])(
    "recognizes a PKCS #1 signature and its hash %s",
    (hash) => {
      expect(openSignature(publicKey, sign(hash, message, privateKey))).toMatchObject({ hash });
    },
  );

  it.each([
    ["SHA1", 0],
    ["SHA1", constants.RSA_PSS_SALTLEN_DIGEST],
    ["SHA256", 0],
    ["SHA256", constants.RSA_PSS_SALTLEN_DIGEST],
    ["SHA256", constants.RSA_PSS_SALTLEN_MAX_SIGN],
    ["SHA384", constants.RSA_PSS_SALTLEN_MAX_SIGN],
    ["SHA512", constants.RSA_PSS_SALTLEN_DIGEST],
  ])("recognizes RSA-PSS with %s and a salt of %i", (hash, salt) => {
    expect(openSignature(publicKey, pss(hash, salt))).toBe("pss");
    expect(openSignature(publicKey, pss(hash, salt, other.privateKey))).toBe("foreign");
  });

  it("does not take an ECDSA signature for an RSA one, since its length differs", () => {
    const { privateKey: ecdsa } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const opened = Array.from({ length: 2000 }, () => openSignature(publicKey, sign("SHA1", message, ecdsa)));
    expect(new Set(opened)).toEqual(new Set(["foreign"]));
  });

  it("does not recognize RSA-PSS by its first and last byte alone", () => {
    const random = seededRandom(1);
    const framed = Array.from({ length: 20 }, () => Buffer.from(random.bytes(256)));
    for (const block of framed) {
      block[0] = 0x2b;
      block[255] = 0xbc;
    }
    // Decrypts to exactly these bytes.
    const opened = framed.map((block) =>
      openSignature(publicKey, privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, block)),
    );
    expect(new Set(opened)).toEqual(new Set(["foreign"]));
  });
});
