/** The causes of a denial that inspect reports, continued: data of `keyturn explain`. */
import type { ExplainPages } from "./page.ts";

export const CAUSE_MORE_PAGES: ExplainPages = {
  "other-policy": {
    means: "The policy covers something other than this request.",
    apart: "resource-mismatch is the resulting denial.",
    fix: "Use the cookies for this path.",
  },
  "duplicated-name": {
    means: "A browser holds two cookies with one name but different Paths or Domains.",
    apart: "cookie-duplicated is the resulting denial.",
    fix: "Clear one of them: `keyturn mint --logout`.",
    runbook: "one-user-gets-403",
  },
  "large-cookies": {
    means: "The cookies are so large that the request approaches CloudFront's limit.",
    apart: "headers-near-limit is the same mistake, found before minting.",
    fix: "Shorten the policy; set fewer other cookies.",
  },
  "no-signature-asked": {
    means: "The behavior requires no signature, so the verdict does not matter.",
    apart: "The doctor reports this as behavior-open.",
    fix: "Nothing, if the path is meant to be public.",
    runbook: "gate-is-open",
  },
  "query-overrides-cookies": {
    means: "One of CloudFront's parameter names in the query string makes the edge ignore the cookies.",
    apart: "other-query: only the Resource differs.",
    fix: "Rename the parameter.",
    runbook: "login-works-calls-fail",
  },
  "url-contradiction": {
    means: "The input contains a different URL from the one on the command line.",
    apart: "input: any other note on the input.",
    fix: "Use the URL that was captured.",
  },
  input: {
    means: "A note on the pasted input.",
    apart: "This alone does not cause a denial.",
    fix: "Copy the request as cURL if it looks wrong.",
  },
  "set-cookie-joined": {
    means: "One Set-Cookie line contains several cookies.",
    apart: "set-in-another-cookie: all inside one cookie's value.",
    fix: "Send one Set-Cookie header per cookie.",
    runbook: "login-works-calls-fail",
  },
  "set-in-another-cookie": {
    means: "The three values are inside another cookie.",
    apart: "set-cookie-joined: all in one line.",
    fix: "Set three cookies.",
    runbook: "login-works-calls-fail",
  },
  "set-as-headers": {
    means: "The values are sent as separate headers.",
    apart: "set-in-authorization: in Authorization.",
    fix: "Send one Cookie header.",
    runbook: "login-works-calls-fail",
  },
  "set-in-authorization": {
    means: "The values are in the Authorization header.",
    apart: "set-as-headers: in other headers.",
    fix: "Send them as cookies or in the query.",
    runbook: "login-works-calls-fail",
  },
  "set-in-fragment": {
    means: "The parameters come after #, which clients do not send.",
    apart: "set-in-path: they come before the question mark.",
    fix: "Put the query before the fragment.",
    runbook: "login-works-calls-fail",
  },
  "set-in-path": {
    means: "The parameters are in the path.",
    apart: "second-question-mark: they come after a second ?.",
    fix: "Start the query with a single ?.",
    runbook: "login-works-calls-fail",
  },
  "second-question-mark": {
    means: "The parameters come after a second ?.",
    apart: "set-in-path: no ? at all.",
    fix: "Join them with &.",
    runbook: "login-works-calls-fail",
  },
  "html-escaped-url": {
    means: "The URL was pasted with &amp; instead of &.",
    apart: "name-spelling: a misspelled name.",
    fix: "Unescape it.",
    runbook: "login-works-calls-fail",
  },
  "name-spelling": {
    means: "A name is misspelled; CloudFront's names must match exactly.",
    apart: "no-cloudfront-cookies: no name even resembles them.",
    fix: "Write CloudFront-Policy, CloudFront-Signature, CloudFront-Key-Pair-Id; in a URL, leave out the prefix CloudFront-.",
    runbook: "login-works-calls-fail",
  },
  "no-cookies-recorded": {
    means: "The capture was recorded without cookies, so there is nothing to check.",
    apart: "no-cloudfront-cookies: cookies were recorded, but none of CloudFront's.",
    fix: "Record again with cookies (HAR with sensitive data), or copy the request as cURL.",
  },
  "cookies-joined": {
    means: "The Cookie header is malformed, so the edge reads one cookie instead of three.",
    apart: "set-cookie-joined: the same in a Set-Cookie header.",
    fix: "Send one Cookie header with ; between the cookies.",
    runbook: "login-works-calls-fail",
  },
  "signed-url-in-parameter": {
    means: "A parameter of the URL holds a signed URL; the URL itself is not signed.",
    apart: "set-in-fragment: the signature is after the #.",
    fix: "Inspect the URL in that parameter on its own.",
  },
  "signed-url-not-inherited": {
    means: "The page or playlist was signed; the files that it loads are separate requests.",
    apart: "no-cloudfront-cookies: nothing was signed.",
    fix: "Use signed cookies with a wildcard, or sign every URL.",
    runbook: "login-works-calls-fail",
  },
  "url-cut-off": {
    means: "The query has some of a signed URL's parameters but not all of them.",
    apart: "set-incomplete: the same among cookies.",
    fix: "Put the URL in single quotes; rename an application's parameter called Expires, Policy or Signature.",
  },
  "input-redacted": {
    means: "A value was replaced or shortened before the request was pasted.",
    apart: "signature-encoding: the value is whole, but encoded differently.",
    fix: "Capture the request again without redaction.",
  },
  "resource-names-origin": {
    means: "The policy's Resource names the origin instead of the host that viewers request.",
    apart: "alternate-domain-name: one of the distribution's two names.",
    fix: "Sign the URL that the viewer requests.",
  },
};
