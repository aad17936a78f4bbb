/** What doctor, matrix, triage, logs and the rehearsal find: data of `keyturn explain`. */
import type { ExplainPages } from "./page.ts";

export const DOCTOR_PAGES: ExplainPages = {
  "behavior-open": {
    means: "The behavior that matches the URL requires no signature.",
    apart:
      "route-unprotected is the same on a route that keyturn.yaml declares protected, where it is an error.",
    fix: "Nothing, if the path is meant to be public; otherwise trust the key group there.",
    runbook: "gate-is-open",
  },
  "host-not-served": {
    means: "No distribution of this account serves the host.",
    apart: "The edge answers such a host with refused-by-cloudfront.",
    fix: "Check --profile; add the host to the alternate domain names.",
    runbook: "everyone-gets-403",
  },
  "unsigned-not-denied": {
    means: "An unsigned request is answered although the behavior requires a signature.",
    apart:
      "unsigned-allowed: the settings require no signature. Here the response comes from a custom error page, another distribution or an edge location that is behind.",
    fix: "`keyturn probe URL` compares several requests; wait for Deployed.",
    runbook: "gate-is-open",
  },
  "application-refuses": {
    means: "The application refuses a request without a session, as declared.",
    apart: "valid-refused-by-application: the refusal was not declared.",
    fix: "Nothing.",
    runbook: "edge-403-or-origin-403",
  },
  "answered-by-redirect": {
    means: "The application redirects to its login page.",
    apart: "redirected-by-edge goes from http to https.",
    fix: "Log in again: signed cookies are not a login.",
    runbook: "edge-403-or-origin-403",
  },
  "machine-clock-off": {
    means: "This machine's clock differs from the Date of the responses.",
    apart: "clocks-disagree: two responses contradict each other, whatever this machine's clock shows.",
    fix: "timedatectl",
    runbook: "one-user-gets-403",
  },
  "layer-missing": {
    means: "A layer that the route declares had no visible effect.",
    apart: "layer-undeclared is the opposite case.",
    fix: "Configure the layer, or correct the route's layers.",
    runbook: "prove-denial-for-an-audit",
  },
  "layer-undeclared": {
    means: "A layer that the route does not declare refuses requests.",
    apart: "layer-missing is the opposite case.",
    fix: "Add it to the route's layers in keyturn.yaml.",
    runbook: "prove-denial-for-an-audit",
  },
  "rotation-outage": {
    means: "Viewers are being denied now: a key that signers or unexpired cookies use is not trusted.",
    apart: "key-not-trusted covers only the signing key; this also covers the open rotation's old cookies.",
    fix: "`keyturn rotate resume --gate NAME --wait` repairs it.",
    runbook: "everyone-gets-403",
  },
  "config-mistake": {
    means: "keyturn.yaml has a mistake; its line is shown.",
    apart: "ERR_CONFIG: the file cannot be used at all.",
    fix: "Correct the line; `keyturn config check` lists all of them.",
  },
  "draft-left-out": {
    means: "config init left part of the account out of the draft.",
    apart: "draft-uncertain: it is in the draft, and needs a check.",
    fix: "Add it by hand if it belongs to a gate.",
    runbook: "adopt-an-existing-gate",
  },
  "draft-uncertain": {
    means: "config init guessed a value; the line says CHECK.",
    apart: "draft-left-out: it is not in the file.",
    fix: "Correct the value, then delete the comment.",
    runbook: "adopt-an-existing-gate",
  },
  "policy-comment": {
    means: "A note on a statement of the IAM policy.",
    apart: "This is not a fault.",
    fix: "Read it before you narrow the policy.",
  },
  "gate-unreadable": {
    means: "A gate, or its whole account, could not be read; the other gates were.",
    apart: "rotation-record-deleted: the record is scheduled for deletion.",
    fix: "The error's own hint; often another --profile or --region.",
    runbook: "resume-a-rotation",
  },
  "rotation-record-deleted": {
    means: "A rotation record is scheduled for deletion: nobody can read it until it is restored.",
    apart: "record-unreadable: it exists, but was overwritten.",
    fix: "Run the `keyturn secret restore` command that keyturn printed.",
    runbook: "resume-a-rotation",
  },
  "attack-let-through": {
    means: "In the rehearsal a bad request got past the edge.",
    apart: "valid-viewer-denied: a valid one did not.",
    fix: "It is a bug in keyturn or a fault that you chose: see the counts.",
    runbook: "game-day",
  },
  "logout-incomplete": {
    means: "In the rehearsal a cookie was still there after logout.",
    apart: "logout-forgets-a-name is the same fault on a real site.",
    fix: "See the counts.",
    runbook: "game-day",
  },
  "origin-called": {
    means: "In the rehearsal the origin saw a denied request.",
    apart: "denied-but-origin-called is the same fault on a real site.",
    fix: "See the counts.",
    runbook: "game-day",
  },
  "valid-viewer-denied": {
    means: "In the rehearsal a valid viewer was denied.",
    apart: "attack-let-through: an invalid request passed.",
    fix: "Give the edge more time to settle: --settle.",
    runbook: "game-day",
  },
  "viewer-failed": {
    means: "In the rehearsal a viewer got an error other than a denial.",
    apart: "valid-viewer-denied was a denial.",
    fix: "See the counts.",
    runbook: "game-day",
  },
  "old-key-in-use": {
    means: "The access logs show requests signed with the old key.",
    apart: "edge-location-slow: the edge location is behind, not the client.",
    fix: "Wait for old cookies to expire, or restart the signer that still mints with it.",
    runbook: "outside-key-id",
  },
  "edge-location-slow": {
    means: "A change reached one edge location later than the others.",
    apart: "old-key-in-use: the client still uses old cookies.",
    fix: "Raise rotation.settle in keyturn.yaml.",
  },
  "remint-loop": {
    means: "One client mints, is denied, and mints again.",
    apart: "mint-endpoint-abused means many mints that are not used.",
    fix: "Find out why its cookies are denied: `keyturn inspect`.",
    runbook: "remint-loops",
  },
  "rotation-raised-denials": {
    means: "Denials rose while a rotation ran.",
    apart: "A rise without an open rotation has another cause.",
    fix: "`keyturn rotate status`; `keyturn logs denials` shows the cause.",
    runbook: "everyone-gets-403",
  },
  "log-objects-unread": {
    means:
      "Some access log objects in S3 could not be fetched: they were deleted in the meantime, are archived, or access is denied.",
    apart: "log-lines-unread: fetched, but damaged.",
    fix: "`keyturn iam --role log-reader` prints the policy; restore archived objects; then run it again.",
  },
  "log-lines-unread": {
    means: "Some lines are not CloudFront access log lines and were skipped.",
    apart: "ERR_LOG_UNREADABLE: no line could be read.",
    fix: "Name the fields with --fields.",
  },
  "logs-disagree": {
    means: "In the rehearsal the access logs and the viewers disagree on the number of requests.",
    apart: "origin-called is a disagreement with the origin instead.",
    fix: "See the counts; logs arrive late on real sites.",
    runbook: "game-day",
  },
  "trust-unproven": {
    means: "The key group was changed, but the edge has not yet shown that the change has reached it.",
    apart: "A rotation halts with trust-not-proven for the same reason.",
    fix: "Wait a few minutes, then `keyturn probe --gate NAME`.",
    runbook: "everyone-gets-403",
  },
  "given-denied": {
    means: "The edge denied the given request when it was sent again from here.",
    apart:
      "minted-but-denied and valid-denied-access-denied are about fresh cookies; here only the given ones are denied.",
    fix: "Read the causes below it; mint again, and compare time, address and Resource.",
    runbook: "one-user-gets-403",
  },
};
