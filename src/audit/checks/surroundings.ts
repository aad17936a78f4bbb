/** What stands around the signature check: the origin behind it, the logs beside it, and the viewers' addresses. */
import type { Check } from "../check.ts";
import type { GateSnapshot } from "../gate-snapshot.ts";
import { hasHeader, opennessOf, originsBehind } from "../origin-guard.ts";

export const SURROUNDING_CHECKS: readonly Check<GateSnapshot>[] = [
  {
    id: "origin-open",
    severity: "warning",
    what: "nothing in CloudFront's settings closes the origin to others: signing guards only the edge",
    *look(snapshot) {
      for (const { distribution, origin } of originsBehind(snapshot)) {
        const why = opennessOf(origin, snapshot.gate.origin?.verificationHeader);
        if (why === undefined) continue;
        yield {
          message: `origin ${origin.id} may be reached beside the edge`,
          evidence: [`${origin.domainName} (${origin.kind})`, why],
          remedy:
            origin.kind === "s3"
              ? `give origin ${origin.id} an origin access control, and close the bucket to all others`
              : `send a secret header from CloudFront and check it at the origin (origin.verificationHeader), or use a VPC origin or origin mTLS; then: keyturn probe --gate ${snapshot.gate.name} --direct-origin URL`,
          where: `${distribution.id} ${origin.id}`,
          inferred: true,
        };
      }
    },
  },
  {
    id: "verification-header-in-clear",
    severity: "warning",
    what: "the header that proves the edge to the origin travels over plain HTTP",
    *look(snapshot) {
      const header = snapshot.gate.origin?.verificationHeader;
      for (const { distribution, origin, httpAllowed } of originsBehind(snapshot)) {
        if (header === undefined || !hasHeader(origin, header)) continue;
        const isClear =
          origin.protocolPolicy === "http-only" || (origin.protocolPolicy === "match-viewer" && httpAllowed);
        // A sandbox's origin is this machine: nothing is on the way there.
        if (!isClear || origin.domainName === "localhost") continue;
        yield {
          message: `${header} is sent to origin ${origin.id} over plain HTTP`,
          evidence: [`OriginProtocolPolicy: ${origin.protocolPolicy}`],
          remedy: `set OriginProtocolPolicy of ${origin.id} to https-only`,
          where: `${distribution.id} ${origin.id}`,
        };
      }
    },
  },
  {
    id: "access-logs-absent",
    severity: "note",
    what: "no access logs are seen: a denial cannot be looked up afterwards",
    *look(snapshot) {
      for (const distribution of snapshot.distributions) {
        const isLogged =
          distribution.logging !== undefined ||
          distribution.behaviors.some(({ realtimeLogConfigArn }) => realtimeLogConfigArn !== undefined);
        if (isLogged) continue;
        yield {
          message: "no access logs are seen",
          evidence: [
            "standard logging (legacy) is off, and no behavior has real-time logs",
            "standard logging v2 is set up in CloudWatch Logs, where keyturn does not look",
          ],
          remedy: "aws logs describe-deliveries --region us-east-1",
          where: distribution.id,
          inferred: true,
        };
      }
    },
  },
  {
    id: "logs-hold-cookies",
    severity: "warning",
    what: "access logs record cookies: whoever reads the bucket can use them until they expire",
    *look({ distributions }) {
      for (const { id, logging } of distributions) {
        if (logging?.includesCookies !== true) continue;
        yield {
          message: "access logs record the Cookie header, signed cookies and all",
          evidence: [`Logging.IncludeCookies: true, bucket ${logging.bucket}`],
          remedy: `set Logging.IncludeCookies of ${id} to false`,
          where: id,
        };
      }
    },
  },
  {
    id: "ipv6-with-ip-policy",
    severity: "warning",
    what: "cookies bind an IPv4 address while the distribution answers over IPv6: those viewers are refused",
    *look({ gate, distributions }) {
      const bound = Object.entries(gate.cookieProfiles).filter(([, { ip }]) => ip !== undefined);
      if (bound.length === 0) return;
      for (const { id } of distributions.filter(({ ipv6 }) => ipv6)) {
        yield {
          message: `IPv6 is on, and cookie profile ${bound.map(([name]) => name).join(", ")} binds an IPv4 address`,
          evidence: ["IsIPV6Enabled: true", "IpAddress of a policy knows IPv4 only"],
          remedy: `turn IPv6 off for ${id} (and its AAAA records), or leave IpAddress out`,
          where: id,
        };
      }
    },
  },
];
