/** A stored distribution in the domain's shape: what the edge enforces and an audit reads. */
import type { CacheBehavior, Distribution, Origin } from "../../cloudfront/distribution.ts";
import {
  aliasesOf,
  behaviorsOf,
  elementTexts,
  isTrue,
  keyGroupsOf,
  trustedKeyGroupIds,
} from "./distribution-document.ts";
import type { StoredDistribution, StoredKeyGroup } from "./state.ts";
import { child, childAt, itemsAt, textAt, type XmlElement } from "./xml.ts";

/** `status` depends on the clock, so the caller passes it. */
export function projectDistribution(
  { id, arn, domainName, config }: StoredDistribution,
  keyGroups: ReadonlyMap<string, StoredKeyGroup>,
  status: string,
): Distribution {
  const logging = child(config, "Logging");
  return {
    id,
    arn,
    domainName,
    aliases: aliasesOf(config),
    enabled: isTrue(textAt(config, "Enabled")),
    comment: textAt(config, "Comment") ?? "",
    connectionMode: textAt(config, "ConnectionMode") === "tenant-only" ? "tenant-only" : "direct",
    status,
    behaviors: behaviorsOf(config).map(projectBehavior),
    origins: itemsAt(config, "Origins").map(projectOrigin),
    activeKeyGroups: trustedKeyGroupIds(config).map((keyGroupId) => ({
      keyGroupId,
      keyPairIds: keyGroups.get(keyGroupId)?.config.items ?? [],
    })),
    customErrorResponses: itemsAt(config, "CustomErrorResponses").map((response) => ({
      errorCode: Number(textAt(response, "ErrorCode")),
      responseCode: Number(textAt(response, "ResponseCode")) || undefined,
      responsePagePath: textAt(response, "ResponsePagePath") || undefined,
    })),
    ipv6: isTrue(textAt(config, "IsIPV6Enabled")),
    geoRestriction: geoRestrictionOf(textAt(config, "Restrictions", "GeoRestriction", "RestrictionType")),
    webAclId: textAt(config, "WebACLId") || undefined,
    defaultRootObject: textAt(config, "DefaultRootObject") || undefined,
    logsCookies: isTrue(textAt(logging, "IncludeCookies")),
    logging: isTrue(textAt(logging, "Enabled"))
      ? {
          bucket: textAt(logging, "Bucket") ?? "",
          prefix: textAt(logging, "Prefix") ?? "",
          includesCookies: isTrue(textAt(logging, "IncludeCookies")),
        }
      : undefined,
  };
}

function projectBehavior(behavior: XmlElement): CacheBehavior {
  const isTrustingSigners = isTrue(textAt(behavior, "TrustedSigners", "Enabled"));
  const forwarded = child(behavior, "ForwardedValues");
  const functions = [
    ...itemsAt(behavior, "FunctionAssociations").map(arnAndEvent("FunctionARN")),
    ...itemsAt(behavior, "LambdaFunctionAssociations").map(arnAndEvent("LambdaFunctionARN")),
  ];
  return {
    pathPattern: textAt(behavior, "PathPattern") ?? "*",
    targetOriginId: textAt(behavior, "TargetOriginId") ?? "",
    trustedKeyGroups: keyGroupsOf(behavior),
    trustedSigners: isTrustingSigners ? elementTexts(itemsAt(behavior, "TrustedSigners")) : [],
    viewerProtocolPolicy: protocolPolicyOf(textAt(behavior, "ViewerProtocolPolicy")),
    allowedMethods: elementTexts(itemsAt(behavior, "AllowedMethods")),
    viewerRequestFunctions: functions.filter(({ event }) => event === "viewer-request").map(({ arn }) => arn),
    cachePolicyId: textAt(behavior, "CachePolicyId") || undefined,
    originRequestPolicyId: textAt(behavior, "OriginRequestPolicyId") || undefined,
    responseHeadersPolicyId: textAt(behavior, "ResponseHeadersPolicyId") || undefined,
    forwardedValues: forwarded && forwardedValuesOf(forwarded),
  };
}

function forwardedValuesOf(values: XmlElement): NonNullable<CacheBehavior["forwardedValues"]> {
  const forward = textAt(values, "Cookies", "Forward");
  return {
    queryString: isTrue(textAt(values, "QueryString")),
    cookies: forward === "whitelist" || forward === "all" ? forward : "none",
    cookieNames: elementTexts(itemsAt(values, "Cookies", "WhitelistedNames")),
    queryStringKeys: elementTexts(itemsAt(values, "QueryStringCacheKeys")),
  };
}

function projectOrigin(origin: XmlElement): Origin {
  const custom = child(origin, "CustomOriginConfig");

  return {
    id: textAt(origin, "Id") ?? "",
    domainName: textAt(origin, "DomainName") ?? "",
    path: textAt(origin, "OriginPath") ?? "",
    customHeaderNames: itemsAt(origin, "CustomHeaders").map((header) => textAt(header, "HeaderName") ?? ""),
    kind: kindOf(origin),
    mutualTls: childAt(custom, "OriginMtlsConfig", "ClientCertificateArn") !== undefined,
    accessControlId: textAt(origin, "OriginAccessControlId") || undefined,
    legacyAccessIdentity: textAt(origin, "S3OriginConfig", "OriginAccessIdentity") || undefined,
    protocolPolicy: originProtocolOf(textAt(custom, "OriginProtocolPolicy")),
  };
}

function kindOf(origin: XmlElement): Origin["kind"] {
  if (child(origin, "VpcOriginConfig") !== undefined) return "vpc";
  return child(origin, "S3OriginConfig") === undefined ? "custom" : "s3";
}

function originProtocolOf(text: string | undefined): Origin["protocolPolicy"] {
  return text === "http-only" || text === "https-only" || text === "match-viewer" ? text : undefined;
}

function protocolPolicyOf(text: string | undefined): CacheBehavior["viewerProtocolPolicy"] {
  return text === "https-only" || text === "redirect-to-https" ? text : "allow-all";
}

function geoRestrictionOf(text: string | undefined): Distribution["geoRestriction"] {
  return text === "whitelist" || text === "blacklist" ? text : "none";
}

const arnAndEvent = (arnName: string) => (association: XmlElement) => ({
  arn: textAt(association, arnName) ?? "",
  event: textAt(association, "EventType"),
});
