/** What an RSA signature holds, once its public key has opened it: proof of the key, whatever was signed. */
import { constants, createHash, type KeyObject, publicDecrypt } from "node:crypto";

export interface OpenedSignature {
  /** OpenSSL's name of the hash, in capitals; absent if the signature holds a bare digest, or no digest. */
  readonly hash?: string;
  readonly digest: Uint8Array;
}

/** `foreign`: this key did not make it. `pss`: it has the padding of RSA-PSS, which one in thousands has by chance. */
export type SignatureOpening = OpenedSignature | "foreign" | "pss";

/** Never throws. Undefined for a key that is not RSA: an ECDSA signature cannot be opened. */
export function openSignature(key: KeyObject, signature: Uint8Array): SignatureOpening | undefined {
  if (key.asymmetricKeyType !== "rsa") return undefined;
  const payload = decrypted(key, signature, constants.RSA_PKCS1_PADDING);
  if (payload === undefined) {
    // RFC 8017, 8.1.2: a signature of another length cannot come from this key.
    const isWhole = signature.length * 8 === key.asymmetricKeyDetails?.modulusLength;
    const raw = isWhole ? decrypted(key, signature, constants.RSA_NO_PADDING) : undefined;
    return raw !== undefined && isPss(raw) ? "pss" : "foreign";
  }
  for (const [prefix, hash] of DIGEST_INFOS) {
    if (payload.subarray(0, prefix.length).equals(prefix))
      return { hash, digest: payload.subarray(prefix.length) };
  }
  return { digest: payload };
}

/** RFC 8017, 9.2, note 1. */
const DIGEST_INFOS: readonly (readonly [prefix: Buffer, hash: string])[] = (
  [
    ["3021300906052b0e03021a05000414", "SHA1"],
    ["3031300d060960864801650304020105000420", "SHA256"],
    ["3041300d060960864801650304020205000430", "SHA384"],
    ["3051300d060960864801650304020305000440", "SHA512"],
    ["302d300d06096086480165030402040500041c", "SHA224"],
    ["3020300c06082a864886f70d020505000410", "MD5"],
  ] as const
).map(([prefix, hash]) => [Buffer.from(prefix, "hex"), hash]);

/** RFC 8017, 9.1.2, as far as it goes without the message; with the salts that signers use: none, a digest, the longest. */
function isPss(encoded: Buffer): boolean {
  if (encoded.at(-1) !== 0xbc || (encoded[0] as number) >= 0x80) return false;
  return PSS_HASHES.some(([hash, length]) => {
    const masked = encoded.subarray(0, -1 - length);
    const mask = maskOf(hash, encoded.subarray(-1 - length, -1), masked.length);
    const block = masked.map((byte, at) => byte ^ (mask[at] as number));
    block[0] = (block[0] as number) & 0x7f;
    const one = block.findIndex((byte) => byte !== 0);
    const salt = block.length - 1 - one;
    return block[one] === 1 && (one === 0 || salt === 0 || salt === length);
  });
}

const PSS_HASHES = [
  ["sha1", 20],
  ["sha256", 32],
  ["sha384", 48],
  ["sha512", 64],
] as const;

/** MGF1: RFC 8017, B.2.1. */
function maskOf(hash: string, seed: Uint8Array, length: number): Buffer {
  const blocks: Buffer[] = [];
  for (let count = 0; Buffer.concat(blocks).length < length; count += 1) {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(count);
    blocks.push(createHash(hash).update(seed).update(counter).digest());
  }
  return Buffer.concat(blocks);
}

function decrypted(key: KeyObject, signature: Uint8Array, padding: number): Buffer | undefined {
  try {
    return publicDecrypt({ key, padding }, signature);
  } catch {
    // The length or the padding does not fit this key.
    return undefined;
  }
}
