/** The whole state of one account's Secrets Manager at one moment, in all regions. Immutable; JSON for `--state`. */
import type { EpochSeconds } from "../../time.ts";

export type StoredValue = { readonly text: string } | { readonly base64: string };

export interface StoredVersion {
  /** The ClientRequestToken of the request that created it. */
  readonly id: string;
  readonly value: StoredValue;
  /** Sorted, as AWS returns them. A version without any is deprecated, and removed first when there are too many. */
  readonly stages: readonly string[];
  readonly createdAt: EpochSeconds;
  /** The day of the last read. */
  readonly accessedAt?: EpochSeconds;
}
export interface Tag {
  readonly key: string;
  readonly value: string;
}
export interface RotationSettings {
  readonly enabled: boolean;
  readonly lambdaArn?: string;
  readonly rules?: Readonly<Record<string, string | number>>;
  /** For a secret that another vendor's software rotates. */
  readonly external?: { readonly roleArn?: string; readonly metadata?: readonly Tag[] };
  readonly rotatedAt?: EpochSeconds;
}
export interface StoredReplica {
  readonly region: string;
  readonly kmsKeyId?: string;
  /** Replication failed, with this StatusMessage: there is no copy in that region. */
  readonly failure?: string;
  /** Kept out of sync by a test: it keeps its last value until it is released. */
  readonly stuck?: {
    readonly status: "Failed" | "InProgress";
    readonly message?: string;
    readonly versions: readonly StoredVersion[];
  };
}
export interface StoredSecret {
  readonly name: string;
  /** The primary's region. A replica's ARN differs only in the region. */
  readonly region: string;
  readonly arn: string;
  readonly description?: string;
  readonly kmsKeyId?: string;
  /** For a secret that another vendor's software rotates. */
  readonly type?: string;
  /** Undefined until the first tag; an emptied list stays an empty list (recorded from AWS). */
  readonly tags?: readonly Tag[];
  readonly createdAt: EpochSeconds;
  readonly changedAt: EpochSeconds;
  readonly accessedAt?: EpochSeconds;
  readonly deletion?: { readonly orderedAt: EpochSeconds; readonly goneAt: EpochSeconds };
  /** In the order of their creation. */
  readonly versions: readonly StoredVersion[];
  readonly rotation?: RotationSettings;
  readonly owningService?: string;
  /** JSON. */
  readonly policy?: string;
  readonly replicas: readonly StoredReplica[];
}

export interface SecretsState {
  /** By `keyOf`. */
  readonly secrets: ReadonlyMap<string, StoredSecret>;
}
export const EMPTY_SECRETS: SecretsState = { secrets: new Map() };

export const keyOf = (region: string, name: string): string => `${region}/${name}`;

/** What `--state` writes. */
export type SecretsRecord = readonly StoredSecret[];

export const recordOfSecrets = (state: SecretsState): SecretsRecord => [...state.secrets.values()];

export function secretsOfRecord(record: SecretsRecord): SecretsState {
  return { secrets: new Map(record.map((secret) => [keyOf(secret.region, secret.name), secret])) };
}
