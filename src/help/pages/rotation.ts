/** Why a rotation is refused, or halts: data of `keyturn explain`. */
import type { ExplainPages } from "./page.ts";

export const ROTATION_PAGES: ExplainPages = {
  "gate-shared": {
    means: "Another gate uses the same secret or groups.",
    apart: "key-shared: only the key is shared.",
    fix: "Declare one gate, or separate them.",
  },
  "key-id-nowhere": {
    means: "No setting tells signers their key pair ID.",
    apart: "The audit reports this as key-pair-id-missing.",
    fix: "Set secret.fields.keyPairId or signer.keyPairId.",
    runbook: "outside-key-id",
  },
  "key-shared": {
    means: "A group outside the gate contains the old key.",
    apart: "gate-shared: the groups themselves are shared.",
    fix: "Add the group to the gate, or give it another key.",
  },
  "secret-deleted": {
    means: "The secret is scheduled for deletion.",
    apart: "The audit reports this as secret-being-deleted.",
    fix: "Run the `keyturn secret restore` command that keyturn printed.",
  },
  "signing-key-untrusted": {
    means: "The current key is not trusted, so there is no working key to rotate from.",
    apart: "The audit reports this as key-not-trusted.",
    fix: "keyturn keys trust ID --gate NAME",
    runbook: "everyone-gets-403",
  },
  "signing-key-unknown": {
    means: "The account has no public key that matches the secret's.",
    apart: "signing-key-untrusted: the account has one, but no group contains it.",
    fix: "`keyturn keys match FILE`; then `keyturn keys upload`.",
  },
  "awspending-left": {
    means: "A version under AWSPENDING was left by an earlier rotation.",
    apart: "rotation-labels-left: keyturn's own labels.",
    fix: "Remove the label with the printed command.",
  },
  "canary-unproven": {
    means: "A canary did not answer as expected.",
    apart: "no-canary: there is none.",
    fix: "keyturn probe --gate NAME",
    runbook: "prove-denial-for-an-audit",
  },
  "no-canary": {
    means: "A distribution has no canary.",
    apart: "canary-unproven: it did not answer as expected.",
    fix: "Add canaries to the gate.",
  },
  "comment-full": {
    means: "A group's Comment has no room for the rotation's mark.",
    apart: "key-group-full: no room for a key.",
    fix: "Shorten the Comment.",
  },
  "distribution-unattached": {
    means: "A distribution of the gate trusts none of its groups.",
    apart: "The audit reports this as key-group-not-attached.",
    fix: "Trust the group there, or remove the distribution from the gate.",
  },
  "orphan-upload": {
    means: "A public key from an earlier attempt is left over.",
    apart: "The audit reports this as public-key-unused.",
    fix: "keyturn keys prune --dry-run",
    runbook: "clean-up-orphan-keys",
  },
  "owned-by-iac": {
    means: "Infrastructure code owns the groups and would undo the rotation.",
    apart: "This is a warning, not a refusal.",
    fix: "Change the code as printed at the end.",
  },
  "replica-not-in-sync": {
    means: "A replica is not InSync.",
    apart: "The audit reports this as replica-out-of-sync.",
    fix: "Wait, or replicate again.",
  },
  "rotation-by-hand": {
    means: "Someone started to rotate by hand.",
    apart: "rotation-open: by keyturn.",
    fix: "Finish it by hand, or remove the second key.",
    runbook: "adopt-an-existing-gate",
  },
  "rotation-record-lost": {
    means: "A rotation was open, and its record is gone: nobody can continue, abort or start one.",
    apart: "rotation-record-deleted: it can be restored. rotation-labels-left: no rotation was open.",
    fix: "`keyturn rotate resume --gate NAME --rebuild-record`; then `keyturn rotate abort --gate NAME --wait` to go back, or `keyturn rotate resume --gate NAME --wait` to continue.",
    runbook: "resume-a-rotation",
  },
  "version-quota": {
    means: "The secret is close to its quota of versions.",
    apart: "key-quota: of keys.",
    fix: "Stop whatever writes to it, then wait a day.",
  },
  "foreign-signing-key": {
    means: "Someone made another key current while the rotation was open.",
    apart: "The audit later reports this as secret-written-by-hand.",
    fix: "`keyturn rotate resume` repairs it; to keep the foreign key, abort.",
    runbook: "resume-a-rotation",
  },
  "no-trusted-key": {
    means: "AWSCURRENT holds a key that no group trusts: viewers are being denied.",
    apart: "With foreign-signing-key, the key is trusted.",
    fix: "`keyturn rotate resume`, as printed.",
    runbook: "everyone-gets-403",
  },
  "new-key-lost": {
    means: "The new private key is gone from the secret.",
    apart: "old-key-gone: the old key is gone.",
    fix: "keyturn rotate abort --gate NAME",
    runbook: "abort-a-rotation",
  },
  "old-key-gone": {
    means: "The old key is gone, so there is no way back.",
    apart: "new-key-lost: the new key is lost.",
    fix: "Continue: `keyturn rotate resume`.",
    runbook: "resume-a-rotation",
  },
  "managed-rotation": {
    means: "Secrets Manager's managed rotation is on for this secret.",
    apart: "The audit reports this as managed-rotation-on.",
    fix: "keyturn secret cancel-rotation",
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
    fix: "Wait, then `keyturn rotate resume`; raise rotation.settle.",
    runbook: "resume-a-rotation",
  },
  "untrust-not-proven": {
    means: "The edge still accepts the old key somewhere.",
    apart: "trust-not-proven is about the new key.",
    fix: "Wait, then `keyturn rotate resume`.",
    runbook: "resume-a-rotation",
  },
  "external-deployment": {
    means: "Signers get their key pair ID from outside and must be deployed with the new one.",
    apart: "signers-not-restarted: only restarted.",
    fix: "Deploy, then `keyturn rotate resume --deployed`.",
    runbook: "outside-key-id",
  },
  "replica-failed": {
    means: "A replica of the secret failed.",
    apart: "replica-out-of-sync: it lags.",
    fix: "Replicate again, then `keyturn rotate resume`.",
    runbook: "resume-a-rotation",
  },
  "signers-not-restarted": {
    means: "Signers read the secret only when they start.",
    apart: "external-deployment: they need a different ID.",
    fix: "Restart all, then `keyturn rotate resume --signers-restarted`.",
    runbook: "resume-a-rotation",
  },
  "old-key-still-minted": {
    means: "The mint endpoint still returns the old key's id.",
    apart: "old-key-in-use: old cookies that have not expired yet.",
    fix: "Restart or redeploy that signer.",
    runbook: "outside-key-id",
  },
  "drain-restarted": {
    means: "Signers may have read a foreign version, so the drain started over.",
    apart: "repaired-again: keyturn made the same repair more than once.",
    fix: "keyturn rotate resume --wait",
    runbook: "resume-a-rotation",
  },
  "repaired-again": {
    means: "Someone or something keeps undoing what keyturn wrote.",
    apart: "drain-restarted: it happened once.",
    fix: "Stop it (Terraform, a pipeline), then `keyturn rotate resume`.",
    runbook: "resume-a-rotation",
  },
  "clocks-disagree": {
    means: "Two responses from AWS or the edge have contradictory Dates.",
    apart: "machine-clock-off: only this machine's clock is wrong.",
    fix: "keyturn explain ERR_CLOCKS_DISAGREE",
    runbook: "resume-a-rotation",
  },
};
