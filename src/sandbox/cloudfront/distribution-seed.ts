/** A DistributionConfig from a few words: what a ready sandbox and the tests start with. */
import { counted, element, type XmlElement } from "./xml.ts";

export interface BehaviorSeed {
  /** `*` is the default behavior, which is there in any case. */
  readonly pathPattern: string;
  /** Ids; none leaves it public. */
  readonly trustedKeyGroups?: readonly string[];
  readonly viewerProtocolPolicy?: "allow-all" | "https-only" | "redirect-to-https";
  readonly allowedMethods?: readonly string[];
  readonly targetOriginId?: string;
}
export interface OriginSeed {
  readonly id: string;
  readonly domainName: string;
  readonly customHeaders?: Readonly<Record<string, string>>;
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
    counted(
      "Aliases",
      (seed.aliases ?? []).map((alias) => element("CNAME", alias)),
    ),
    counted("Origins", origins.map(originElement)),
    element("DefaultCacheBehavior", behaviorMembers(last, originId)),
    counted(
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
  ]);
}

function behaviorMembers(behavior: BehaviorSeed, originId: string): readonly XmlElement[] {
  const groups = behavior.trustedKeyGroups ?? [];
  const methods = (behavior.allowedMethods ?? ALL_METHODS).map((method) => element("Method", method));
  const cached = ["GET", "HEAD"].map((method) => element("Method", method));
  return [
    element("TargetOriginId", behavior.targetOriginId ?? originId),
    element("ViewerProtocolPolicy", behavior.viewerProtocolPolicy ?? "https-only"),
    element("TrustedKeyGroups", [
      element("Enabled", groups.length > 0),
      ...counted(
        "",
        groups.map((id) => element("KeyGroup", id)),
      ).children,
    ]),
    element("AllowedMethods", [...counted("", methods).children, counted("CachedMethods", cached)]),
  ];
}

function originElement({ id, domainName, customHeaders = {} }: OriginSeed): XmlElement {
  const headers = Object.entries(customHeaders).map(([name, value]) =>
    element("OriginCustomHeader", [element("HeaderName", name), element("HeaderValue", value)]),
  );
  return element("Origin", [
    element("Id", id),
    element("DomainName", domainName),
    counted("CustomHeaders", headers),
    element("CustomOriginConfig", [
      element("HTTPPort", 80),
      element("HTTPSPort", 443),
      element("OriginProtocolPolicy", "https-only"),
    ]),
  ]);
}
