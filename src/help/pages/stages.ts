/** The stages of a rotation: data of `keyturn explain`. */
import type { ExplainPages } from "./page.ts";

export const STAGE_PAGES: ExplainPages = {
  "record-opened": {
    means: "The plan is confirmed and the record created: the rotation is now open, and no other can start.",
    apart: "rotation-open is the finding for one that stays open too long.",
    fix: "keyturn rotate resume --gate NAME --wait",
    runbook: "resume-a-rotation",
  },
  "key-stored": {
    means: "The new key pair exists; its private half is in the secret under its own staging label.",
    apart: "key-uploaded: CloudFront has the public half.",
    fix: "keyturn rotate resume --gate NAME --wait",
    runbook: "resume-a-rotation",
  },
  "key-uploaded": {
    means: "CloudFront has the new public key; no group trusts it yet.",
    apart: "key-trusted: the groups trust it.",
    fix: "keyturn rotate resume --gate NAME --wait",
    runbook: "resume-a-rotation",
  },
  "key-trusted": {
    means: "Every key group of the gate contains both the new key and the old one.",
    apart: "trust-proven: the edge has proven it.",
    fix: "keyturn rotate resume --gate NAME --wait",
    runbook: "resume-a-rotation",
  },
  "trust-proven": {
    means: "Canary checks showed that the edge accepts the new key and still denies what it must.",
    apart: "key-trusted: only the settings have changed.",
    fix: "keyturn rotate resume --gate NAME --wait",
    runbook: "resume-a-rotation",
  },
  "signer-switched": {
    means: "AWSCURRENT is the new key: signers use it when they read the secret again.",
    apart: "old-cookies-expired: the last old cookie has expired too.",
    fix: "keyturn rotate resume --gate NAME --wait",
    runbook: "resume-a-rotation",
  },
  "old-cookies-expired": {
    means: "Waits until no signer and no unexpired cookie or signed URL uses the old key.",
    apart: "signer-switched is the change that starts this wait.",
    fix: "Nothing: time must pass. `keyturn rotate resume --wait`",
    runbook: "resume-a-rotation",
  },
  "old-untrusted": {
    means: "The old key is removed from the groups.",
    apart: "untrust-proven: the edge has proven it.",
    fix: "keyturn rotate resume --gate NAME --wait",
    runbook: "resume-a-rotation",
  },
  "untrust-proven": {
    means: "Canary checks showed that the edge denies the old key and accepts the new one.",
    apart: "old-untrusted: only the settings have changed.",
    fix: "keyturn rotate resume --gate NAME --wait",
    runbook: "resume-a-rotation",
  },
  "old-key-deleted": {
    means: "The old public key is deleted and the record is closed.",
    apart: "After this, undoing it takes a new rotation.",
    fix: "keyturn rotate status --evidence md",
    runbook: "resume-a-rotation",
  },
  "abort-fenced": {
    means: "The abort has started: the groups and the record have a new epoch.",
    apart: "signer-switched-back: signers use the old key again.",
    fix: "keyturn rotate resume --gate NAME --wait",
    runbook: "abort-a-rotation",
  },
  "signer-switched-back": {
    means: "AWSCURRENT contains the old key again.",
    apart: "new-cookies-expired: the new key's cookies have expired too.",
    fix: "keyturn rotate resume --gate NAME --wait",
    runbook: "abort-a-rotation",
  },
  "new-cookies-expired": {
    means: "Waits until no unexpired cookie uses the new key.",
    apart: "old-cookies-expired is the same wait in a forward rotation.",
    fix: "Nothing: time must pass.",
    runbook: "abort-a-rotation",
  },
  "new-untrusted": {
    means: "The new key is removed from the groups.",
    apart: "new-key-deleted: the key itself is deleted.",
    fix: "keyturn rotate resume --gate NAME --wait",
    runbook: "abort-a-rotation",
  },
  "new-key-deleted": {
    means: "The new public key is deleted; the abort is complete.",
    apart: "old-key-deleted is the last stage of a forward rotation.",
    fix: "keyturn rotate status --evidence md",
    runbook: "abort-a-rotation",
  },
};
