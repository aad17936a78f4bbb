/** Every fault that a probe of the matrix can find: what it means and what to do. The order is the order of reports. */

export interface Fault {
  readonly message: string;
  readonly remedy: string;
  readonly severity?: "warning";
}

/** Faults named by a case (`expired-allowed`) share this one. */
const LET_THROUGH: Fault = {
  message: "a request that must be denied got past the edge",
  remedy: "keyturn doctor URL",
};

export const CHECK_THE_WAY = "check that the URL is reachable from here: host, port, --resolve and --ca";

/** First the ones that let somebody in, then what shuts everybody out, then what only hides the proof. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  "blocked-by-waf": {
    message: "AWS WAF answers before the signature check: nothing is shown about the gate",
    remedy: "let the prober's address through in the web ACL, or look at the WAF logs for the rule",
  },
  "blocked-by-geo": {
    message: "the geo restriction of the distribution answers: nothing is shown about the gate",
    remedy: "probe from a country that the distribution allows",
  },
  "refused-by-cloudfront": {
    message: "CloudFront refuses the request itself: unknown host, stacked distributions or plain HTTP",
    remedy: "is the host an alternate domain name of the distribution? keyturn doctor URL",
  },
  "not-through-cloudfront": {
    message: "the answer bears no mark of CloudFront: this host does not lead to a distribution",
    remedy: "check the DNS record of the host: it must lead to the distribution",
  },
  "clock-behind": {
    message: "valid cookies are over for the edge and early ones have begun: this machine's clock is behind",
    remedy: "timedatectl",
  },
  "unsigned-allowed": {
    message:
      "a protected route answers without cookies: its first matching cache behavior trusts no key group",
    remedy:
      "add the trusted key group to that behavior, or move it in front of the public one: keyturn audit",
  },
  "denied-but-origin-called": {
    message: "the edge denied the request, and the origin saw it all the same",
    remedy: "find what forwards it: an edge function, a failover origin group or another distribution",
  },
  "application-does-not-refuse": {
    message: "a route that only the application guards answers without a session",
    remedy: "let the application authorize the route",
  },
  "http-allowed": {
    message: "plain HTTP is answered with content: it and the cookies travel unencrypted",
    remedy:
      "set the viewer protocol policy of the behavior to redirect-to-https or https-only; or let nothing else answer port 80",
  },
  "denial-masked": {
    message: "a custom error page stands in for the denial: clients cannot tell it from an ordinary answer",
    remedy: "take 403 out of the distribution's custom error responses, or serve signed paths elsewhere",
  },
  "valid-denied-invalid-key": {
    message: "the edge does not know the gate's own key: it is in no trusted key group there, or not yet",
    remedy: "keyturn audit",
  },
  "valid-denied-access-denied": {
    message:
      "the edge refuses valid cookies: the private key does not belong to the id, or the clocks disagree",
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
    message: "an edge function answers in place of the origin",
    remedy: "look at the functions associated with the cache behavior",
  },
  "method-not-allowed": {
    message: "the cache behavior does not allow a method that the route declares",
    remedy: "allow the method in the cache behavior, or take it out of the route in keyturn.yaml",
  },
  "redirected-by-edge": {
    message: "the edge redirects in place of an answer",
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
    message: "the origin does not believe that the request came through the edge",
    remedy: "make the distribution's custom origin header equal to the one that the origin expects",
  },
  "refusal-from-cache": {
    message: "valid cookies pass the edge and get somebody's cached refusal",
    remedy:
      "send Cache-Control: no-store with 401 and 403, and set the error caching minimum TTL of 403 to 0",
  },
  "valid-refused-by-application": {
    message: "valid cookies pass the edge, then the application refuses, which the route does not declare",
    remedy: "add `application` to the route's layers in keyturn.yaml, or let the application answer",
  },
  "valid-masked": {
    message: "valid cookies get a custom error page",
    remedy: "look at the access logs of the distribution: the error behind the page is there",
  },
  "origin-unreachable": {
    message: "CloudFront asked its origin and got no usable answer",
    remedy: "check the origin: it is down, too slow, or its TLS certificate is wrong",
  },
  "origin-fails": {
    message: "the origin answers with an error of its own",
    remedy: "look at the origin's logs",
  },
  "public-route-denied": {
    message: "a public route asks for signed cookies",
    remedy: "give the public path a cache behavior of its own, in front of the protected one",
  },
  "public-route-refused": {
    message: "a public route is refused behind the edge",
    remedy: "let the origin answer, or declare the route's layers in keyturn.yaml",
  },
  "public-route-masked": {
    message: "a public route answers with a custom error page",
    remedy: "look at the access logs of the distribution: the error behind the page is there",
  },
  "edge-denies-application-route": {
    message: "the edge asks for signed cookies where only the application should refuse",
    remedy: "add `edge` to the route's layers in keyturn.yaml, or take the key group off the behavior",
  },
  "denial-unrecognised": {
    message: "the request was refused, but not in the words of the signature check: nothing is shown",
    remedy: "look at the access logs and the WAF logs of the distribution",
  },
  "valid-answer-unrecognised": {
    message: "valid cookies were refused, and the answer does not say by whom",
    remedy: "look at the access logs and the WAF logs of the distribution",
  },
  "denied-with-another-code": {
    message: "the edge denied the request for another reason than the one it was made for",
    remedy: "keyturn doctor URL",
  },
  "origin-log-blind": {
    message:
      "the origin's log did not show a request that got through: its silence about others proves nothing",
    remedy:
      "forward the header x-keyturn-mark to the origin (origin request policy), and count it in the log endpoint",
    severity: "warning",
  },
  "origin-log-unreadable": {
    message: "the origin's log could not be asked: whether denied requests reached the origin is not shown",
    remedy: "check origin.counterUrl in keyturn.yaml",
    severity: "warning",
  },
  unreachable: { message: "a URL could not be reached", remedy: "check host, port, --resolve and --ca" },
  "no-guarded-route": {
    message: "no route was asked that the edge guards: what public ones answer proves nothing about the gate",
    remedy: "name such a route in --routes, or give one `layers: [edge]` in keyturn.yaml",
  },
  "no-positive-control": {
    message:
      "no valid request was answered: a gate that denies everybody would look the same. This proves nothing",
    remedy: "add --gate NAME, or --private-key FILE --key-pair-id ID",
  },
  "no-negative-control": {
    message: "no unsigned request was answered: an open gate would look the same. This proves nothing",
    remedy: CHECK_THE_WAY,
  },
};

export const faultNamed = (id: string): Fault => FAULTS[id] ?? LET_THROUGH;

export const FAULT_ORDER: readonly string[] = Object.keys(FAULTS);
