/** A CloudFront distribution in the domain's own shape: the parts that matter to signing. */
import type { Seconds } from "../time.ts";

export interface DistributionSummary {
  readonly id: string;
  readonly arn: string;
  readonly domainName: string;
  readonly aliases: readonly string[];
  readonly enabled: boolean;
  readonly comment: string;
  /** Multi-tenant distributions (`tenant-only`) have no viewer host of their own. */
  readonly connectionMode: "direct" | "tenant-only";
}

export interface CacheBehavior {
  /** `*` for the default behavior, always the last one. */
  readonly pathPattern: string;
  readonly targetOriginId: string;
  readonly trustedKeyGroups: readonly string[];
  /** Legacy account key pairs; `self` or account numbers. */
  readonly trustedSigners: readonly string[];
  readonly viewerProtocolPolicy: "allow-all" | "https-only" | "redirect-to-https";
  readonly allowedMethods: readonly string[];
  readonly cachePolicyId?: string;
  readonly originRequestPolicyId?: string;
  readonly responseHeadersPolicyId?: string;
  /** Legacy ForwardedValues, used without a cache policy. */
  readonly forwardedValues?: {
    readonly queryString: boolean;
    readonly cookies: "none" | "whitelist" | "all";
    readonly cookieNames: readonly string[];
    readonly queryStringKeys: readonly string[];
    /** `*` is all of them. Absent: not read. */
    readonly headerNames?: readonly string[];
  };
  /** ARNs of functions on viewer-request. */
  readonly viewerRequestFunctions: readonly string[];
  /** Real-time access logs. */
  readonly realtimeLogConfigArn?: string;
}

/** What a cache policy adds to the cache key, or an origin request policy sends to the origin. */
export interface ForwardingPolicy {
  readonly id: string;
  readonly name: string;
  readonly cookies: NameSelection;
  readonly queryStrings: NameSelection;
  readonly headers: NameSelection;
}

/**
 * `all`: everything the viewer sent, for headers also these names that CloudFront adds; `all-except`: everything but these
 * names. Cookie names are case-sensitive.
 */
export interface NameSelection {
  readonly which: "none" | "named" | "all-except" | "all";
  readonly names: readonly string[];
}

/** How long CloudFront waits for an origin and how often it tries. Absent: its defaults of 10 s, 3 attempts and 30 s. */
export interface OriginLimits {
  /** 1 to 3; for GET and HEAD, also the attempts to get a response. */
  readonly connectionAttempts?: number;
  readonly connectionTimeout?: Seconds;
  readonly responseTimeout?: Seconds;
}

export interface Origin extends OriginLimits {
  readonly id: string;
  readonly domainName: string;
  readonly path: string;
  /** Names only: the values are secrets. */
  readonly customHeaderNames: readonly string[];
  readonly kind: "s3" | "custom" | "vpc";
  readonly accessControlId?: string;
  readonly legacyAccessIdentity?: string;
  /** Origin mTLS. */
  readonly mutualTls: boolean;
  readonly protocolPolicy?: "http-only" | "https-only" | "match-viewer";
}

export interface Distribution extends DistributionSummary {
  /** `Deployed` or `InProgress`. */
  readonly status: string;
  /** Chosen by whatever created the distribution; it never changes. */
  readonly callerReference?: string;
  /** In the order in which CloudFront tries them, the default (`*`) last. */
  readonly behaviors: readonly CacheBehavior[];
  readonly origins: readonly Origin[];
  /** A behavior's target may be a group, which fails over between its members. */
  readonly originGroups?: readonly { readonly id: string; readonly originIds: readonly string[] }[];
  /** The keys that each attached group holds, according to the control plane. */
  readonly activeKeyGroups: readonly {
    readonly keyGroupId: string;
    readonly keyPairIds: readonly string[];
  }[];
  readonly customErrorResponses: readonly {
    readonly errorCode: number;
    readonly responseCode?: number;
    readonly responsePagePath?: string;
  }[];
  readonly ipv6: boolean;
  readonly webAclId?: string;
  readonly geoRestriction: "none" | "whitelist" | "blacklist";
  /** Standard logging v1: undefined when off. */
  readonly logging?: { readonly bucket: string; readonly prefix: string; readonly includesCookies: boolean };
  /** Logging.IncludeCookies: also applies to standard logging v2, even if v1 is off. */
  readonly logsCookies?: boolean;
  readonly defaultRootObject?: string;
}
