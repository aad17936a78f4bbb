/** What is true once a rotation's step is complete, short enough for an 80-column line beside its name. */
import type { RotationStep } from "../rotation/next.ts";

export const STEP_RESULT: Readonly<Record<RotationStep, string>> = {
  "record-opened": "nobody else can rotate this gate now",
  "key-stored": "new private key in the secret, not current",
  "key-uploaded": "new public key in CloudFront",
  "key-trusted": "new key in the key group, beside the old",
  "trust-proven": "the edge accepts the new key",
  "signer-switched": "AWSCURRENT is the new key",
  "old-cookies-expired": "every cookie of the old key has expired",
  "old-untrusted": "old key removed from the key group",
  "untrust-proven": "the edge denies the old key",
  "old-key-deleted": "old public key deleted, record closed",
  "abort-fenced": "earlier in-flight writes can no longer succeed",
  "signer-switched-back": "AWSCURRENT is the old key again",
  "new-cookies-expired": "every cookie of the new key has expired",
  "new-untrusted": "new key removed from the key group",
  "new-key-deleted": "new public key deleted, record closed",
};
