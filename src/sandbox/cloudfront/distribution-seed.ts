/** A DistributionConfig from a few settings, for tests and a ready sandbox. */
import { element, quantityList, type XmlElement } from "./xml.ts";

/** Aliases need a certificate, which the sandbox does not look up. */
export const SEED_CERTIFICATE =
  "arn:aws:acm:us-east-1:111111111111:certificate/00000000-0000-4000-8000-000000000000";
const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";

interface BehaviorSeed {
  /** `*` is the default behavior, which always exists. */
  readonly pathPattern: string;
  /** Ids; public without any. */
  readonly trustedKeyGroups?: readonly string[];
  readonly viewerProtocolPolicy?: "allow-all" | "https-only" | "redirect-to-https";
  readonly allowedMethods?: readonly string[];
  readonly targetOriginId?: string;
  readonly originRequestPolicyId?: string;
}
interface OriginSeed {
  readonly id: string;
  readonly domainName: string;
  readonly customHeaders?: Readonly<Record<string, string>>;
  /** HTTP at this port instead of HTTPS at 443. */
  readonly httpPort?: number;
}
export interface DistributionSeed {
  readonly callerReference: string;
  /** The name viewers use; CloudFront would choose one. */
  readonly domainName?: string;
  readonly aliases?: readonly string[];
  readonly comment?: string;
  readonly enabled?: boolean;
  readonly behaviors?: readonly BehaviorSeed[];
  readonly origins?: readonly OriginSeed[];
  readonly tags?: Readonly<Record<string, string>>;
}

const ALL_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"];

export function distributionConfig(seed: DistributionSeed): XmlElement {
  const origins = seed.origins ?? [{ id: "origin", domainName: "origin.example.com" }];
  const originId = origins[0]?.id ?? "";
  const behaviors = seed.behaviors ?? [];
  const last = behaviors.find(({ pathPattern }) => pathPattern === "*") ?? { pathPattern: "*" };
  const before = behaviors.filter(({ pathPattern }) => pathPattern !== "*");
  return element("DistributionConfig", [
    element("CallerReference", seed.callerReference),
    quantityList(
      "Aliases",
      (seed.aliases ?? []).map((alias) => element("CNAME", alias)),
    ),
    quantityList("Origins", origins.map(originElement)),
    element("DefaultCacheBehavior", behaviorMembers(last, originId)),
    quantityList(
      "CacheBehaviors",
      before.map((behavior) =>
        element("CacheBehavior", [
          element("PathPattern", behavior.pathPattern),
          ...behaviorMembers(behavior, originId),
        ]),
      ),
    ),
    element("Comment", seed.comment ?? ""),
    element("Enabled", seed.enabled ?? true),
    element("IsIPV6Enabled", false),
    ...(seed.aliases === undefined ? [] : [certificate]),
  ]);
}

const certificate = element("ViewerCertificate", [
  element("ACMCertificateArn", SEED_CERTIFICATE),
  element("SSLSupportMethod", "sni-only"),
  element("MinimumProtocolVersion", "TLSv1.2_2021"),
]);

function behaviorMembers(behavior: BehaviorSeed, originId: string): readonly XmlElement[] {
  const groups = behavior.trustedKeyGroups ?? [];
  const methods = (behavior.allowedMethods ?? ALL_METHODS).map((method) => element("Method", method));
  const cached = ["GET", "HEAD"].map((method) => element("Method", method));
  return [
    element("TargetOriginId", behavior.targetOriginId ?? originId),
    element("ViewerProtocolPolicy", behavior.viewerProtocolPolicy ?? "https-only"),
    element("TrustedKeyGroups", [
      element("Enabled", groups.length > 0),
      ...quantityList(
        "",
        groups.map((id) => element("KeyGroup", id)),
      ).children,
    ]),
    element("AllowedMethods", [...quantityList("", methods).children, quantityList("CachedMethods", cached)]),
    element("CachePolicyId", CACHING_DISABLED),
    ...(behavior.originRequestPolicyId === undefined
      ? []
      : [element("OriginRequestPolicyId", behavior.originRequestPolicyId)]),
  ];
}

function originElement({ id, domainName, customHeaders = {}, httpPort }: OriginSeed): XmlElement {
  const headers = Object.entries(customHeaders).map(([name, value]) =>
    element("OriginCustomHeader", [element("HeaderName", name), element("HeaderValue", value)]),
  );
  return element("Origin", [
    element("Id", id),
    element("DomainName", domainName),
    quantityList("CustomHeaders", headers),
    element("CustomOriginConfig", [
      element("HTTPPort", httpPort ?? 80),
      element("HTTPSPort", 443),
      element("OriginProtocolPolicy", httpPort === undefined ? "https-only" : "http-only"),
    ]),
  ]);
}
