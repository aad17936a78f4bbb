/** What is true once a step of a rotation is over, in words that fit beside its name on a line of 80 columns. */
import type { Step } from "../rotation/next.ts";

export const STEP_OVER: Readonly<Record<Step, string>> = {
  "record-opened": "nobody else can rotate this gate now",
  "key-stored": "new private key in the secret, not current",
  "key-uploaded": "new public key in CloudFront",
  "key-trusted": "new key in the key group, beside the old",
  "trust-proven": "the edge accepts the new key",
  "signer-switched": "AWSCURRENT is the new key",
  "old-cookies-expired": "nothing the old key signed is valid",
  "old-untrusted": "old key out of the key group",
  "untrust-proven": "the edge denies the old key",
  "old-key-deleted": "old public key deleted, record closed",
  "abort-fenced": "no write of before can land any more",
  "signer-switched-back": "AWSCURRENT is the old key again",
  "new-cookies-expired": "nothing the new key signed is valid",
  "new-untrusted": "new key out of the key group",
  "new-key-deleted": "new public key deleted, record closed",
};
