/** What doctor, matrix, triage, logs and the rehearsal find: data of `keyturn explain`. */
import type { Pages } from "./page.ts";

export const DOCTOR_PAGES: Pages = {
  "behavior-open": {
    means: "The behavior that matches the URL asks for no signature.",
    apart:
      "route-unprotected is the same where keyturn.yaml declares a protected route: then it is an error.",
    fix: "Nothing, if the path is meant to be public; else trust the key group there.",
    runbook: "gate-is-open",
  },
  "host-not-served": {
    means: "No distribution of this account serves the host.",
    apart: "refused-by-cloudfront is what the edge answers to such a host.",
    fix: "Check --profile; add the host to the alternate domain names.",
    runbook: "everyone-gets-403",
  },
  "unsigned-not-denied": {
    means: "An unsigned request is answered although the behavior asks for a signature.",
    apart:
      "unsigned-allowed: the settings ask for none. Here a custom error page, another distribution or an edge location that has not learned answers.",
    fix: "keyturn probe URL compares several requests; wait for Deployed.",
    runbook: "gate-is-open",
  },
  "application-refuses": {
    means: "The application refuses a request without a session, as declared.",
    apart: "valid-refused-by-application: it was not declared.",
    fix: "Nothing.",
    runbook: "edge-403-or-origin-403",
  },
  "answered-by-redirect": {
    means: "The application redirects to its login page.",
    apart: "redirected-by-edge leads from http to https.",
    fix: "Log in again: signed cookies are not a login.",
    runbook: "edge-403-or-origin-403",
  },
  "machine-clock-off": {
    means: "This machine's clock differs from the Date of the answers.",
    apart: "clocks-disagree: two answers contradict each other, whatever this machine thinks.",
    fix: "timedatectl",
    runbook: "one-user-gets-403",
  },
  "layer-missing": {
    means: "A layer that the route declares was not seen at work.",
    apart: "layer-undeclared is the opposite.",
    fix: "Configure the layer, or correct the route's layers.",
    runbook: "prove-denial-for-an-audit",
  },
  "layer-undeclared": {
    means: "A layer refuses that the route does not declare.",
    apart: "layer-missing is the opposite.",
    fix: "Add it to the route's layers in keyturn.yaml.",
    runbook: "prove-denial-for-an-audit",
  },
  "rotation-outage": {
    means: "Viewers are being denied now: a key that signers or unexpired cookies use is not trusted.",
    apart: "key-not-trusted sees the signing key only; this knows of the open rotation's old cookies too.",
    fix: "keyturn rotate resume --gate NAME repairs it.",
    runbook: "everyone-gets-403",
  },
  "unattended-run-failed": {
    means: "A rotation that runs unattended stopped with an error.",
    apart: "A halt is not a failure: it says why, and what to type.",
    fix: "keyturn rotate status --gate NAME, then keyturn rotate resume.",
    runbook: "resume-a-rotation",
  },
  "config-mistake": {
    means: "keyturn.yaml has a mistake, told with its line.",
    apart: "ERR_CONFIG: the file cannot be used at all.",
    fix: "Correct the line; keyturn config check lists all of them.",
  },
  "draft-left-out": {
    means: "config init left something of the account out of the draft.",
    apart: "draft-uncertain is in it, and should be checked.",
    fix: "Add it by hand if it belongs to a gate.",
    runbook: "adopt-an-existing-gate",
  },
  "draft-uncertain": {
    means: "config init guessed a value; the line says CHECK.",
    apart: "draft-left-out is not in the file.",
    fix: "Correct the value, then delete the comment.",
    runbook: "adopt-an-existing-gate",
  },
  "policy-comment": {
    means: "A remark about a statement of the IAM policy.",
    apart: "It is no fault.",
    fix: "Read it before you narrow the policy.",
  },
  "gate-unreadable": {
    means: "A gate, or its whole account, could not be read; the other gates were.",
    apart: "rotation-record-deleted: the record is marked for deletion.",
    fix: "The error's own hint; often another --profile or --region.",
    runbook: "resume-a-rotation",
  },
  "rotation-record-deleted": {
    means: "A rotation record is scheduled for deletion: nobody can read it until it is restored.",
    apart: "record-unreadable: it is there, and somebody wrote over it.",
    fix: "aws secretsmanager restore-secret, as printed.",
    runbook: "resume-a-rotation",
  },
  "attack-let-through": {
    means: "In the rehearsal a bad request got past the edge.",
    apart: "valid-viewer-denied: a good one did not.",
    fix: "A bug of keyturn or a fault that you chose: see the counts.",
    runbook: "game-day",
  },
  "logout-incomplete": {
    means: "In the rehearsal a cookie stayed after logout.",
    apart: "logout-forgets-a-name is the same on a real site.",
    fix: "See the counts.",
    runbook: "game-day",
  },
  "origin-called": {
    means: "In the rehearsal the origin saw a denied request.",
    apart: "denied-but-origin-called is the same on a real site.",
    fix: "See the counts.",
    runbook: "game-day",
  },
  "valid-viewer-denied": {
    means: "In the rehearsal a valid viewer was denied.",
    apart: "attack-let-through: a bad request passed.",
    fix: "Let the edge settle longer: --settle.",
    runbook: "game-day",
  },
  "viewer-failed": {
    means: "In the rehearsal a viewer got an error other than a denial.",
    apart: "valid-viewer-denied was a denial.",
    fix: "See the counts.",
    runbook: "game-day",
  },
  "old-key-in-use": {
    means: "The access logs show requests signed by the old key.",
    apart: "edge-location-slow: the location is behind, not the client.",
    fix: "Wait for old cookies to expire, or restart the signer that still mints with it.",
    runbook: "outside-key-id",
  },
  "edge-location-slow": {
    means: "An edge location learned a change later than the others.",
    apart: "old-key-in-use: the client is behind.",
    fix: "Raise rotation.settle in keyturn.yaml.",
  },
  "remint-loop": {
    means: "One client mints, is denied, and mints again.",
    apart: "mint-endpoint-abused mints far more than it uses.",
    fix: "Find why its cookies are denied: keyturn inspect.",
    runbook: "remint-loops",
  },
  "rotation-raised-denials": {
    means: "Denials rose while a rotation ran.",
    apart: "Denials that rise without one have another cause.",
    fix: "keyturn rotate status; keyturn logs denials names the cause.",
    runbook: "everyone-gets-403",
  },
  "log-objects-unread": {
    means:
      "Some objects of access logs in S3 could not be fetched: deleted meanwhile, archived, or not allowed.",
    apart: "log-lines-unread: fetched, and damaged.",
    fix: "keyturn iam --role log-reader prints the policy; restore archived objects; then run it again.",
  },
  "log-lines-unread": {
    means: "Some lines are not access log lines of CloudFront and were left out.",
    apart: "ERR_LOG_UNREADABLE: none could be read.",
    fix: "Name their fields with --fields.",
  },
  "logs-disagree": {
    means: "In the rehearsal the access logs count other requests than the viewers did.",
    apart: "origin-called compares with the origin instead.",
    fix: "See the counts; logs arrive late on real sites.",
    runbook: "game-day",
  },
  "trust-unproven": {
    means: "The key group was changed, but the edge has not shown yet that it goes by the change.",
    apart: "trust-not-proven is the halt of a rotation for the same reason.",
    fix: "Wait some minutes, then keyturn probe --gate NAME.",
    runbook: "everyone-gets-403",
  },
  "given-denied": {
    means: "The edge denied the request that was given when it was sent again from here.",
    apart:
      "minted-but-denied and valid-denied-access-denied are about fresh cookies; here only yours are denied.",
    fix: "Read the causes below it; mint again, and compare time, address and Resource.",
    runbook: "one-user-gets-403",
  },
};
