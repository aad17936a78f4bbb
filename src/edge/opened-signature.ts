/** What an RSA signature holds, once its public key has opened it: proof of the key, whatever was signed. */
import { constants, type KeyObject, publicDecrypt } from "node:crypto";

export interface OpenedSignature {
  /** OpenSSL's name of the hash, in capitals; absent if the signature holds a bare digest, or no digest. */
  readonly hash?: string;
  readonly digest: Uint8Array;
}

/** `foreign`: this key did not make it. `pss`: it has the padding of RSA-PSS, which is a guess by two bytes. */
export type SignatureOpening = OpenedSignature | "foreign" | "pss";

/** Never throws. Undefined for a key that is not RSA: an ECDSA signature cannot be opened. */
export function openSignature(key: KeyObject, signature: Uint8Array): SignatureOpening | undefined {
  if (key.asymmetricKeyType !== "rsa") return undefined;
  const payload = decrypted(key, signature, constants.RSA_PKCS1_PADDING);
  if (payload === undefined) {
    const raw = decrypted(key, signature, constants.RSA_NO_PADDING);
    return raw?.at(-1) === 0xbc && (raw[0] as number) < 0x80 ? "pss" : "foreign";
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

function decrypted(key: KeyObject, signature: Uint8Array, padding: number): Buffer | undefined {
  try {
    return publicDecrypt({ key, padding }, signature);
  } catch {
    // Another length than the key's, or another padding: not this.
    return undefined;
  }
}
