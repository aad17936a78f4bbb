/** One trusted key as a check: RSA with PKCS#1 v1.5, or ECDSA with DER, over SHA-1 or SHA-256. */
import { createVerify, type KeyObject } from "node:crypto";
import type { Verify } from "./verdict.ts";

/**
 * The check of one public key. Never throws: a failed check counts as no match. The kind and size of the key are
 * not judged here; CloudFront does that on upload (RSA 2048 or P-256), and published vectors use smaller keys.
 *
 * The last result is cached, because `decide` checks one request again for each undocumented rule.
 */
export function verifierOf(publicKey: KeyObject): Verify {
  let last: { readonly of: readonly [string, Buffer, Buffer]; readonly verified: boolean } | undefined;
  const verify: Verify = (hash, signed, signature) => {
    if (last?.of[0] === hash && last.of[1].equals(signed) && last.of[2].equals(signature))
      return last.verified;
    const verified = verifies(publicKey, hash, signed, signature);
    // Copies, since the caller may overwrite its bytes.
    last = { of: [hash, Buffer.from(signed), Buffer.from(signature)], verified };
    return verified;
  };
  return Object.assign(verify, { publicKey });
}

function verifies(publicKey: KeyObject, ...[hash, signed, signature]: Parameters<Verify>): boolean {
  try {
    // A quarter faster than crypto.verify() for RSA 2048.
    return createVerify(hash).update(signed).verify(publicKey, signature);
  } catch {
    return false;
  }
}
