/** What the audit finds: data of `keyturn explain`. */
import type { ExplainPages } from "./page.ts";

export const AUDIT_PAGES: ExplainPages = {
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
    fix: "`keyturn keys untrust ID --group G` for a key that nothing uses; AWS raises this quota too.",
    runbook: "clean-up-orphan-keys",
  },
  "key-group-quota": {
    apart: "key-quota counts keys.",
    fix: "Delete unused groups; AWS raises this quota.",
    runbook: "clean-up-orphan-keys",
  },
  "gate-undeclared": {
    apart: "behavior-open requires no signature at all.",
    fix: "`keyturn config init --out -` (drafts the gate).",
    runbook: "adopt-an-existing-gate",
  },
  "authorization-forwarded": {
    apart: "S3 then answers with s3-authorization-forwarded.",
    fix: "Remove Authorization from the origin request policy (AllViewerExceptHostHeader without it), or set the OAC's signing behavior to no-override.",
    runbook: "edge-403-or-origin-403",
  },
  "cookie-host-foreign": {
    apart: "cookie-domain-foreign: the Resource is right, but the browser never sends the cookie.",
    fix: "Correct cookie.resource to a host that the distribution serves.",
    runbook: "everyone-gets-403",
  },
  "cookie-domain-foreign": {
    apart: "cookie-host-foreign: the cookie is sent, but denied.",
    fix: "Correct cookie.domain to a parent of the distribution's host.",
    runbook: "login-works-calls-fail",
  },
  "cookie-domain-refused": {
    apart: "cookie-domain-foreign: the Domain is allowed, but belongs to another site.",
    fix: "Use an alternate domain name of your own; cloudfront.net is a public suffix.",
    runbook: "login-works-calls-fail",
  },
  "cookies-miss-route": {
    apart: "cookie-host-foreign covers none of the routes.",
    fix: "Widen cookie.path or cookie.resource, or add a cookie profile.",
    runbook: "login-works-calls-fail",
  },
  "tenants-share-key": {
    apart: "key-in-several-gates: the key is shared by gates, not tenants.",
    fix: "Give each tenant a key group of its own, or put the tenant's host into the Resource.",
  },
  "ttl-over-max": {
    apart: "policy-outlives-gate is found in a minted policy.",
    fix: "Lower cookie.ttl or raise cookie.maxTtl.",
  },
  "sha1-signatures": {
    apart: "This is not a fault at the edge.",
    fix: "Sign with SHA256 and Hash-Algorithm=SHA256.",
  },
  "distribution-missing": {
    apart: "account-differs: the whole account is different.",
    fix: "Correct the id, or add --profile for its account.",
  },
  "key-group-missing": {
    apart: "key-group-not-attached: the group exists, but protects nothing.",
    fix: "Correct the id; `keyturn keys list` shows the existing ones.",
  },
  "account-differs": {
    apart: "distribution-missing: one id is wrong.",
    fix: "Add --profile for the gate's account.",
  },
  "key-group-not-attached": {
    apart: "key-group-missing: the group does not exist.",
    fix: "Trust the group in the gate's behaviors, or remove it from keyturn.yaml.",
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
    apart: "unreachable: nothing answers; a disabled distribution answers with CloudFront's own error.",
    fix: "Enable it, or remove it from the gate.",
    runbook: "everyone-gets-403",
  },
  "canary-host-foreign": {
    apart: "canary-unprotected: the canary reaches the distribution, but on an open path.",
    fix: "In `canaries`, use a host that the distribution serves.",
  },
  "canary-unprotected": {
    apart: "A rotation halts with canary-not-protected for the same reason.",
    fix: "Point the canary to a path behind the gate.",
    runbook: "gate-is-open",
  },
  "cookies-forwarded": {
    apart: "cookies-in-cache-key also splits the cache.",
    fix: "Remove CloudFront-* cookies from the origin request policy.",
  },
  "cookies-in-cache-key": {
    apart: "cookies-forwarded: sent to the origin, but not part of the cache key.",
    fix: "Remove CloudFront-* cookies from the cache policy.",
  },
  "signing-query-forwarded": {
    apart: "cookies-forwarded is the same for cookies.",
    fix: "Do not forward the query strings Expires, Policy, Signature and Key-Pair-Id.",
  },
  "key-kind-unusable": {
    apart: "key-mismatch: a usable key, but the wrong one.",
    fix: "`keyturn rotate start --gate NAME` creates a usable one.",
    runbook: "first-set-up",
  },
  "key-pair-id-unknown": {
    apart: "key-not-trusted: the account has the key, but the group lacks it.",
    fix: "`keyturn keys match FILE` finds the id of the private key; `keyturn secret set-key-id --gate NAME` writes it.",
    runbook: "everyone-gets-403",
  },
  "key-pair-id-missing": {
    means:
      "No key pair ID is configured for the signing key. In a request: no key pair ID reaches the edge, which answers MissingKey.",
    apart: "key-pair-id-unknown: the ID does not exist; key-pair-id-malformed: what is sent is not an ID.",
    fix: "`keyturn secret set-key-id` writes the ID into the secret; for a request, check the cookies' Path, Domain, Secure and SameSite.",
    runbook: "login-works-calls-fail",
  },
  "key-mismatch": {
    apart: "key-not-trusted gets InvalidKey; this gets AccessDenied.",
    fix: "`keyturn keys match FILE`; then `keyturn secret set-key-id`, or put the matching private key back.",
    runbook: "everyone-gets-403",
  },
  "key-not-trusted": {
    apart:
      "key-group-not-arrived: the group is right, but the edge is behind. The edge answers with valid-denied-invalid-key.",
    fix: "`keyturn keys trust ID --gate NAME`; with an open rotation: `keyturn rotate resume`.",
    runbook: "everyone-gets-403",
  },
  "key-left-in-group": {
    apart: "foreign-key-group-trusted: a whole extra group is trusted.",
    fix: "`keyturn keys untrust ID --gate NAME`, once its last cookie has expired.",
    runbook: "clean-up-orphan-keys",
  },
  "key-in-several-gates": {
    apart: "secret-in-several-gates: the gates share the secret too.",
    fix: "Rotate one gate to a key of its own.",
    runbook: "leaked-key",
  },
  "key-too-old": {
    apart: "This is not a fault yet.",
    fix: "keyturn rotate plan --gate NAME",
    runbook: "scheduled-rotation",
  },
  "route-unprotected": {
    apart: "route-shadowed: part of the route; route-partly-covered: the pattern is too narrow.",
    fix: "Trust the key group in the behavior that matches first, or add one for the route ahead of it; then invalidate the cache.",
    runbook: "gate-is-open",
  },
  "route-shadowed": {
    apart: "route-unprotected: all of the route.",
    fix: "Move the open behavior after the protected one, or trust the key group there too; then invalidate the cache.",
    runbook: "gate-is-open",
  },
  "route-partly-covered": {
    apart: "route-shadowed: another behavior comes first.",
    fix: "Widen the protected behavior's pattern (patterns are case-sensitive); then invalidate the cache.",
    runbook: "gate-is-open",
  },
  "route-of-other-key-group": {
    apart: "route-unprotected: the behavior trusts no key group.",
    fix: "Trust the gate's key group in that behavior.",
    runbook: "everyone-gets-403",
  },
  "foreign-key-group-trusted": {
    apart: "key-left-in-group: an extra key in the right group.",
    fix: "Remove the group from the behavior, or declare it.",
    runbook: "gate-is-open",
  },
  "trusted-signers": {
    apart: "Key groups replace them; no API can rotate account key pairs.",
    fix: "Trust a key group instead, then remove the trusted signers.",
    runbook: "adopt-an-existing-gate",
  },
  "error-page-masks-denial": {
    apart: "A probe reports this as denial-masked.",
    fix: "Remove the custom error response for 403, or move signed paths elsewhere.",
    runbook: "edge-403-or-origin-403",
  },
  "method-not-allowed": {
    apart: "The 403 is CloudFront's HTML and names the method; the signature check answers with XML.",
    fix: "Allow the method in the behavior, or remove it from the route.",
    runbook: "edge-403-or-origin-403",
  },
  "secret-missing": {
    apart: "secret-being-deleted: the secret can still be restored.",
    fix: "Correct secret.id, --region or --profile.",
  },
  "secret-being-deleted": {
    apart: "secret-missing: the secret is gone, or never existed.",
    fix: "Run the `keyturn secret restore` command that keyturn printed.",
    runbook: "everyone-gets-403",
  },
  "secret-unreadable": {
    apart: "private-key-mangled: the key can still be read, with repairs.",
    fix: "Correct secret.format and secret.fields, or write the value again.",
    runbook: "everyone-gets-403",
  },
  "private-key-mangled": {
    apart: "secret-unreadable cannot be read at all.",
    fix: "Nothing if your signers can sign: a rotation keeps this form. Otherwise `keyturn secret rewrite --form pkcs8` restores the key's line breaks.",
  },
  "secret-form": {
    apart: "secret-unreadable: signers cannot read it.",
    fix: "`keyturn secret rewrite --gate NAME` writes the same key in a form that a rotation can keep; `--dry-run` shows what would change.",
    runbook: "adopt-an-existing-gate",
  },
  "secret-field-stale": {
    apart: "secret-form blocks a rotation; this does not.",
    fix: "If no program reads the field, `keyturn rotate start --leaves-stale FIELD` lets it keep the old public half. Otherwise let programs derive it from the private key, and remove it from the secret.",
  },
};
