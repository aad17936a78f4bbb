/** The stages of a rotation: data of `keyturn explain`. */
import type { Pages } from "./page.ts";

export const STAGE_PAGES: Pages = {
  "record-opened": {
    means:
      "The plan was agreed and the record created: from here on the rotation is open, and no other can begin.",
    apart: "rotation-open is the finding of one that waits too long.",
    fix: "keyturn rotate resume --gate NAME",
    runbook: "resume-a-rotation",
  },
  "key-stored": {
    means: "The new key pair exists; its private half is in the secret under a label of its own.",
    apart: "key-uploaded: CloudFront has the public half.",
    fix: "keyturn rotate resume --gate NAME",
    runbook: "resume-a-rotation",
  },
  "key-uploaded": {
    means: "CloudFront has the new public key; no group trusts it yet.",
    apart: "key-trusted: the groups do.",
    fix: "keyturn rotate resume --gate NAME",
    runbook: "resume-a-rotation",
  },
  "key-trusted": {
    means: "Every key group of the gate holds the new key beside the old one.",
    apart: "trust-proven: the edge has shown it.",
    fix: "keyturn rotate resume --gate NAME",
    runbook: "resume-a-rotation",
  },
  "trust-proven": {
    means: "Canary checks showed that the edge accepts the new key and still denies what it must.",
    apart: "key-trusted: the settings alone.",
    fix: "keyturn rotate resume --gate NAME",
    runbook: "resume-a-rotation",
  },
  "signer-switched": {
    means: "AWSCURRENT is the new key: signers use it when they read the secret again.",
    apart: "old-cookies-expired: the last old cookie is gone too.",
    fix: "keyturn rotate resume --gate NAME",
    runbook: "resume-a-rotation",
  },
  "old-cookies-expired": {
    means: "Waits until no signer and no unexpired cookie or signed URL uses the old key.",
    apart: "signer-switched is the change before it.",
    fix: "Nothing: time must pass. keyturn rotate resume --wait",
    runbook: "resume-a-rotation",
  },
  "old-untrusted": {
    means: "The old key is taken out of the groups.",
    apart: "untrust-proven: the edge has shown it.",
    fix: "keyturn rotate resume --gate NAME",
    runbook: "resume-a-rotation",
  },
  "untrust-proven": {
    means: "Canary checks showed that the edge denies the old key and accepts the new one.",
    apart: "old-untrusted: the settings alone.",
    fix: "keyturn rotate resume --gate NAME",
    runbook: "resume-a-rotation",
  },
  "old-key-deleted": {
    means: "The old public key is deleted and the record finished.",
    apart: "After it, undoing is a new rotation.",
    fix: "keyturn rotate status --evidence md",
    runbook: "resume-a-rotation",
  },
  "abort-fenced": {
    means: "The abort has begun: groups and record carry a new epoch.",
    apart: "signer-switched-back: signers use the old key again.",
    fix: "keyturn rotate resume --gate NAME",
    runbook: "abort-a-rotation",
  },
  "signer-switched-back": {
    means: "AWSCURRENT holds the old key again.",
    apart: "new-cookies-expired: the new key's cookies are gone too.",
    fix: "keyturn rotate resume --gate NAME",
    runbook: "abort-a-rotation",
  },
  "new-cookies-expired": {
    means: "Waits until no unexpired cookie uses the new key.",
    apart: "old-cookies-expired is the same on the way forward.",
    fix: "Nothing: time must pass.",
    runbook: "abort-a-rotation",
  },
  "new-untrusted": {
    means: "The new key is taken out of the groups.",
    apart: "new-key-deleted: it is gone.",
    fix: "keyturn rotate resume --gate NAME",
    runbook: "abort-a-rotation",
  },
  "new-key-deleted": {
    means: "The new public key is deleted; the abort is over.",
    apart: "old-key-deleted ends a rotation forward.",
    fix: "keyturn rotate status --evidence md",
    runbook: "abort-a-rotation",
  },
};
