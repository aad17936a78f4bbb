/** Why a rotation does not begin, or halts: data of `keyturn explain`. */
import type { Pages } from "./page.ts";

export const ROTATION_PAGES: Pages = {
  "gate-shared": {
    means: "Another gate uses the same secret or groups.",
    apart: "key-shared: only the key.",
    fix: "Declare one gate, or separate them.",
  },
  "key-id-nowhere": {
    means: "Nothing tells signers their key pair ID.",
    apart: "key-pair-id-missing is the audit's word.",
    fix: "Set secret.fields.keyPairId or signer.keyPairId.",
    runbook: "outside-key-id",
  },
  "key-shared": {
    means: "A group outside the gate holds the old key.",
    apart: "gate-shared: the groups themselves.",
    fix: "Add the group to the gate, or give it another key.",
  },
  "secret-deleted": {
    means: "The secret is scheduled for deletion.",
    apart: "secret-being-deleted is the audit's word.",
    fix: "aws secretsmanager restore-secret, as printed.",
  },
  "signing-key-untrusted": {
    means: "The current key is not trusted, so there is nothing to hand over from.",
    apart: "key-not-trusted is the audit's word.",
    fix: "keyturn keys trust ID --gate NAME",
    runbook: "everyone-gets-403",
  },
  "signing-key-unknown": {
    means: "The account has no public key that matches the secret's.",
    apart: "signing-key-untrusted: it has, but no group holds it.",
    fix: "keyturn keys match FILE; then keyturn keys upload.",
  },
  "awspending-left": {
    means: "A version under AWSPENDING was left by an earlier rotation.",
    apart: "rotation-labels-left: keyturn's own labels.",
    fix: "Remove the label, as printed.",
  },
  "canary-unproven": {
    means: "A canary did not answer as it must.",
    apart: "no-canary: there is none.",
    fix: "keyturn probe --gate NAME",
    runbook: "prove-denial-for-an-audit",
  },
  "no-canary": {
    means: "A distribution has no canary.",
    apart: "canary-unproven: it did not answer well.",
    fix: "Add canaries to the gate.",
  },
  "comment-full": {
    means: "A group's Comment has no room for the rotation's mark.",
    apart: "key-group-full: no room for a key.",
    fix: "Shorten the Comment.",
  },
  "distribution-unattached": {
    means: "A distribution of the gate trusts none of its groups.",
    apart: "key-group-not-attached is the audit's word.",
    fix: "Trust the group there, or take the distribution out.",
  },
  "orphan-upload": {
    means: "A public key of an earlier attempt is left.",
    apart: "public-key-unused is the audit's word.",
    fix: "keyturn keys prune --dry-run",
    runbook: "clean-up-orphan-keys",
  },
  "owned-by-iac": {
    means: "Infrastructure code owns the groups and would undo the rotation.",
    apart: "It does not refuse: it is told.",
    fix: "Change the code as printed at the end.",
  },
  "replica-not-in-sync": {
    means: "A replica is not InSync.",
    apart: "replica-out-of-sync is the audit's word.",
    fix: "Wait, or replicate again.",
  },
  "rotation-by-hand": {
    means: "Somebody began to rotate by hand.",
    apart: "rotation-open: by keyturn.",
    fix: "Finish it by hand, or take the second key out.",
    runbook: "adopt-an-existing-gate",
  },
  "rotation-record-lost": {
    means: "The gate was rotated, and its record is gone.",
    apart: "rotation-record-deleted: it can be restored.",
    fix: "keyturn rotate resume --rebuild-record",
    runbook: "resume-a-rotation",
  },
  "version-quota": {
    means: "The secret nears its quota of versions.",
    apart: "key-quota: of keys.",
    fix: "Stop what writes it; wait a day.",
  },
  "foreign-signing-key": {
    means: "Somebody made another key current while the rotation was open.",
    apart: "secret-written-by-hand is the audit's word, afterwards.",
    fix: "keyturn rotate resume repairs it, or take the foreign key over by an abort.",
    runbook: "resume-a-rotation",
  },
  "no-trusted-key": {
    means: "AWSCURRENT holds a key that no group trusts: viewers are being denied.",
    apart: "foreign-signing-key is trusted.",
    fix: "keyturn rotate resume, as printed.",
    runbook: "everyone-gets-403",
  },
  "new-key-lost": {
    means: "The new private key is gone from the secret.",
    apart: "old-key-gone: the old one.",
    fix: "keyturn rotate abort --gate NAME",
    runbook: "abort-a-rotation",
  },
  "old-key-gone": {
    means: "The old key is gone, so the way back is.",
    apart: "new-key-lost: the new one.",
    fix: "Go on: keyturn rotate resume.",
    runbook: "resume-a-rotation",
  },
  "managed-rotation": {
    means: "Secrets Manager's managed rotation is on for this secret.",
    apart: "managed-rotation-on is the audit's word.",
    fix: "aws secretsmanager cancel-rotate-secret, as printed.",
    runbook: "resume-a-rotation",
  },
  "canary-not-protected": {
    means: "A canary's unsigned request was not denied: the gate may be open.",
    apart: "trust-not-proven: the new key is not accepted.",
    fix: "keyturn doctor URL",
    runbook: "gate-is-open",
  },
  "trust-not-proven": {
    means: "The edge does not accept the new key everywhere yet.",
    apart: "untrust-not-proven: it still accepts the old one.",
    fix: "Wait, then keyturn rotate resume; raise rotation.settle.",
    runbook: "resume-a-rotation",
  },
  "untrust-not-proven": {
    means: "The edge still accepts the old key somewhere.",
    apart: "trust-not-proven is about the new key.",
    fix: "Wait, then keyturn rotate resume.",
    runbook: "resume-a-rotation",
  },
  "external-deployment": {
    means: "Signers get their key pair ID from outside and must be deployed with the new one.",
    apart: "signers-not-restarted: only restarted.",
    fix: "Deploy, then keyturn rotate resume --deployed.",
    runbook: "outside-key-id",
  },
  "replica-failed": {
    means: "A replica of the secret failed.",
    apart: "replica-out-of-sync: it lags.",
    fix: "Replicate again, then keyturn rotate resume.",
    runbook: "resume-a-rotation",
  },
  "signers-not-restarted": {
    means: "Signers read the secret only when they start.",
    apart: "external-deployment: they need another id.",
    fix: "Restart all, then keyturn rotate resume --signers-restarted.",
    runbook: "resume-a-rotation",
  },
  "old-key-still-minted": {
    means: "The mint endpoint still hands out the old key's id.",
    apart: "old-key-in-use: old cookies that are merely alive.",
    fix: "Restart or redeploy that signer.",
    runbook: "outside-key-id",
  },
  "drain-restarted": {
    means: "A foreign version may have been read, so the wait began anew.",
    apart: "repaired-again: keyturn put something back more than once.",
    fix: "keyturn rotate resume --wait",
    runbook: "resume-a-rotation",
  },
  "repaired-again": {
    means: "Somebody or something keeps undoing what keyturn wrote.",
    apart: "drain-restarted: it happened once.",
    fix: "Stop it (Terraform, a pipeline), then keyturn rotate resume.",
    runbook: "resume-a-rotation",
  },
  "clocks-disagree": {
    means: "Two answers of AWS and the edge contradict each other.",
    apart: "machine-clock-off: only this machine's clock.",
    fix: "keyturn explain ERR_CLOCKS_DISAGREE",
    runbook: "resume-a-rotation",
  },
};
