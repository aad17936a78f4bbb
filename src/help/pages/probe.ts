/** What a probe finds: data of `keyturn explain`. */
import type { Pages } from "./page.ts";

export const PROBE_PAGES: Pages = {
  "blocked-by-waf": {
    apart:
      "A WAF answers with CloudFront's generic HTML 403 or its own page, never with the signature check's XML. A geo restriction names the country.",
    fix: "Find the request in the web ACL's sampled requests by time and address; let it through, or undo the last change of the web ACL.",
    runbook: "everyone-gets-403",
  },
  "blocked-by-geo": {
    apart: "The page says that the distribution blocks the country. A WAF's page does not.",
    fix: "Ask from a country that the distribution allows, or change its geo restriction.",
    runbook: "everyone-gets-403",
  },
  "refused-by-cloudfront": {
    apart:
      "CloudFront's HTML error page, before any cache behavior is chosen. The signature check answers XML.",
    fix: "Make the host an alternate domain name of the distribution; check DNS and the certificate.",
    runbook: "everyone-gets-403",
  },
  "not-through-cloudfront": {
    apart: "No header of CloudFront at all. A custom error page still has them.",
    fix: "Point the host's DNS record to the distribution.",
    runbook: "edge-403-or-origin-403",
  },
  "clock-behind": {
    apart: "Expired cookies pass and fresh ones do not, both at once. With a wrong key all are denied.",
    fix: "Set this machine's clock: timedatectl.",
    runbook: "one-user-gets-403",
  },
  "unsigned-allowed": {
    apart:
      "The request without any cookie got content. If only some bad cookies pass, the id names that case (expired-allowed); if a custom error page hides the denial, it is denial-masked.",
    fix: "Trust the key group in the behavior that matches first, or move that behavior ahead of the open one; then invalidate what was cached.",
    runbook: "gate-is-open",
  },
  "denied-but-origin-called": {
    apart:
      "The viewer got the denial, yet the origin's log has the request. unsigned-allowed gives the viewer content.",
    fix: "Find what forwards it: an edge function, an origin failover group, another distribution.",
    runbook: "gate-is-open",
  },
  "application-does-not-refuse": {
    apart: "The route declares `application` only, so the edge is not involved.",
    fix: "Make the application authorize the route.",
    runbook: "gate-is-open",
  },
  "denial-masked": {
    apart:
      "Everybody gets the same page with status 200 or 404, and valid cookies get something else. valid-masked is seen by valid cookies.",
    fix: "Remove 403 from the distribution's custom error responses, or move signed paths to a distribution without them.",
    runbook: "edge-403-or-origin-403",
  },
  "valid-denied-invalid-key": {
    apart:
      "Wire code InvalidKey: the edge has never heard of the key pair ID for this behavior. AccessDenied means that it knows the key and the signature or policy is wrong.",
    fix: "Trust the key in every key group of the gate; a change takes minutes to reach every edge location. With an open rotation: keyturn rotate resume.",
    runbook: "everyone-gets-403",
  },
  "valid-denied-access-denied": {
    apart:
      "Wire code AccessDenied: the key pair ID is trusted, but the signature, a time, the address or the Resource does not fit. InvalidKey means that the id itself is unknown.",
    fix: "Compare the private key with its key pair ID: keyturn keys match FILE; compare clocks.",
    runbook: "everyone-gets-403",
  },
  "valid-denied-missing-key": {
    apart: "Wire code MissingKey though cookies were sent: they were lost on the way.",
    fix: "Find the proxy in front of CloudFront that removes cookies, or send fewer and shorter ones.",
    runbook: "login-works-calls-fail",
  },
  "valid-denied-malformed-policy": {
    apart: "Wire code MalformedPolicy: the policy is not JSON in CloudFront's base64, or holds milliseconds.",
    fix: "keyturn inspect explains the policy that was sent.",
    runbook: "login-works-calls-fail",
  },
  "valid-denied-malformed-signature": {
    apart: "Wire code MalformedSignature: the signature is not in CloudFront's base64.",
    fix: "Replace +, = and / with -, _ and ~ after base64 encoding.",
    runbook: "login-works-calls-fail",
  },
  "valid-denied": {
    apart: "The edge denied valid cookies with a code that is on no list.",
    fix: "keyturn doctor URL",
    runbook: "everyone-gets-403",
  },
  "answered-by-function": {
    apart:
      "A CloudFront Function or Lambda@Edge made the answer: X-Cache says so. A WAF or the signature check leaves other signs.",
    fix: "Read the function's log; check which behaviors it is associated with.",
    runbook: "edge-403-or-origin-403",
  },
  "redirected-by-edge": {
    apart:
      "A 301 from http to https by the viewer protocol policy. An application's redirect leads to its login page.",
    fix: "Ask the https URL.",
    runbook: "edge-403-or-origin-403",
  },
  "valid-refused-by-s3": {
    apart: "S3's own XML, with RequestId and HostId. The signature check's XML has neither.",
    fix: "Check the origin access control and the bucket policy; without s3:ListBucket a missing object is a 403 too.",
    runbook: "edge-403-or-origin-403",
  },
  "valid-refused-by-api-gateway": {
    apart: "JSON with x-amzn-ErrorType or apigw-requestid.",
    fix: "Forward all viewer headers except Host (AllViewerExceptHostHeader); check the API's authorizer and resource policy.",
    runbook: "edge-403-or-origin-403",
  },
  "valid-refused-by-lambda-url": {
    apart: "JSON with x-amzn-ErrorType from a function URL.",
    fix: "Grant CloudFront lambda:InvokeFunctionUrl and lambda:InvokeFunction.",
    runbook: "edge-403-or-origin-403",
  },
  "valid-refused-by-load-balancer": {
    apart: "The load balancer's short HTML page, Server: awselb.",
    fix: "Compare the listener's rules with the verification header that CloudFront sends.",
    runbook: "edge-403-or-origin-403",
  },
  "edge-not-verified-by-origin": {
    apart:
      "The origin says that the request did not come through the edge. origin-open is the opposite fault.",
    fix: "Set the distribution's custom origin header to the value that the origin expects.",
    runbook: "edge-403-or-origin-403",
  },
  "refusal-from-cache": {
    apart: "X-Cache: Error from cloudfront, with an Age: an earlier refusal is served again.",
    fix: "Send Cache-Control: no-store with 401 and 403; set the error caching minimum TTL of 403 to 0; invalidate the path.",
    runbook: "edge-403-or-origin-403",
  },
  "valid-refused-by-application": {
    apart:
      "The edge let the request pass; the application answered 401 or 403. Signed cookies are not a login.",
    fix: "Log in again, or declare `application` among the route's layers.",
    runbook: "edge-403-or-origin-403",
  },
  "valid-masked": {
    apart: "Valid cookies get a custom error page. denial-masked hides the denial of bad ones.",
    fix: "Look up the error behind the page in the access logs; remove the custom error response while you search.",
    runbook: "edge-403-or-origin-403",
  },
  "origin-unreachable": {
    apart:
      "502 or 504 in CloudFront's words: it got no usable answer. origin-fails is the origin's own error.",
    fix: "Check that the origin runs, its DNS name, its certificate and its timeouts.",
    runbook: "edge-403-or-origin-403",
  },
  "origin-fails": {
    apart: "A 5xx in the origin's own words. origin-unreachable is CloudFront's.",
    fix: "Read the origin's log.",
    runbook: "edge-403-or-origin-403",
  },
  "public-route-denied": {
    apart: "The signature check answers on a route that is declared public.",
    fix: "Give the public path a behavior of its own ahead of the protected one.",
    runbook: "login-works-calls-fail",
  },
  "public-route-refused": {
    apart: "Something behind the edge refuses on a public route.",
    fix: "Make the origin answer, or declare the route's layers in keyturn.yaml.",
    runbook: "edge-403-or-origin-403",
  },
  "public-route-masked": {
    apart: "A custom error page on a public route.",
    fix: "Look up the error behind the page in the access logs.",
    runbook: "edge-403-or-origin-403",
  },
  "edge-denies-application-route": {
    apart: "The edge asks for cookies where only the application should refuse.",
    fix: "Add `edge` to the route's layers, or take the key group off the behavior.",
    runbook: "login-works-calls-fail",
  },
  "denial-unrecognised": {
    apart: "Refused, in words of nobody known. A custom WAF response or error page looks like this.",
    fix: "Look the request up in the access logs and the WAF logs.",
    runbook: "edge-403-or-origin-403",
  },
  "valid-answer-unrecognised": {
    apart: "Valid cookies were refused, in words of nobody known.",
    fix: "Look the request up in the access logs and the WAF logs.",
    runbook: "edge-403-or-origin-403",
  },
  "denied-with-another-code": {
    apart: "Denied, as it must be, but for another reason than the one tested.",
    fix: "keyturn doctor URL shows the order in which the edge checks.",
    runbook: "prove-denial-for-an-audit",
  },
  "origin-log-blind": {
    apart: "The log misses requests that surely arrived. origin-log-unreadable could not be read at all.",
    fix: "Forward the header x-keyturn-mark to the origin and count it there.",
    runbook: "prove-denial-for-an-audit",
  },
  "origin-log-unreadable": {
    apart: "The log's URL did not answer, or not in the expected form.",
    fix: "Check origin.counterUrl in keyturn.yaml.",
    runbook: "prove-denial-for-an-audit",
  },
  unreachable: {
    apart: "No HTTP answer: DNS, connection, TLS or time. Every other id had an answer.",
    fix: "Check host, port, --resolve and --ca with curl -v.",
    runbook: "edge-403-or-origin-403",
  },
  "no-guarded-route": {
    apart: "Only public routes were asked.",
    fix: "Name a protected route in --routes, or give one `layers: [edge]`.",
    runbook: "prove-denial-for-an-audit",
  },
  "no-positive-control": {
    apart: "No request with valid cookies was answered, so a gate that denies everybody would look the same.",
    fix: "Add --gate NAME, or --private-key FILE --key-pair-id ID.",
    runbook: "prove-denial-for-an-audit",
  },
  "no-negative-control": {
    apart: "No unsigned request was answered, so an open gate would look the same.",
    fix: "Check that the URL can be reached from here.",
    runbook: "prove-denial-for-an-audit",
  },
  "origin-open": {
    means: "The origin answers requests that did not come through CloudFront, so the gate can be bypassed.",
    apart: "origin-runs-application: the application answered, yet refused. The gate itself may be fine.",
    fix: "Accept the verification header, a prefix list or OAC only.",
    runbook: "gate-is-open",
  },
  "origin-runs-application": {
    means: "The origin's own address runs the application, which then refuses the request.",
    apart: "origin-open serves content.",
    fix: "Refuse before the application runs: check the verification header first.",
    runbook: "gate-is-open",
  },
  "origin-not-heard": {
    means: "The origin's own address did not answer, which may be a firewall that does its work.",
    apart: "origin-open and origin-runs-application had an answer.",
    fix: "Nothing, if only CloudFront may reach it.",
  },
  "origin-url-is-an-edge": {
    means: "origin.url leads to CloudFront, so asking it proves nothing about the origin.",
    apart: "not-through-cloudfront is the opposite: the viewer's host has no edge.",
    fix: "Write the origin's own address into origin.url.",
  },
  "distribution-not-asked": {
    means: "A distribution of the gate has no known host, so it was not asked.",
    apart: "unreachable was asked and did not answer.",
    fix: "Add a canary for it in keyturn.yaml.",
  },
  "answer-changed": {
    means: "During `probe --watch` an answer changed.",
    apart: "A single probe cannot see this.",
    fix: "Compare the time with deployments, DNS changes and rotation stages.",
    runbook: "everyone-gets-403",
  },
  "http-allowed": {
    apart: "The behavior's viewer protocol policy is allow-all. unsigned-allowed needs no plain HTTP.",
    fix: "Set the viewer protocol policy to redirect-to-https or https-only; close port 80 elsewhere.",
    runbook: "gate-is-open",
  },
  "CASE-allowed": {
    means:
      "A request with bad cookies, which must be denied, got past the edge. The id names the case: expired-allowed, wrong-ip-allowed, retired-key-allowed.",
    apart: "With unsigned-allowed the gate is open to everybody; here only to whoever has such cookies.",
    fix: "keyturn doctor URL",
    runbook: "gate-is-open",
  },
};
