/** Every fault that a probe can find: what it means and how to fix it, in the order of reports. */

export interface ProbeFault {
  readonly message: string;
  readonly remedy: string;
  readonly severity?: "warning";
}

/** Shared by all faults named after a case (`expired-allowed`). */
const LET_THROUGH: ProbeFault = {
  message: "a request that must be denied got past the edge",
  remedy: "keyturn doctor URL",
};

export const CHECK_THE_WAY = "check that the URL is reachable from here: host, port, --resolve and --ca";

/** First faults that let people in, then faults that keep people out, then faults that only leave the gate unproven. */
export const FAULTS: Readonly<Record<string, ProbeFault>> = {
  "blocked-by-waf": {
    message: "AWS WAF answers before the signature check, so the gate is unproven",
    remedy:
      "undo the latest change to the web ACL first; then find out whether a rule or the default action blocks: `keyturn doctor URL` names the web ACL and prints the command that lists both",
  },
  "blocked-by-geo": {
    message: "the distribution's geo restriction answers, so the gate is unproven",
    remedy: "probe from a country that the distribution allows",
  },
  "refused-by-cloudfront": {
    message: "CloudFront refuses the request itself: unknown host, stacked distributions or plain HTTP",
    remedy: "check whether the host is an alternate domain name of the distribution: `keyturn doctor URL`",
  },
  "not-through-cloudfront": {
    message: "the response has no CloudFront headers: this host does not point to a distribution",
    remedy: "check the host's DNS record: it must point to the distribution",
  },
  "clock-behind": {
    message:
      "the edge treats valid cookies as expired and future ones as valid: this machine's clock is behind",
    remedy: "timedatectl",
  },
  "unsigned-allowed": {
    message:
      "a protected route answers without cookies: the first cache behavior that matches it has no trusted key group",
    remedy:
      "add the trusted key group to that behavior, or move it in front of the public one: `keyturn audit`",
  },
  "denied-but-origin-called": {
    message: "the edge denied the request, but the origin received it anyway",
    remedy: "find what forwards it: an edge function, an origin failover group or another distribution",
  },
  "application-does-not-refuse": {
    message: "a route that only the application guards answers without a session",
    remedy: "make the application authorize the route",
  },
  "http-allowed": {
    message: "plain HTTP serves content: it and the cookies travel unencrypted",
    remedy:
      "set the behavior's viewer protocol policy to redirect-to-https or https-only, and close port 80 elsewhere",
  },
  "denial-masked": {
    message: "a custom error page replaces the denial: clients cannot tell it from an ordinary response",
    remedy:
      "remove 403 from the distribution's custom error responses, or move signed paths to another distribution",
  },
  "valid-denied-invalid-key": {
    message:
      "the edge does not trust the gate's key: it is in no trusted key group, or the change has not reached the edge yet",
    remedy: "keyturn audit",
  },
  "valid-denied-access-denied": {
    message:
      "the edge denies valid cookies: the private key does not match the key pair ID, or a clock is off",
    remedy: "keyturn audit",
  },
  "valid-denied-missing-key": {
    message: "the edge saw no cookies: something in front of it removes them",
    remedy: "look for a proxy between here and CloudFront",
  },
  "valid-denied-malformed-policy": {
    message: "the edge cannot read the policy of valid cookies",
    remedy: "keyturn doctor URL",
  },
  "valid-denied-malformed-signature": {
    message: "the edge cannot read the signature of valid cookies",
    remedy: "keyturn doctor URL",
  },
  "valid-denied": {
    message: "the edge denies valid cookies with an unknown code",
    remedy: "keyturn doctor URL",
  },
  "answered-by-function": {
    message: "an edge function answers instead of the origin",
    remedy: "check the functions associated with the cache behavior",
  },
  "method-not-allowed": {
    message: "the cache behavior does not allow a method that the route declares",
    remedy: "allow the method in the cache behavior, or remove it from the route in keyturn.yaml",
  },
  "redirected-by-edge": {
    message: "the edge redirects instead of answering",
    remedy: "probe the https URL",
  },
  "valid-refused-by-s3": {
    message: "valid cookies pass the edge, then S3 refuses: origin access control, or the object is missing",
    remedy: "check the bucket policy for the distribution, and that the object exists",
  },
  "valid-refused-by-api-gateway": {
    message: "valid cookies pass the edge, then API Gateway refuses",
    remedy: "forward all viewer headers except Host (AllViewerExceptHostHeader); check its resource policy",
  },
  "valid-refused-by-lambda-url": {
    message: "valid cookies pass the edge, then the Lambda function URL refuses",
    remedy: "grant CloudFront lambda:InvokeFunctionUrl and lambda:InvokeFunction",
  },
  "valid-refused-by-load-balancer": {
    message: "valid cookies pass the edge, then a load balancer refuses",
    remedy: "check the listener's rules: is the origin verification header the one that CloudFront sends?",
  },
  "edge-not-verified-by-origin": {
    message: "the origin refuses requests from the edge: its check of the verification header fails",
    remedy: "set the distribution's custom origin header to the value that the origin expects",
  },
  "refusal-from-cache": {
    message: "valid cookies pass the edge but get a cached refusal meant for somebody else",
    remedy:
      "send Cache-Control: no-store with 401 and 403, and set the error caching minimum TTL of 403 to 0",
  },
  "valid-refused-by-application": {
    message:
      "valid cookies pass the edge, then the application refuses, although the route does not list it as a layer",
    remedy: "add `application` to the route's layers in keyturn.yaml, or make the application answer",
  },
  "valid-masked": {
    message: "valid cookies get a custom error page",
    remedy: "check the distribution's access logs: they hold the error behind the page",
  },
  "origin-unreachable": {
    message: "CloudFront got no usable response from its origin",
    remedy: "check the origin: it is down or too slow, or its TLS certificate is wrong",
  },
  "origin-fails": {
    message: "the origin itself returns an error",
    remedy: "check the origin's logs",
  },
  "public-route-denied": {
    message: "a public route requires signed cookies",
    remedy: "give the public path its own cache behavior, ahead of the protected one",
  },
  "public-route-refused": {
    message: "a public route is refused behind the edge",
    remedy: "make the origin answer, or declare the route's layers in keyturn.yaml",
  },
  "public-route-masked": {
    message: "a public route answers with a custom error page",
    remedy: "check the distribution's access logs: they hold the error behind the page",
  },
  "edge-denies-application-route": {
    message: "the edge requires signed cookies where only the application should refuse",
    remedy: "add `edge` to the route's layers in keyturn.yaml, or remove the key group from the behavior",
  },
  "denial-unrecognised": {
    message:
      "the request was refused, but not by the signature check's own response, so the gate is unproven",
    remedy: "check the distribution's access logs and WAF logs",
  },
  "valid-answer-unrecognised": {
    message: "valid cookies were refused, and the response does not say by whom",
    remedy: "check the distribution's access logs and WAF logs",
  },
  "denied-with-another-code": {
    message: "the edge denied the request, but not for the reason under test",
    remedy: "keyturn doctor URL",
  },
  "origin-log-blind": {
    message:
      "the origin's log is missing a request that got through, so the absence of others proves nothing",
    remedy:
      "forward the header x-keyturn-mark to the origin (origin request policy), and count it in the log endpoint",
    severity: "warning",
  },
  "origin-log-unreadable": {
    message:
      "the origin's log could not be read, so it is unproven that denied requests never reach the origin",
    remedy: "check origin.counterUrl in keyturn.yaml",
    severity: "warning",
  },
  unreachable: { message: "a URL could not be reached", remedy: "check host, port, --resolve and --ca" },
  "no-guarded-route": {
    message: "no protected route was probed, and responses from public ones prove nothing about the gate",
    remedy: "name a protected route in --routes, or give one `layers: [edge]` in keyturn.yaml",
  },
  "no-positive-control": {
    message:
      "no valid request was answered, so this proves nothing: a gate that denies everybody looks the same",
    remedy: "add --gate NAME, or --private-key FILE --key-pair-id ID",
  },
  "no-negative-control": {
    message: "no unsigned request was answered, so this proves nothing: an open gate looks the same",
    remedy: CHECK_THE_WAY,
  },
};

export const faultNamed = (id: string): ProbeFault => FAULTS[id] ?? LET_THROUGH;

export const FAULT_ORDER: readonly string[] = Object.keys(FAULTS);
