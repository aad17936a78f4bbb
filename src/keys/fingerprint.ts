/** A key's fingerprint: `SHA256:` and the unpadded base64 of the SHA-256 of its SPKI DER, in OpenSSH's notation. */
import { createHash, createPublicKey, type KeyObject } from "node:crypto";

export type Fingerprint = `SHA256:${string}`;

/**
 * The same for both halves of a pair. Compare keys by this, never by their PEM: CloudFront returns a key with
 * different line endings than it was uploaded with.
 */
export function fingerprint(key: KeyObject): Fingerprint {
  const spki = publicHalf(key).export({ type: "spki", format: "der" });
  return `SHA256:${createHash("sha256").update(spki).digest("base64").replace(/=+$/, "")}`;
}

export function publicHalf(key: KeyObject): KeyObject {
  return key.type === "private" ? createPublicKey(key) : key;
}

/** Whether two keys belong to the same pair, whichever halves they are. */
export function isSameKey(one: KeyObject, other: KeyObject): boolean {
  return fingerprint(one) === fingerprint(other);
}
