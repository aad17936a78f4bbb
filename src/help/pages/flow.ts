/** What `probe --flow` finds: data of `keyturn explain`. */
import type { ExplainPages } from "./page.ts";

export const FLOW_PAGES: ExplainPages = {
  "mint-without-session": {
    apart: "The mint endpoint required no login. With mint-after-logout it accepts an old session.",
    fix: "Make it require the application's session, never edge cookies.",
    runbook: "mint-endpoint-abused",
  },
  "mint-endpoint-behind-gate": {
    apart: "The edge denies the mint endpoint, so nobody can get their first cookies.",
    fix: "Give its path a public behavior ahead of the protected ones.",
    runbook: "login-works-calls-fail",
  },
  "login-endpoint-behind-gate": {
    apart: "The edge denies the login endpoint itself.",
    fix: "Give its path a public behavior ahead of the protected ones.",
    runbook: "login-works-calls-fail",
  },
  "login-fails": {
    apart: "The application refused the login; the edge is not involved.",
    fix: "Check the credentials file and signer.loginEndpoint.",
    runbook: "login-works-calls-fail",
  },
  "login-without-token": {
    apart: "Login answered 2xx, but with neither token nor session cookie.",
    fix: "Check flow.tokenField in keyturn.yaml.",
    runbook: "login-works-calls-fail",
  },
  "login-works-mint-fails": {
    apart:
      "The mint endpoint answered 5xx. The usual cause, inferred: the signer cannot read or use its key.",
    fix: "Read the application's log; check that its credentials have not expired, its role's permission on the secret and on the KMS key, its network and host, then the secret's JSON and key pair ID.",
    runbook: "login-works-calls-fail",
  },
  "login-works-mint-refused": {
    apart: "The mint endpoint answered 401 or 403 to a fresh session.",
    fix: "Make it read the session that login creates. If its log shows that AWS refused it (AccessDenied, ExpiredToken), fix its role or credentials: `keyturn iam --role minter --gate NAME`.",
    runbook: "login-works-calls-fail",
  },
  "mint-rate-limited": {
    apart: "The first mint was answered with 429.",
    fix: "Raise the limit, or count by session instead of by address.",
    runbook: "remint-loops",
  },
  "cookies-not-sent": {
    apart:
      "Cookies were set, but the browser's rules prevent sending them. minted-but-denied: they were sent.",
    fix: "Correct Domain and Path in the mint endpoint.",
    runbook: "login-works-calls-fail",
  },
  "minted-but-denied": {
    apart: "The cookies were sent, but the edge denied them.",
    fix: "Correct what the finding before it names: the cookies' times, Resource or key. If there is none, `keyturn probe --gate NAME` shows whether the edge accepts the gate's own key.",
    runbook: "everyone-gets-403",
  },
  "session-not-recognised": {
    apart: "The edge accepts the request; the application sees no session.",
    fix: "Forward Cookie and Authorization to the origin; share the session between login and route.",
    runbook: "login-works-calls-fail",
  },
  "minted-but-no-access": {
    apart: "The edge accepts the request, but there is no usable response.",
    fix: "`keyturn probe --gate NAME` shows who refuses.",
    runbook: "edge-403-or-origin-403",
  },
  "authorization-missing": {
    apart: "A session read content that it should not see: the edge cannot tell users apart.",
    fix: "Make the application authorize every request.",
    runbook: "gate-is-open",
  },
  "expired-cookies-pass": {
    apart:
      "The cookies still worked after cookie.ttl. policy-ttl-differs is read from the policy, without waiting.",
    fix: "Sign the lifetime that the gate declares.",
    runbook: "leaked-key",
  },
  "remint-fails": {
    apart: "The first mint worked, a later one failed.",
    fix: "Read the application's log at that time; run `keyturn probe --flow --remint`.",
    runbook: "remint-loops",
  },
  "no-anti-abuse-limit": {
    apart: "Every one of many mints succeeded.",
    fix: "Limit mints per session: 429 with Retry-After.",
    runbook: "mint-endpoint-abused",
  },
  "logout-fails": {
    apart: "The logout endpoint answered with an error.",
    fix: "Read the application's log.",
    runbook: "logout-does-not-clear",
  },
  "logout-forgets-a-name": {
    apart:
      "A cookie is not cleared at all. logout-clears-another-place: cleared under another Domain or Path.",
    fix: "Clear every name: `keyturn mint --logout` prints the lines.",
    runbook: "logout-does-not-clear",
  },
  "logout-clears-another-place": {
    apart: "The names are right, but Domain or Path is not.",
    fix: "Clear them with the Domain and Path they were set with: `keyturn mint --logout`.",
    runbook: "logout-does-not-clear",
  },
  "mint-after-logout": {
    apart: "The old session still mints.",
    fix: "End the session on the server at logout.",
    runbook: "logout-does-not-clear",
  },
  "cookie-key-pair-id-differs": {
    means: "The mint endpoint's cookies have a different key pair ID than the secret.",
    apart: "key-mismatch is a mismatch inside the secret; here the running signer differs.",
    fix: "Restart or redeploy the signers; with an open rotation: `keyturn rotate status`.",
    runbook: "outside-key-id",
  },
  "cookie-name-missing": {
    means: "The mint endpoint sets fewer than the three cookies.",
    apart: "cookie-policy-and-expires: there is one too many.",
    fix: "Set Policy (or Expires), Signature and Key-Pair-Id.",
    runbook: "login-works-calls-fail",
  },
  "cookie-policy-and-expires": {
    means: "The mint endpoint sets both Policy and Expires; which one counts is undocumented.",
    apart: "cookie-name-missing: neither.",
    fix: "Set one of them, and clear the other.",
    runbook: "login-works-calls-fail",
  },
  "policy-outlives-gate": {
    means: "Minted policies live longer than the gate's maxTtl, so a rotation would cut viewers off.",
    apart: "policy-ttl-differs compares with the usual ttl.",
    fix: "Shorten the policy, or raise cookie.maxTtl.",
  },
  "policy-ttl-differs": {
    means: "Minted policies have a different lifetime than cookie.ttl.",
    apart: "policy-outlives-gate makes a rotation unsafe; this only contradicts the file.",
    fix: "Correct cookie.ttl or the signer.",
  },
  "policy-unreadable": {
    means: "The policy that the mint endpoint returns cannot be decoded.",
    apart: "The edge answers it with valid-denied-malformed-policy.",
    fix: "Run `keyturn inspect` on the cookies.",
    runbook: "login-works-calls-fail",
  },
  "cookie-same-site-differs": {
    means: "The mint endpoint sets a different SameSite than the gate declares.",
    apart: "cookie-same-site-absent: there is none at all.",
    fix: "Correct the mint endpoint, or the gate's cookie settings.",
    runbook: "login-works-calls-fail",
  },
  "cookie-domain-differs": {
    means: "The mint endpoint sets a different Domain than the gate declares.",
    apart: "cookie-domain-foreign: the declared one is wrong.",
    fix: "Correct the mint endpoint, or the gate's cookie settings.",
    runbook: "login-works-calls-fail",
  },
  "cookie-path-differs": {
    means: "The mint endpoint sets a different Path than the gate declares.",
    apart: "cookie-path-mismatch: it does not cover the URL.",
    fix: "Correct the mint endpoint, or the gate's cookie settings.",
    runbook: "login-works-calls-fail",
  },
  "cookie-partitioned-differs": {
    means: "The mint endpoint's Partitioned differs from what the gate declares.",
    apart: "cookie-partitioned-lost: the output format cannot express it.",
    fix: "Correct the mint endpoint, or the gate's cookie settings.",
    runbook: "login-works-calls-fail",
  },
};
