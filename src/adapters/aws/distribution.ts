/** Converts the SDK's distributions to the domain's: only what signing depends on, no header values. */
import type {
  CacheBehavior as SdkBehavior,
  DefaultCacheBehavior as SdkDefaultBehavior,
  Distribution as SdkDistribution,
  Origin as SdkOrigin,
  DistributionSummary as SdkSummary,
} from "@aws-sdk/client-cloudfront";
import type {
  CacheBehavior,
  Distribution,
  DistributionSummary,
  Origin,
} from "../../cloudfront/distribution.ts";

export function distributionSummaryOf(summary: SdkSummary): DistributionSummary {
  return {
    id: summary.Id ?? "",
    arn: summary.ARN ?? "",
    domainName: summary.DomainName ?? "",
    aliases: summary.Aliases?.Items ?? [],
    enabled: summary.Enabled ?? false,
    comment: summary.Comment ?? "",
    connectionMode: summary.ConnectionMode === "tenant-only" ? "tenant-only" : "direct",
  };
}

export function distributionOf(distribution: SdkDistribution): Distribution {
  const config = distribution.DistributionConfig;
  const logging = config?.Logging;
  const behaviors = (config?.CacheBehaviors?.Items ?? []).map((each) =>
    behaviorOf(each, each.PathPattern ?? "*"),
  );
  const fallback = config?.DefaultCacheBehavior;
  return {
    id: distribution.Id ?? "",
    arn: distribution.ARN ?? "",
    domainName: distribution.DomainName ?? "",
    aliases: config?.Aliases?.Items ?? [],
    enabled: config?.Enabled ?? false,
    comment: config?.Comment ?? "",
    connectionMode: config?.ConnectionMode === "tenant-only" ? "tenant-only" : "direct",
    status: distribution.Status ?? "",
    callerReference: config?.CallerReference || undefined,
    behaviors: fallback === undefined ? behaviors : [...behaviors, behaviorOf(fallback, "*")],
    origins: (config?.Origins?.Items ?? []).map(originOf),
    activeKeyGroups: (distribution.ActiveTrustedKeyGroups?.Items ?? []).map((each) => ({
      keyGroupId: each.KeyGroupId ?? "",
      keyPairIds: each.KeyPairIds?.Items ?? [],
    })),
    originGroups: config?.OriginGroups?.Items?.map((each) => ({
      id: each.Id ?? "",
      originIds: (each.Members?.Items ?? []).map((member) => member.OriginId ?? ""),
    })),
    customErrorResponses: (config?.CustomErrorResponses?.Items ?? []).map((each) => ({
      errorCode: each.ErrorCode ?? 0,
      // An empty response code keeps the origin's own.
      responseCode: each.ResponseCode ? Number(each.ResponseCode) : undefined,
      responsePagePath: each.ResponsePagePath || undefined,
    })),
    ipv6: config?.IsIPV6Enabled ?? false,
    webAclId: config?.WebACLId || undefined,
    geoRestriction: config?.Restrictions?.GeoRestriction?.RestrictionType ?? "none",
    logsCookies: logging?.IncludeCookies ?? false,
    logging:
      logging?.Enabled && logging.Bucket
        ? {
            bucket: logging.Bucket,
            prefix: logging.Prefix ?? "",
            includesCookies: logging.IncludeCookies ?? false,
          }
        : undefined,
    defaultRootObject: config?.DefaultRootObject || undefined,
  };
}

function behaviorOf(behavior: SdkBehavior | SdkDefaultBehavior, pathPattern: string): CacheBehavior {
  const forwarded = behavior.ForwardedValues;
  const functions = [
    ...(behavior.FunctionAssociations?.Items ?? []).map((each) => [each.EventType, each.FunctionARN]),
    ...(behavior.LambdaFunctionAssociations?.Items ?? []).map((each) => [
      each.EventType,
      each.LambdaFunctionARN,
    ]),
  ];
  return {
    pathPattern,
    targetOriginId: behavior.TargetOriginId ?? "",
    trustedKeyGroups: behavior.TrustedKeyGroups?.Items ?? [],
    trustedSigners: behavior.TrustedSigners?.Items ?? [],
    viewerProtocolPolicy: behavior.ViewerProtocolPolicy ?? "allow-all",
    // GET and HEAD if the member is absent (API: AllowedMethods).
    allowedMethods: behavior.AllowedMethods?.Items ?? ["GET", "HEAD"],
    cachePolicyId: behavior.CachePolicyId || undefined,
    originRequestPolicyId: behavior.OriginRequestPolicyId || undefined,
    responseHeadersPolicyId: behavior.ResponseHeadersPolicyId || undefined,
    forwardedValues: forwarded && {
      queryString: forwarded.QueryString ?? false,
      cookies: forwarded.Cookies?.Forward ?? "none",
      cookieNames: forwarded.Cookies?.WhitelistedNames?.Items ?? [],
      queryStringKeys: forwarded.QueryStringCacheKeys?.Items ?? [],
    },
    viewerRequestFunctions: functions.flatMap(([event, arn]) =>
      event === "viewer-request" && arn !== undefined ? [arn] : [],
    ),
    realtimeLogConfigArn: behavior.RealtimeLogConfigArn || undefined,
  };
}

function originOf(origin: SdkOrigin): Origin {
  const custom = origin.CustomOriginConfig;
  return {
    id: origin.Id ?? "",
    domainName: origin.DomainName ?? "",
    path: origin.OriginPath ?? "",
    customHeaderNames: (origin.CustomHeaders?.Items ?? []).map((each) => each.HeaderName ?? ""),
    kind: origin.VpcOriginConfig ? "vpc" : origin.S3OriginConfig ? "s3" : "custom",
    accessControlId: origin.OriginAccessControlId || undefined,
    legacyAccessIdentity: origin.S3OriginConfig?.OriginAccessIdentity || undefined,
    connectionAttempts: origin.ConnectionAttempts || undefined,
    connectionTimeout: origin.ConnectionTimeout || undefined,
    responseTimeout: custom?.OriginReadTimeout || undefined,
    mutualTls: custom?.OriginMtlsConfig !== undefined,
    protocolPolicy: custom?.OriginProtocolPolicy || undefined,
  };
}
