/** What the audit finds: data of `keyturn explain`. */
import type { Pages } from "./page.ts";

export const AUDIT_PAGES: Pages = {
  "public-key-unused": {
    apart: "key-group-unused is a group without a distribution.",
    fix: "keyturn keys prune --dry-run",
    runbook: "clean-up-orphan-keys",
  },
  "key-group-unused": {
    apart: "public-key-unused is a key without a group.",
    fix: "Delete the group, or let a behavior trust it.",
    runbook: "clean-up-orphan-keys",
  },
  "key-quota": {
    apart: "key-group-full counts one group; key-group-quota counts groups.",
    fix: "keyturn keys prune --dry-run",
    runbook: "clean-up-orphan-keys",
  },
  "key-group-full": {
    apart: "key-quota counts the account's keys.",
    fix: "keyturn keys untrust ID --group G for a key that nothing uses; AWS raises this quota too.",
    runbook: "clean-up-orphan-keys",
  },
  "key-group-quota": {
    apart: "key-quota counts keys.",
    fix: "Delete unused groups; AWS raises this quota.",
    runbook: "clean-up-orphan-keys",
  },
  "gate-undeclared": {
    apart: "behavior-open asks for no signature at all.",
    fix: "keyturn config init --out - drafts the gate.",
    runbook: "adopt-an-existing-gate",
  },
  "authorization-forwarded": {
    apart: "s3-authorization-forwarded is what S3 answers then.",
    fix: "Leave Authorization out of the origin request policy (AllViewerExceptHostHeader minus it), or the OAC's signing behavior on no-override.",
    runbook: "edge-403-or-origin-403",
  },
  "cookie-host-foreign": {
    apart: "cookie-domain-foreign: the Resource is right, the browser never sends the cookie.",
    fix: "Correct cookie.resource to a host that the distribution serves.",
    runbook: "everyone-gets-403",
  },
  "cookie-domain-foreign": {
    apart: "cookie-host-foreign: sent, but denied.",
    fix: "Correct cookie.domain to a parent of the distribution's host.",
    runbook: "login-works-calls-fail",
  },
  "cookie-domain-refused": {
    apart: "cookie-domain-foreign: a permitted Domain, but another site's.",
    fix: "Use an alternate domain name of your own; cloudfront.net is a public suffix.",
    runbook: "login-works-calls-fail",
  },
  "cookies-miss-route": {
    apart: "cookie-host-foreign misses every route.",
    fix: "Widen cookie.path or cookie.resource, or add a cookie profile.",
    runbook: "login-works-calls-fail",
  },
  "tenants-share-key": {
    apart: "key-in-several-gates: gates, not tenants.",
    fix: "Give each tenant a key group of its own, or put the tenant's host into the Resource.",
  },
  "ttl-over-max": {
    apart: "policy-outlives-gate is seen in a minted policy.",
    fix: "Lower cookie.ttl or raise cookie.maxTtl.",
  },
  "sha1-signatures": {
    apart: "It is no fault at the edge.",
    fix: "Sign with SHA256 and Hash-Algorithm=SHA256.",
  },
  "distribution-missing": {
    apart: "account-differs: the whole account is another.",
    fix: "Correct the id, or add --profile of its account.",
  },
  "key-group-missing": {
    apart: "key-group-not-attached exists, but protects nothing.",
    fix: "Correct the id; keyturn keys list shows what there is.",
  },
  "account-differs": {
    apart: "distribution-missing: one id is wrong.",
    fix: "Add --profile of the gate's account.",
  },
  "key-group-not-attached": {
    apart: "key-group-missing does not exist.",
    fix: "Trust the group in the gate's behaviors, or take it out of keyturn.yaml.",
    runbook: "gate-is-open",
  },
  "key-group-used-outside": {
    apart: "key-in-several-gates: the key is shared, not the group.",
    fix: "Add the distribution to the gate, or give it a group of its own.",
  },
  "key-group-not-arrived": {
    apart: "key-not-trusted: the group itself lacks the key.",
    fix: "Wait until the distribution is Deployed.",
    runbook: "everyone-gets-403",
  },
  "distribution-disabled": {
    apart: "unreachable: nobody answers; a disabled distribution answers with CloudFront's own error.",
    fix: "Enable it, or take it out of the gate.",
    runbook: "everyone-gets-403",
  },
  "canary-host-foreign": {
    apart: "canary-unprotected reaches the distribution, on an open path.",
    fix: "Write a host that the distribution serves into canaries.",
  },
  "canary-unprotected": {
    apart: "canary-not-protected is the halt of a rotation for the same reason.",
    fix: "Point the canary to a path behind the gate.",
    runbook: "gate-is-open",
  },
  "cookies-forwarded": {
    apart: "cookies-in-cache-key also splits the cache.",
    fix: "Leave CloudFront-* cookies out of the origin request policy.",
  },
  "cookies-in-cache-key": {
    apart: "cookies-forwarded: sent on, but not part of the key.",
    fix: "Leave CloudFront-* cookies out of the cache policy.",
  },
  "signing-query-forwarded": {
    apart: "cookies-forwarded is the same for cookies.",
    fix: "Leave Expires, Policy, Signature and Key-Pair-Id out of the query strings forwarded.",
  },
  "key-kind-unusable": {
    apart: "key-mismatch: a usable key, but another one.",
    fix: "keyturn rotate start --gate NAME makes a usable one.",
    runbook: "first-set-up",
  },
  "key-pair-id-unknown": {
    apart: "key-not-trusted: the account has the key, the group lacks it.",
    fix: "keyturn keys match FILE finds the id of the private key; keyturn secret set-key-id --gate NAME writes it.",
    runbook: "everyone-gets-403",
  },
  "key-pair-id-missing": {
    means:
      "Nothing says which key pair ID belongs to the signing key; in a request: no key pair ID reaches the edge, which answers MissingKey.",
    apart:
      "key-pair-id-unknown: an id that does not exist; key-pair-id-malformed: something is sent, but no id.",
    fix: "keyturn secret set-key-id writes the id into the secret; for a request look at Path, Domain, Secure and SameSite of the cookies.",
    runbook: "login-works-calls-fail",
  },
  "key-mismatch": {
    apart: "key-not-trusted gets InvalidKey; this gets AccessDenied.",
    fix: "keyturn keys match FILE; then keyturn secret set-key-id, or put the matching private key back.",
    runbook: "everyone-gets-403",
  },
  "key-not-trusted": {
    apart:
      "key-group-not-arrived: the group is right, the edge is behind. valid-denied-invalid-key is what the edge says.",
    fix: "keyturn keys trust ID --gate NAME; with an open rotation: keyturn rotate resume.",
    runbook: "everyone-gets-403",
  },
  "key-left-in-group": {
    apart: "foreign-key-group-trusted: a whole group too many.",
    fix: "keyturn keys untrust ID --gate NAME, once no cookie of it is alive.",
    runbook: "clean-up-orphan-keys",
  },
  "key-in-several-gates": {
    apart: "secret-in-several-gates: they share the secret too.",
    fix: "Rotate one gate to a key of its own.",
    runbook: "leaked-key",
  },
  "key-too-old": {
    apart: "It is no fault yet.",
    fix: "keyturn rotate plan --gate NAME",
    runbook: "scheduled-rotation",
  },
  "route-unprotected": {
    apart: "route-shadowed: part of the route; route-partly-covered: the pattern is too narrow.",
    fix: "Trust the key group in the behavior that matches first, or put one for the route ahead of it.",
    runbook: "gate-is-open",
  },
  "route-shadowed": {
    apart: "route-unprotected: all of the route.",
    fix: "Move the open behavior behind the protected one, or trust the key group there too.",
    runbook: "gate-is-open",
  },
  "route-partly-covered": {
    apart: "route-shadowed: another behavior comes first.",
    fix: "Widen the protected behavior's pattern (patterns are case-sensitive).",
    runbook: "gate-is-open",
  },
  "route-of-other-key-group": {
    apart: "route-unprotected trusts nobody.",
    fix: "Trust the gate's key group in that behavior.",
    runbook: "everyone-gets-403",
  },
  "foreign-key-group-trusted": {
    apart: "key-left-in-group: a key too many in the right group.",
    fix: "Take the group off the behavior, or declare it.",
    runbook: "gate-is-open",
  },
  "trusted-signers": {
    apart: "Key groups replace them; no API can rotate account key pairs.",
    fix: "Trust a key group instead, then remove the trusted signers.",
    runbook: "adopt-an-existing-gate",
  },
  "error-page-masks-denial": {
    apart: "denial-masked is what a probe sees of it.",
    fix: "Remove the custom error response for 403, or move signed paths elsewhere.",
    runbook: "edge-403-or-origin-403",
  },
  "method-not-allowed": {
    apart: "A 403 in CloudFront's HTML that names the method, not the signature check's XML.",
    fix: "Allow the method in the behavior, or take it out of the route.",
    runbook: "edge-403-or-origin-403",
  },
  "secret-missing": {
    apart: "secret-being-deleted can be restored.",
    fix: "Correct secret.id, --region or --profile.",
  },
  "secret-being-deleted": {
    apart: "secret-missing is gone, or was never there.",
    fix: "aws secretsmanager restore-secret, as printed.",
    runbook: "everyone-gets-403",
  },
  "secret-unreadable": {
    apart: "private-key-mangled can be read, with care.",
    fix: "Correct secret.format and secret.fields, or write the value again.",
    runbook: "everyone-gets-403",
  },
  "private-key-mangled": {
    apart: "secret-unreadable cannot be read at all.",
    fix: "Nothing at once: the next rotation writes it in lines.",
  },
  "secret-form": {
    apart: "secret-unreadable: signers cannot read it.",
    fix: "Write the secret in one of the forms of `keyturn explain ERR_SECRET_FORMAT`.",
  },
  "secret-field-stale": {
    apart: "secret-form refuses a rotation; this does not.",
    fix: "Remove the field, or start with --leave-stale FIELD.",
  },
};
