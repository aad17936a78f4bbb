/**
 * Signature checks remembered: the same key, hash, bytes and signature always give the same answer, and browsers send
 * the same cookies with every request. Bounded, so that an attacker's signatures push out nothing but the oldest.
 */
import { createPublicKey } from "node:crypto";
import { verifierOf } from "../../edge/trusted-key.ts";
import type { Verify } from "../../edge/verdict.ts";
import { BoundedCache } from "../bounded-cache.ts";

const REMEMBERED = 20_000;

/** Returns a function from SPKI PEM to its check; one check per PEM, all sharing one bounded memory. */
export function rememberingVerifiers(limit = REMEMBERED): (pem: string) => Verify {
  const known = new BoundedCache<string, boolean>(limit);
  const verifiers = new Map<string, Verify>();
  return (pem) => {
    const existing = verifiers.get(pem);
    if (existing) return existing;
    const verify = verifierOf(createPublicKey(pem));
    const keyNumber = verifiers.size;
    const remembering: Verify = (hash, signed, signature) => {
      const key = `${keyNumber} ${hash} ${latin1(signature)} ${latin1(signed)}`;
      const before = known.get(key);
      if (before !== undefined) return before;
      const verified = verify(hash, signed, signature);
      known.set(key, verified);
      return verified;
    };
    verifiers.set(pem, remembering);
    return remembering;
  };
}

/** Every byte as one character: a lossless key, cheaper than a digest. */
const latin1 = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
