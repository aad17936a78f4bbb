/**
 * Everything that a settings file may record about a key, as text: digests as `openssl`, `ssh-keygen` and AWS
 * print them, the numbers of a JWK, the blob of an OpenSSH public key. Such texts can then be found by comparison,
 * whatever its field is called, and replaced with those of another key.
 */
import { createHash, type KeyObject } from "node:crypto";
import { publicHalf } from "../fingerprint.ts";

/**
 * Texts by kind and spelling (`sha256 of spki, hex`). Contains private numbers: never print them. Without `+`, `/`,
 * `-`, `_` or padding a text has several spellings: the first of equal texts is as its kind is usually written.
 */
export function spellingsOf(privateKey: KeyObject): ReadonlyMap<string, string> {
  const spellings = new Map<string, string>();
  for (const [what, bytes] of subjectsOf(privateKey)) {
    for (const hash of ["md5", "sha1", "sha256", "sha512"]) {
      const digest = createHash(hash).update(bytes).digest();
      for (const [how, text] of written(digest, what === "jwk"))
        spellings.set(`${hash} of ${what}, ${how}`, text);
    }
  }
  for (const [what, bytes] of numbersOf(privateKey)) {
    for (const [how, text] of written(bytes, what !== "ssh" && what !== "spki"))
      spellings.set(`${what}, ${how}`, text);
  }
  return spellings;
}

/** The number that identifies a public key in any structure. */
export function publicNumberOf(key: KeyObject): Buffer {
  const { n, x } = publicHalf(key).export({ format: "jwk" });
  return Buffer.from(n ?? x ?? "", "base64url");
}

function subjectsOf(privateKey: KeyObject): [what: string, bytes: Uint8Array | string][] {
  const key = publicHalf(privateKey);
  const spki = key.export({ type: "spki", format: "der" });
  const pem = key.export({ type: "spki", format: "pem" }) as string;
  const { n, ...jwk } = key.export({ format: "jwk" });
  const isRsa = key.asymmetricKeyType === "rsa";
  // RFC 7638: the required members, in this order, without whitespace.
  const thumbprint = isRsa
    ? JSON.stringify({ e: jwk.e, kty: jwk.kty, n })
    : JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y });
  return [
    ["spki", spki],
    ["pem", pem],
    ["pem without its trailing line break", pem.trimEnd()],
    ["jwk", thumbprint],
    ["ssh", sshBlob(key)],
    // The fingerprint that EC2 shows for a key pair that it created.
    ["pkcs8", privateKey.export({ type: "pkcs8", format: "der" })],
    ...(isRsa
      ? ([
          ["pkcs1", key.export({ type: "pkcs1", format: "der" })],
          [
            "modulus",
            `Modulus=${Buffer.from(n ?? "", "base64url")
              .toString("hex")
              .toUpperCase()}\n`,
          ],
        ] as [string, Uint8Array | string][])
      : []),
  ];
}

function numbersOf(privateKey: KeyObject): [what: string, bytes: Buffer][] {
  const { n, d, p, q, dp, dq, qi, x, y } = privateKey.export({ format: "jwk" });
  const numbers = Object.entries({ n, d, p, q, dp, dq, qi, x, y }).flatMap(
    ([name, value]): [string, Buffer][] =>
      value === undefined ? [] : [[name, Buffer.from(value, "base64url")]],
  );
  const key = publicHalf(privateKey);
  return [...numbers, ["ssh", sshBlob(key)], ["spki", key.export({ type: "spki", format: "der" })]];
}

/** RFC 4253, section 6.6, and RFC 5656, section 3.1. */
function sshBlob(key: KeyObject): Buffer {
  const { n = "", e = "", x = "", y = "" } = key.export({ format: "jwk" });
  const number = (text: string) => {
    const bytes = Buffer.from(text, "base64url");
    return (bytes[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
  };
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  const parts =
    key.asymmetricKeyType === "rsa"
      ? [Buffer.from("ssh-rsa"), number(e), number(n)]
      : [Buffer.from("ecdsa-sha2-nistp256"), Buffer.from("nistp256"), point];
  return Buffer.concat(parts.flatMap((part) => [lengthOf(part), part]));
}

function lengthOf(part: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(part.length);
  return length;
}

/** JSON Web Keys are written in base64url without padding (RFC 7517), everything else as a rule in base64. */
function written(bytes: Buffer, isJose: boolean): [how: string, text: string][] {
  const hex = bytes.toString("hex");
  const pairs = (hex.match(/../g) ?? []).join(":");
  const base64 = bytes.toString("base64");
  const url = base64.replaceAll("+", "-").replaceAll("/", "_");
  const plain: [string, string][] = [
    ["base64", base64],
    ["base64 unpadded", base64.replace(/=+$/, "")],
  ];
  const forUrls: [string, string][] = [
    ["base64url unpadded", url.replace(/=+$/, "")],
    ["base64url", url],
  ];
  return [
    ["hex", hex],
    ["HEX", hex.toUpperCase()],
    ["hex pairs", pairs],
    ["HEX pairs", pairs.toUpperCase()],
    ...(isJose ? [...forUrls, ...plain] : [...plain, ...forUrls]),
  ];
}
