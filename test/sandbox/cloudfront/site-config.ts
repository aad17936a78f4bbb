/** DistributionConfigs as the API takes them, for tests that change one member at a time. */
import type { CacheBehavior, DistributionConfig, Origin } from "@aws-sdk/client-cloudfront";

export const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
export const ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3";
export const CERTIFICATE =
  "arn:aws:acm:us-east-1:111111111111:certificate/00000000-0000-4000-8000-000000000000";

export const customOrigin = (more: Partial<Origin> = {}): Origin => ({
  Id: "origin",
  DomainName: "origin.example.com",
  CustomOriginConfig: { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: "https-only" },
  ...more,
});

export const s3Origin = (DomainName: string, more: Partial<Origin> = {}): Origin => ({
  Id: "origin",
  DomainName,
  S3OriginConfig: { OriginAccessIdentity: "" },
  ...more,
});

/** Used instead of a cache policy. */
export const forwarding = (more: Partial<CacheBehavior> = {}): Partial<CacheBehavior> => ({
  CachePolicyId: undefined,
  ForwardedValues: { QueryString: false, Cookies: { Forward: "none" } },
  MinTTL: 0,
  ...more,
});

export function siteConfig(
  CallerReference: string,
  behavior: Partial<CacheBehavior> = {},
  more: Partial<DistributionConfig> = {},
): DistributionConfig {
  return {
    CallerReference,
    Comment: "",
    Enabled: true,
    Origins: { Quantity: 1, Items: [customOrigin()] },
    DefaultCacheBehavior: {
      TargetOriginId: "origin",
      ViewerProtocolPolicy: "https-only",
      CachePolicyId: CACHING_DISABLED,
      ...behavior,
    },
    ...more,
  };
}

export const origins = (...Items: Origin[]): Partial<DistributionConfig> => ({
  Origins: { Quantity: Items.length, Items },
});
