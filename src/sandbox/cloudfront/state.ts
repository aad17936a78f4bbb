/** The whole state of one account's CloudFront at one moment. Immutable; `--state` saves and loads it as JSON. */
import type { KeyGroupConfig, PublicKeyConfig } from "../../seams/cloud.ts";
import type { EpochSeconds } from "../../time.ts";
import type { XmlElement } from "./xml.ts";

export interface StoredPublicKey {
  readonly id: string;
  readonly etag: string;
  readonly createdAt: EpochSeconds;
  readonly config: PublicKeyConfig;
}
export interface StoredKeyGroup {
  readonly id: string;
  readonly etag: string;
  readonly modifiedAt: EpochSeconds;
  readonly config: KeyGroupConfig;
}
export interface StoredDistribution {
  readonly id: string;
  readonly etag: string;
  readonly arn: string;
  readonly domainName: string;
  readonly modifiedAt: EpochSeconds;
  /** The DistributionConfig as it was sent, unknown elements included, with CloudFront's defaults filled in. */
  readonly config: XmlElement;
  readonly tags: Readonly<Record<string, string>>;
}
export interface StoredInvalidation {
  readonly id: string;
  readonly distributionId: string;
  readonly createdAt: EpochSeconds;
  readonly callerReference: string;
  readonly paths: readonly string[];
}
/** A cache policy or an origin request policy. */
export interface StoredForwardingPolicy {
  readonly id: string;
  readonly kind: "cache" | "origin-request";
  readonly etag: string;
  readonly modifiedAt: EpochSeconds;
  /** As sent, with CloudFront's defaults filled in. */
  readonly config: XmlElement;
}

/** The public keys that a field-level encryption profile uses; the sandbox's edge encrypts no fields. */
export interface FieldEncryptionProfile {
  readonly id: string;
  readonly name: string;
  readonly publicKeyIds: readonly string[];
}

export interface CloudFrontState {
  readonly publicKeys: ReadonlyMap<string, StoredPublicKey>;
  readonly keyGroups: ReadonlyMap<string, StoredKeyGroup>;
  readonly distributions: ReadonlyMap<string, StoredDistribution>;
  readonly invalidations: ReadonlyMap<string, StoredInvalidation>;
  /** The account's own; AWS's managed ones are the same in every account. */
  readonly forwardingPolicies: ReadonlyMap<string, StoredForwardingPolicy>;
}

export const EMPTY_CLOUDFRONT: CloudFrontState = {
  publicKeys: new Map(),
  keyGroups: new Map(),
  distributions: new Map(),
  invalidations: new Map(),
  forwardingPolicies: new Map(),
};

/** What `--state` writes. */
export interface CloudFrontRecord {
  readonly publicKeys: readonly StoredPublicKey[];
  readonly keyGroups: readonly StoredKeyGroup[];
  readonly distributions: readonly StoredDistribution[];
  readonly invalidations: readonly StoredInvalidation[];
  /** Absent in state saved by an earlier version. */
  readonly forwardingPolicies?: readonly StoredForwardingPolicy[];
}

export function recordOfCloudFront(state: CloudFrontState): CloudFrontRecord {
  return {
    publicKeys: [...state.publicKeys.values()],
    keyGroups: [...state.keyGroups.values()],
    distributions: [...state.distributions.values()],
    invalidations: [...state.invalidations.values()],
    forwardingPolicies: [...state.forwardingPolicies.values()],
  };
}

export function cloudFrontOfRecord(record: CloudFrontRecord): CloudFrontState {
  return {
    publicKeys: byId(record.publicKeys),
    keyGroups: byId(record.keyGroups),
    distributions: byId(record.distributions),
    invalidations: byId(record.invalidations),
    forwardingPolicies: byId(record.forwardingPolicies ?? []),
  };
}

const byId = <T extends { readonly id: string }>(items: readonly T[]): ReadonlyMap<string, T> =>
  new Map(items.map((item) => [item.id, item]));
