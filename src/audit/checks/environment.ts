/** Checks around the signature check: the origin behind it, the access logs (logs.ts), and the viewers' addresses. */
import { distributionLines } from "../../cloudfront/setting-lines.ts";
import type { Check } from "../check.ts";
import type { GateSnapshot } from "../gate-snapshot.ts";
import { hasHeader, missingOriginGuard, originsBehind } from "../origin-guard.ts";
import { LOG_CHECKS } from "./logs.ts";

export const ENVIRONMENT_CHECKS: readonly Check<GateSnapshot>[] = [
  {
    id: "origin-open",
    severity: "warning",
    what: "nothing in CloudFront's settings restricts the origin to CloudFront, and signing protects only the edge",
    *look(snapshot) {
      for (const { distribution, origin } of originsBehind(snapshot)) {
        const why = missingOriginGuard(origin, snapshot.gate.origin?.verificationHeader);
        if (why === undefined) continue;
        yield {
          message: `origin ${origin.id} may be reachable without going through the edge`,
          evidence: [`${origin.domainName} (${origin.kind})`, why],
          remedy:
            origin.kind === "s3"
              ? `give origin ${origin.id} an origin access control, and close the bucket to everyone else`
              : `send a secret header from CloudFront and check it at the origin (origin.verificationHeader), or use a VPC origin or origin mTLS; then: \`keyturn probe --gate ${snapshot.gate.name} --direct-origin URL\``,
          setting: distributionLines(distribution.id, {
            Origins: [
              origin.kind === "s3"
                ? { Id: origin.id, OriginAccessControlId: "ID-OF-THE-CONTROL" }
                : {
                    Id: origin.id,
                    OriginCustomHeaders: [
                      {
                        HeaderName: snapshot.gate.origin?.verificationHeader ?? "x-origin-verify",
                        HeaderValue: "A-LONG-RANDOM-VALUE",
                      },
                    ],
                  },
            ],
          }),
          where: `${distribution.id} ${origin.id}`,
          inferred: true,
        };
      }
    },
  },
  {
    id: "verification-header-in-clear",
    severity: "warning",
    what: "the origin verification header travels over plain HTTP",
    *look(snapshot) {
      const header = snapshot.gate.origin?.verificationHeader;
      for (const { distribution, origin, httpAllowed } of originsBehind(snapshot)) {
        if (header === undefined || !hasHeader(origin, header)) continue;
        const isClear =
          origin.protocolPolicy === "http-only" || (origin.protocolPolicy === "match-viewer" && httpAllowed);
        // A sandbox's origin is this machine, so nobody can listen in.
        if (!isClear || origin.domainName === "localhost") continue;
        yield {
          message: `${header} is sent to origin ${origin.id} over plain HTTP`,
          evidence: [`OriginProtocolPolicy: ${origin.protocolPolicy}`],
          remedy: `set OriginProtocolPolicy of ${origin.id} to https-only`,
          setting: distributionLines(distribution.id, {
            Origins: [{ Id: origin.id, CustomOriginConfig: { OriginProtocolPolicy: "https-only" } }],
          }),
          where: `${distribution.id} ${origin.id}`,
        };
      }
    },
  },
  ...LOG_CHECKS,
  {
    id: "ipv6-with-ip-policy",
    severity: "warning",
    what: "cookies are bound to an IPv4 address but the distribution also answers over IPv6: those viewers are denied",
    *look({ gate, distributions }) {
      const bound = Object.entries(gate.cookieProfiles).filter(([, { ip }]) => ip !== undefined);
      if (bound.length === 0) return;
      for (const { id } of distributions.filter(({ ipv6 }) => ipv6)) {
        yield {
          message: `IPv6 is on, and cookie profile ${bound.map(([name]) => name).join(", ")} is bound to an IPv4 address`,
          evidence: ["IsIPV6Enabled: true", "a policy's IpAddress supports IPv4 only"],
          remedy: `turn IPv6 off for ${id} (and its AAAA records), or leave IpAddress out`,
          setting: distributionLines(id, { IPV6Enabled: false }),
          where: id,
        };
      }
    },
  },
];
