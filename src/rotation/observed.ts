/** One consistent observation of the world, as values, made by `observe.ts`. Holds no key material. */
import type { DateContradiction } from "../answer-dates.ts";
import type { KeyGroup } from "../seams/cloud.ts";
import type { EpochSeconds, Seconds } from "../time.ts";

export interface ObservedGroup extends KeyGroup {
  readonly etag: string;
}

/** A version of the gate's secret. */
export interface ObservedVersion {
  readonly versionId: string;
  readonly stages: readonly string[];
  readonly createdAt: EpochSeconds;
  /** The key that it holds; known for foreign versions created since the rotation opened. */
  readonly keyPairId?: string;
}

/** AWSCURRENT as a signer would use it. */
export interface CurrentVersion {
  readonly versionId: string;
  readonly createdAt: EpochSeconds;
  readonly fingerprint?: string;
  /** The id that signers put into cookies with it; absent if unreadable, unknown or another key's. */
  readonly keyPairId?: string;
}

export interface ObservedKey {
  readonly id: string;
  readonly fingerprint: string;
  readonly name: string;
}

export interface Observed {
  /** By AWS's Dates: the first read of the secret was sent no earlier, and the last one answered no later than `at`. */
  readonly sentAt: EpochSeconds;
  readonly at: EpochSeconds;
  /** Responses whose Dates contradict each other, and by how much. */
  readonly contradiction?: DateContradiction | undefined;
  /** How far this machine's clock is ahead of AWS's (negative: behind); absent if it is right. */
  readonly machineAhead?: Seconds | undefined;
  readonly groups: readonly ObservedGroup[];
  readonly current: CurrentVersion;
  /** With and without labels, as listed before AWSCURRENT was read. */
  readonly versions: readonly ObservedVersion[];
  readonly publicKeys: readonly ObservedKey[];
  /** Fingerprint of the rotation's draft, if there is one. */
  readonly draftFingerprint?: string;
  /** Secrets Manager's managed rotation is on for the secret. */
  readonly managedRotation?: boolean;
  readonly replicasInSync: boolean;
  /** The gate's mark in Comments, from the secret's ARN. */
  readonly mark?: string;
  /** A replica that Secrets Manager failed to update, and why. */
  readonly failedReplica?: { readonly region: string; readonly reason: string };
  /** The key pair ID that the mint endpoint returns, if it was asked and answered. */
  readonly mintedKeyPairId?: string;
}
