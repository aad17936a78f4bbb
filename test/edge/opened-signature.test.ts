/** What opens as an RSA signature: judged against signatures that Node's OpenSSL made, and against bytes that nobody signed. */
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
    "opens a PKCS #1 signature, and names its hash %s",
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

  it("takes no ECDSA signature for one of an RSA key: it has another length", () => {
    const { privateKey: ecdsa } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const opened = Array.from({ length: 2000 }, () => openSignature(publicKey, sign("SHA1", message, ecdsa)));
    expect(new Set(opened)).toEqual(new Set(["foreign"]));
  });

  it("does not take the two bytes that frame RSA-PSS for a proof", () => {
    const random = seededRandom(1);
    const framed = Array.from({ length: 20 }, () => Buffer.from(random.bytes(256)));
    for (const block of framed) {
      block[0] = 0x2b;
      block[255] = 0xbc;
    }
    // What opens is exactly these bytes.
    const opened = framed.map((block) =>
      openSignature(publicKey, privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, block)),
    );
    expect(new Set(opened)).toEqual(new Set(["foreign"]));
  });
});
