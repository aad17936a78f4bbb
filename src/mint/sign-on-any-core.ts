/** Signing on libuv's threads, one for each core (`main.ts`): the event loop goes on meanwhile. */
import { sign } from "node:crypto";
import { promisify } from "node:util";
import { requireSigningKey } from "../keys/key-pair.ts";
import { encodeBase64 } from "../policy/base64.ts";
import { type Sign, signatureRefused } from "./mint.ts";

const signElsewhere = promisify(sign);

/**
 * Handing a signature over costs some 20 microseconds: little beside the 850 of RSA 2048, half of ECDSA's 45, which is
 * therefore made in place. Throws ERR_KEY_KIND, ERR_SIGNING.
 */
export const signOnAnyCore: Sign = (policy, hash, key) => {
  const isCheap = requireSigningKey(key).asymmetricKeyType === "ec";
  const bytes = Buffer.from(policy);
  const refused = (cause: unknown): never => {
    throw signatureRefused(hash, cause);
  };
  if (!isCheap) return signElsewhere(hash, bytes, key).then(encodeBase64, refused);
  try {
    return encodeBase64(sign(hash, bytes, key));
  } catch (cause) {
    return refused(cause);
  }
};
