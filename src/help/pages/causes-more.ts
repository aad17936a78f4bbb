/** What inspect takes for the cause of a denial, continued: data of `keyturn explain`. */
import type { Pages } from "./page.ts";

export const CAUSE_MORE_PAGES: Pages = {
  "other-policy": {
    means: "The policy opens something else than this request.",
    apart: "resource-mismatch is the denial.",
    fix: "Use the cookies for this path.",
  },
  "duplicated-name": {
    means: "A browser holds two cookies of one name, with other Paths or Domains.",
    apart: "cookie-duplicated is the denial.",
    fix: "Clear one of them: keyturn mint --logout.",
    runbook: "one-user-gets-403",
  },
  "large-cookies": {
    means: "The cookies are so large that the request nears CloudFront's limit.",
    apart: "headers-near-limit is the same, found before minting.",
    fix: "Shorten the policy; set fewer other cookies.",
  },
  "no-signature-asked": {
    means: "The behavior asks for no signature, so the verdict does not matter.",
    apart: "behavior-open is the doctor's word for it.",
    fix: "Nothing, if the path is meant to be public.",
    runbook: "gate-is-open",
  },
  "query-overrides-cookies": {
    means: "One of CloudFront's parameter names in the query makes the edge ignore the cookies.",
    apart: "other-query: only the Resource differs.",
    fix: "Rename the parameter.",
    runbook: "login-works-calls-fail",
  },
  "url-contradiction": {
    means: "The input names another URL than the command line.",
    apart: "input: another remark on the input.",
    fix: "Ask for the URL that was captured.",
  },
  input: {
    means: "A remark about the pasted input.",
    apart: "It is no cause by itself.",
    fix: "Copy the request as cURL if it looks wrong.",
  },
  "set-cookie-joined": {
    means: "Several cookies stand in one Set-Cookie line.",
    apart: "set-in-another-cookie: inside one value.",
    fix: "Write one Set-Cookie header for each.",
    runbook: "login-works-calls-fail",
  },
  "set-in-another-cookie": {
    means: "The three values stand inside another cookie.",
    apart: "set-cookie-joined: in one line.",
    fix: "Set three cookies.",
    runbook: "login-works-calls-fail",
  },
  "set-as-headers": {
    means: "The values are sent as headers of their own.",
    apart: "set-in-authorization: in Authorization.",
    fix: "Send one Cookie header.",
    runbook: "login-works-calls-fail",
  },
  "set-in-authorization": {
    means: "The values stand in Authorization.",
    apart: "set-as-headers: in other headers.",
    fix: "Send them as cookies or in the query.",
    runbook: "login-works-calls-fail",
  },
  "set-in-fragment": {
    means: "The parameters stand behind #, which no client sends.",
    apart: "set-in-path: before the question mark.",
    fix: "Put the query before the fragment.",
    runbook: "login-works-calls-fail",
  },
  "set-in-path": {
    means: "The parameters stand in the path.",
    apart: "second-question-mark: behind a second ?.",
    fix: "Begin the query with ?, once.",
    runbook: "login-works-calls-fail",
  },
  "second-question-mark": {
    means: "A second ? stands before the parameters.",
    apart: "set-in-path: no ? at all.",
    fix: "Join them with &.",
    runbook: "login-works-calls-fail",
  },
  "html-escaped-url": {
    means: "The URL was pasted with &amp; instead of &.",
    apart: "name-spelling: another spelling.",
    fix: "Unescape it.",
    runbook: "login-works-calls-fail",
  },
  "name-spelling": {
    means: "A name is spelt in another way than CloudFront's, which are exact.",
    apart: "no-cloudfront-cookies: nothing close to them.",
    fix: "Write CloudFront-Policy, CloudFront-Signature, CloudFront-Key-Pair-Id; in a URL without CloudFront-.",
    runbook: "login-works-calls-fail",
  },
  "no-cookies-recorded": {
    means: "The capture was recorded without cookies, so nothing can be judged.",
    apart: "no-cloudfront-cookies: cookies were recorded, but none of CloudFront.",
    fix: "Record again with cookies (HAR with sensitive data), or copy the request as cURL.",
  },
};
