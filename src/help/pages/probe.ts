/** What a probe finds: data of `keyturn explain`. */
import type { ExplainPages } from "./page.ts";

export const PROBE_PAGES: ExplainPages = {
  "blocked-by-waf": {
    apart:
      "A WAF answers with CloudFront's generic HTML 403 or its own page, never with the signature check's XML. A geo restriction names the country.",
    fix: "Undo the latest change to the web ACL first. A rule or the default action blocks: `keyturn doctor URL` prints the command that lists both.",
    runbook: "everyone-gets-403",
  },
  "blocked-by-geo": {
    apart: "The page says that the distribution blocks the country. A WAF's page does not.",
    fix: "Test from a country that the distribution allows, or change its geo restriction.",
    runbook: "everyone-gets-403",
  },
  "refused-by-cloudfront": {
    apart:
      "CloudFront's HTML error page, before any cache behavior is chosen. The signature check answers XML.",
    fix: "Add the host as an alternate domain name of the distribution; check DNS and the certificate.",
    runbook: "everyone-gets-403",
  },
  "not-through-cloudfront": {
    apart: "The response has no CloudFront header at all. A custom error page still has them.",
    fix: "Point the host's DNS record to the distribution.",
    runbook: "edge-403-or-origin-403",
  },
  "clock-behind": {
    apart: "Expired cookies pass while fresh ones do not. With a wrong key, all are denied.",
    fix: "Correct this machine's clock: timedatectl.",
    runbook: "one-user-gets-403",
  },
  "unsigned-allowed": {
    apart:
      "The request without any cookie got content. If only some invalid cookies pass, the id names that case (expired-allowed). If a custom error page hides the denial, the id is denial-masked.",
    fix: "Trust the key group in the behavior that matches first, or move that behavior ahead of the open one; then invalidate the cache.",
    runbook: "gate-is-open",
  },
  "denied-but-origin-called": {
    apart:
      "The viewer got the denial, but the request is in the origin's log. With unsigned-allowed the viewer gets content.",
    fix: "Find out what forwards it: an edge function, an origin failover group, another distribution.",
    runbook: "gate-is-open",
  },
  "application-does-not-refuse": {
    apart: "The route declares `application` only, so the edge is not involved.",
    fix: "Make the application authorize the route.",
    runbook: "gate-is-open",
  },
  "denial-masked": {
    apart:
      "Everyone without valid cookies gets the same page, with status 200 or 404. With valid-masked, requests with valid cookies get it too.",
    fix: "Remove 403 from the distribution's custom error responses, or move signed paths to a distribution without them.",
    runbook: "edge-403-or-origin-403",
  },
  "valid-denied-invalid-key": {
    apart:
      "Wire code InvalidKey: this behavior does not trust the key pair ID. AccessDenied means that it trusts the key, but the signature or policy is wrong.",
    fix: "Trust the key in every key group of the gate; a change takes minutes to reach every edge location. With an open rotation: `keyturn rotate resume`.",
    runbook: "everyone-gets-403",
  },
  "valid-denied-access-denied": {
    apart:
      "Wire code AccessDenied: the key pair ID is trusted, but the signature, a time, the address or the Resource does not match. InvalidKey means that the ID itself is not trusted.",
    fix: "Compare the private key with its key pair ID: `keyturn keys match FILE`; compare clocks.",
    runbook: "everyone-gets-403",
  },
  "valid-denied-missing-key": {
    apart: "Wire code MissingKey although cookies were sent: they were lost in transit.",
    fix: "Find the proxy in front of CloudFront that removes cookies, or send fewer and shorter ones.",
    runbook: "login-works-calls-fail",
  },
  "valid-denied-malformed-policy": {
    apart:
      "Wire code MalformedPolicy: the policy is not JSON in CloudFront's base64, or contains milliseconds.",
    fix: "`keyturn inspect` explains the policy that was sent.",
    runbook: "login-works-calls-fail",
  },
  "valid-denied-malformed-signature": {
    apart: "Wire code MalformedSignature: the signature is not in CloudFront's base64.",
    fix: "Replace +, = and / with -, _ and ~ after base64 encoding.",
    runbook: "login-works-calls-fail",
  },
  "valid-denied": {
    apart: "The edge denied valid cookies with an unknown code.",
    fix: "keyturn doctor URL",
    runbook: "everyone-gets-403",
  },
  "answered-by-function": {
    apart:
      "A CloudFront Function or Lambda@Edge generated the response, as X-Cache shows. A WAF and the signature check look different.",
    fix: "Read the function's log; check which behaviors it is associated with.",
    runbook: "edge-403-or-origin-403",
  },
  "redirected-by-edge": {
    apart:
      "A 301 from http to https by the viewer protocol policy. An application's redirect goes to its login page.",
    fix: "Use the https URL.",
    runbook: "edge-403-or-origin-403",
  },
  "valid-refused-by-s3": {
    apart: "This is S3's own XML, with RequestId and HostId. The signature check's XML has neither.",
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
      "The origin claims that the request did not come through the edge. origin-open is the opposite fault.",
    fix: "Set the distribution's custom origin header to the value that the origin expects.",
    runbook: "edge-403-or-origin-403",
  },
  "refusal-from-cache": {
    apart: "X-Cache: Error from cloudfront, with an Age: an earlier refusal is served from the cache.",
    fix: "Send Cache-Control: no-store with 401 and 403; set the error caching minimum TTL of 403 to 0; invalidate the path.",
    runbook: "edge-403-or-origin-403",
  },
  "valid-refused-by-application": {
    apart:
      "The edge let the request pass; the application answered 401 or 403. Signed cookies are not a login.",
    fix: "Log in again, or add `application` to the route's layers.",
    runbook: "edge-403-or-origin-403",
  },
  "valid-masked": {
    apart: "Valid cookies get a custom error page. denial-masked hides the denial of invalid ones.",
    fix: "Look up the error behind the page in the access logs; remove the custom error response while you investigate.",
    runbook: "edge-403-or-origin-403",
  },
  "origin-unreachable": {
    apart:
      "A 502 or 504 from CloudFront, which got no usable response. origin-fails is the origin's own error.",
    fix: "Check that the origin runs, its DNS name, its certificate and its timeouts.",
    runbook: "edge-403-or-origin-403",
  },
  "origin-fails": {
    apart: "A 5xx from the origin itself. origin-unreachable comes from CloudFront.",
    fix: "Read the origin's log.",
    runbook: "edge-403-or-origin-403",
  },
  "public-route-denied": {
    apart: "The signature check answers on a route that is declared public.",
    fix: "Give the public path its own behavior ahead of the protected one.",
    runbook: "login-works-calls-fail",
  },
  "public-route-refused": {
    apart: "Something behind the edge refuses a request on a public route.",
    fix: "Make the origin answer, or declare the route's layers in keyturn.yaml.",
    runbook: "edge-403-or-origin-403",
  },
  "public-route-masked": {
    apart: "The response is a custom error page on a public route.",
    fix: "Look up the error behind the page in the access logs.",
    runbook: "edge-403-or-origin-403",
  },
  "edge-denies-application-route": {
    apart: "The edge requires cookies where only the application should refuse.",
    fix: "Add `edge` to the route's layers, or remove the key group from the behavior.",
    runbook: "login-works-calls-fail",
  },
  "denial-unrecognised": {
    apart: "The refusal matches no known source. A custom WAF response or error page can look like this.",
    fix: "Look the request up in the access logs and the WAF logs.",
    runbook: "edge-403-or-origin-403",
  },
  "valid-answer-unrecognised": {
    apart: "Valid cookies were refused, and the refusal matches no known source.",
    fix: "Look the request up in the access logs and the WAF logs.",
    runbook: "edge-403-or-origin-403",
  },
  "denied-with-another-code": {
    apart: "The request was denied, as it should be, but not for the reason under test.",
    fix: "`keyturn doctor URL` shows the order in which the edge checks.",
    runbook: "prove-denial-for-an-audit",
  },
  "origin-log-blind": {
    apart:
      "The log is missing requests that certainly arrived. With origin-log-unreadable it could not be read at all.",
    fix: "Forward the header x-keyturn-mark to the origin and count it there.",
    runbook: "prove-denial-for-an-audit",
  },
  "origin-log-unreadable": {
    apart: "The log's URL did not answer, or not in the expected format.",
    fix: "Check origin.counterUrl in keyturn.yaml.",
    runbook: "prove-denial-for-an-audit",
  },
  unreachable: {
    apart:
      "There was no HTTP response: DNS, connection, TLS or timeout. Every other id means that there was one.",
    fix: "Check host, port, --resolve and --ca with curl -v.",
    runbook: "edge-403-or-origin-403",
  },
  "no-guarded-route": {
    apart: "Only public routes were probed.",
    fix: "Name a protected route in --routes, or give one `layers: [edge]`.",
    runbook: "prove-denial-for-an-audit",
  },
  "no-positive-control": {
    apart: "No request with valid cookies was allowed, so a gate that denies everyone would look the same.",
    fix: "Add --gate NAME, or --private-key FILE --key-pair-id ID.",
    runbook: "prove-denial-for-an-audit",
  },
  "no-negative-control": {
    apart: "No unsigned request got a response, so an open gate would look the same.",
    fix: "Check that the URL can be reached from here.",
    runbook: "prove-denial-for-an-audit",
  },
  "origin-open": {
    means:
      "The origin answers requests that did not come through CloudFront, so the gate can be bypassed. probe, doctor and triage test this if keyturn.yaml contains origin.url; audit infers it from settings.",
    apart: "origin-runs-application: the application answered, but refused. The gate itself may be fine.",
    fix: "Accept only requests with the verification header, from the prefix list, or signed by OAC.",
    runbook: "gate-is-open",
  },
  "origin-runs-application": {
    means: "A request to the origin's own address reaches the application, which then refuses it.",
    apart: "origin-open: the origin serves content.",
    fix: "Refuse before the application runs: check the verification header first.",
    runbook: "gate-is-open",
  },
  "origin-not-heard": {
    means: "The origin's own address did not answer, perhaps because a firewall blocks it, as intended.",
    apart: "origin-open and origin-runs-application mean that it did answer.",
    fix: "Nothing, if only CloudFront may reach it.",
  },
  "origin-url-is-an-edge": {
    means: "origin.url points to CloudFront, so probing it proves nothing about the origin.",
    apart: "not-through-cloudfront is the opposite: the viewer's host is not behind the edge.",
    fix: "Write the origin's own address into origin.url.",
  },
  "distribution-not-asked": {
    means: "A distribution of the gate has no known host, so it was not probed.",
    apart: "unreachable: it was probed and did not answer.",
    fix: "Add a canary for it in keyturn.yaml.",
  },
  "answer-changed": {
    means: "During `probe --watch` an answer changed.",
    apart: "A single probe cannot detect this.",
    fix: "Compare the time with deployments, DNS changes and rotation stages.",
    runbook: "everyone-gets-403",
  },
  "http-allowed": {
    apart:
      "The behavior's viewer protocol policy is allow-all. unsigned-allowed does not depend on plain HTTP.",
    fix: "Set the viewer protocol policy to redirect-to-https or https-only; close port 80 elsewhere.",
    runbook: "gate-is-open",
  },
  "CASE-allowed": {
    means:
      "A request with invalid cookies, which must be denied, got past the edge. The id names the case: expired-allowed, wrong-ip-allowed, retired-key-allowed.",
    apart: "With unsigned-allowed the gate is open to everyone; here only to those with such cookies.",
    fix: "keyturn doctor URL",
    runbook: "gate-is-open",
  },
};
