/** One trusted key as a check: RSA with PKCS#1 v1.5, or ECDSA with DER, over SHA-1 or SHA-256. */
import { type KeyObject, verify } from "node:crypto";
import type { Verify } from "./verdict.ts";

/**
 * The check of one public key. Never throws: what cannot be verified does not verify. The kind and size of the key are
 * not judged here; CloudFront does that on upload (RSA 2048 or P-256), and published vectors use smaller keys.
 */
export function verifierOf(publicKey: KeyObject): Verify {
  return (hash, signed, signature) => {
    try {
      return verify(hash, signed, publicKey, signature);
    } catch {
      return false;
    }
  };
}
