/** What one consistent observation saw of the world, as values; `observe.ts` makes it. No key material in it. */
import type { Contradiction } from "../answer-dates.ts";
import type { KeyGroup } from "../seams.ts";
import type { EpochSeconds, Seconds } from "../time.ts";

export interface ObservedGroup extends KeyGroup {
  readonly etag: string;
}

/** A version of the gate's secret. */
export interface ObservedVersion {
  readonly versionId: string;
  readonly stages: readonly string[];
  readonly createdAt: EpochSeconds;
  /** Which key it holds; known for foreign versions made since the rotation opened. */
  readonly keyPairId?: string;
}

/** AWSCURRENT as a signer would use it. */
export interface CurrentVersion {
  readonly versionId: string;
  readonly createdAt: EpochSeconds;
  readonly fingerprint?: string;
  /** The id that signers put into cookies with it; absent when it is unreadable, unknown or another key's id. */
  readonly keyPairId?: string;
}

export interface ObservedKey {
  readonly id: string;
  readonly fingerprint: string;
  readonly name: string;
}

export interface Observed {
  /** By AWS's Dates: the first read of the secret was not sent before this, nor the last one answered after `at`. */
  readonly sentAt: EpochSeconds;
  readonly at: EpochSeconds;
  /** Answers whose Dates contradict each other, and by how much. */
  readonly contradiction?: Contradiction | undefined;
  /** How far this machine's clock is ahead of AWS's (negative: behind), where it is off. */
  readonly machineAhead?: Seconds | undefined;
  readonly groups: readonly ObservedGroup[];
  readonly current: CurrentVersion;
  /** With and without labels, as listed before AWSCURRENT was read. */
  readonly versions: readonly ObservedVersion[];
  readonly publicKeys: readonly ObservedKey[];
  /** Fingerprint of the rotation's draft, where there is one. */
  readonly draftFingerprint?: string;
  /** Secrets Manager's own rotation is switched on for the secret. */
  readonly managedRotation?: boolean;
  readonly replicasInSync: boolean;
  /** The gate's mark in Comments, from the secret's ARN. */
  readonly mark?: string;
  /** A replica that Secrets Manager gave up on, and why. */
  readonly failedReplica?: { readonly region: string; readonly reason: string };
  /** The key pair ID that the mint endpoint hands out, where it was asked and answered. */
  readonly mintedKeyPairId?: string;
}
