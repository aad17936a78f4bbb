/** The two AWS services of an account, as seams. Types only. */
import type { AnswerDates } from "../answer-dates.ts";
import type { Distribution, DistributionSummary, ForwardingPolicy } from "../cloudfront/distribution.ts";
import type { Sealed } from "../sealed.ts";
import type { EpochSeconds } from "../time.ts";

/** A value with the ETag it was read at. */
export interface Versioned<T> {
  readonly value: T;
  readonly etag: string;
}
export interface PublicKeyConfig {
  /** For idempotency: CloudFront refuses a reference that it has seen (ERR_EXISTS). At most 128 characters. */
  readonly callerReference: string;
  readonly name: string;
  /** SPKI PEM with real line breaks. */
  readonly encodedKey: string;
  /** At most 128 characters. */
  readonly comment: string;
}
export interface PublicKey extends Omit<PublicKeyConfig, "callerReference"> {
  readonly id: string;
  readonly createdAt: EpochSeconds;
}
export interface KeyGroupConfig {
  readonly name: string;
  /** Key pair IDs; at least one, five by default quota. */
  readonly items: readonly string[];
  readonly comment: string;
}
export interface KeyGroup extends KeyGroupConfig {
  readonly id: string;
  readonly modifiedAt: EpochSeconds;
}

/**
 * CloudFront's key API. Reads return an ETag, writes take one: a mismatch throws ERR_PRECONDITION. Not found throws
 * ERR_NOT_FOUND, duplicates ERR_EXISTS, in use ERR_IN_USE, quota ERR_QUOTA, permission ERR_ACCESS_DENIED, bad or
 * expired credentials ERR_CREDENTIALS, no answer ERR_UNREACHABLE/ERR_THROTTLED/ERR_REMOTE (then the effect may have
 * happened). Lists return all pages.
 */
export interface ControlPlane {
  listPublicKeys(): AsyncIterable<PublicKey>;
  getPublicKey(id: string): Promise<Versioned<PublicKey>>;
  createPublicKey(config: PublicKeyConfig): Promise<Versioned<PublicKey>>;
  deletePublicKey(id: string, etag: string): Promise<void>;
  listKeyGroups(): AsyncIterable<KeyGroup>;
  getKeyGroup(id: string): Promise<Versioned<KeyGroup>>;
  createKeyGroup(config: KeyGroupConfig): Promise<Versioned<KeyGroup>>;
  /** Replaces the whole config: read, merge, write with the ETag that was read. */
  updateKeyGroup(id: string, etag: string, config: KeyGroupConfig): Promise<Versioned<KeyGroup>>;
  deleteKeyGroup(id: string, etag: string): Promise<void>;
  listDistributionsByKeyGroup(keyGroupId: string): AsyncIterable<string>;
  listDistributions(): AsyncIterable<DistributionSummary>;
  getDistribution(id: string): Promise<Versioned<Distribution>>;
  /** Ids of public keys in field-level encryption profiles: in use although no key group holds them. */
  listFieldEncryptionKeys(): AsyncIterable<string>;
  /** Includes AWS's managed policies. */
  getCachePolicy(id: string): Promise<ForwardingPolicy>;
  getOriginRequestPolicy(id: string): Promise<ForwardingPolicy>;
}

export type SecretValue = { readonly text: Sealed<string> } | { readonly binary: Sealed<Uint8Array> };
export interface SecretVersion {
  readonly arn: string;
  readonly name: string;
  readonly versionId: string;
  readonly stages: readonly string[];
  readonly createdAt: EpochSeconds;
  readonly value: SecretValue;
}
export interface SecretDescription {
  readonly arn: string;
  readonly name: string;
  readonly kmsKeyId?: string;
  readonly rotationEnabled: boolean;
  readonly primaryRegion?: string;
  readonly replicas: readonly {
    readonly region: string;
    readonly status: string;
    readonly message?: string;
  }[];
  /** Labeled versions only: version id -> staging labels. */
  readonly stagesByVersion: Readonly<Record<string, readonly string[]>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly owningService?: string;
  readonly deletedAt?: EpochSeconds;
}
export interface SecretVersionSummary {
  readonly versionId: string;
  readonly stages: readonly string[];
  readonly createdAt: EpochSeconds;
}

/**
 * Secrets Manager. `create` and `put` are idempotent by token, which becomes the version id: the same token with
 * another value throws ERR_EXISTS. `moveStage` is a compare-and-swap: AWS refuses it (ERR_PRECONDITION) when the label
 * is not on `from`. Other errors as in ControlPlane.
 */
export interface SecretVault {
  create(
    name: string,
    token: string,
    value: SecretValue,
    description?: string,
  ): Promise<{ arn: string; versionId: string }>;
  get(id: string, which: { readonly stage: string } | { readonly versionId: string }): Promise<SecretVersion>;
  /** `stages` is never empty: a put without labels would move AWSCURRENT. */
  put(
    id: string,
    token: string,
    value: SecretValue,
    stages: readonly [string, ...string[]],
  ): Promise<{ versionId: string; stages: readonly string[] }>;
  describe(id: string): Promise<SecretDescription>;
  /** All versions, including unlabeled ones. */
  listVersions(id: string): AsyncIterable<SecretVersionSummary>;
  moveStage(
    id: string,
    stage: string,
    change: { readonly from?: string; readonly to?: string },
  ): Promise<void>;
  /** Includes secrets scheduled for deletion (`deletedAt`), unreadable until restored. */
  list(): AsyncIterable<SecretDescription>;
  /** Cancels a scheduled deletion; succeeds if there is none. */
  restore(id: string): Promise<void>;
  /** Turns managed rotation off. */
  cancelRotation(id: string): Promise<void>;
  /** Adds a replica, or repairs a failed one; `overwrites` deletes another secret of that name in the region. */
  replicate(id: string, region: string, overwrites: boolean): Promise<void>;
}
/** The two AWS services of one account; `dates`: the time according to their responses. */
export interface Cloud {
  readonly controlPlane: ControlPlane;
  readonly vault: SecretVault;
  /** Printed before a write: the endpoint unless it is AWS's own, otherwise the region. */
  readonly where: string;
  readonly dates: AnswerDates;
  /** The caller's ARN if known; for the record, never for decisions. */
  readonly caller: () => Promise<string | undefined>;
}
export interface AssumedRole {
  readonly arn: string;
  /** What the role's trust policy may ask for; AWS does not treat it as a secret. */
  readonly externalId?: string | undefined;
}
export interface CloudOptions {
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
  readonly endpointUrl?: string | undefined;
  /** The role to work as, assumed with the credentials that are found otherwise. */
  readonly assumeRole?: AssumedRole | undefined;
  /** Used instead of the default credential chain: the sandbox accepts any. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}
