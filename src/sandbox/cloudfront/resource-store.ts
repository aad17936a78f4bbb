/** What every part of the CloudFront model shares: the state, the clock, the ids and the limits of one account. */
import type { Clock, Random } from "../../seams/world.ts";
import type { EpochSeconds, Seconds } from "../../time.ts";
import { Timeline } from "../state/timeline.ts";
import { refuseCloudFront } from "./refusal.ts";
import type { CloudFrontState, FieldEncryptionProfile, StoredDistribution } from "./state.ts";

/** Default quotas (DG:cloudfront-limits). */
export interface CloudFrontQuotas {
  readonly publicKeys: number;
  readonly publicKeysPerGroup: number;
  readonly keyGroups: number;
  readonly keyGroupsPerBehavior: number;
  readonly distributionsPerKeyGroup: number;
  readonly aliasesPerDistribution: number;
  readonly invalidationPathsInProgress: number;
}
export const CLOUDFRONT_QUOTAS: CloudFrontQuotas = {
  publicKeys: 10,
  publicKeysPerGroup: 5,
  keyGroups: 10,
  keyGroupsPerBehavior: 4,
  distributionsPerKeyGroup: 100,
  aliasesPerDistribution: 100,
  invalidationPathsInProgress: 3000,
};

export interface ResourceStoreOptions {
  readonly clock: Pick<Clock, "now">;
  readonly random: Random;
  /** Twelve digits. */
  readonly accountId: string;
  readonly quotas: CloudFrontQuotas;
  /** Published vectors use a 1024-bit key; CloudFront accepts only 2048. */
  readonly allowAnyRsaSize: boolean;
  /** How long a change takes to reach the slowest edge location. */
  readonly deployTime: Seconds;
}

const ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

export class ResourceStore {
  readonly options: ResourceStoreOptions;
  readonly timeline: Timeline<CloudFrontState>;
  #settled: ReadonlySet<string> = new Set();
  /** Seeded but not saved, because no operation changes them. */
  fieldEncryptionProfiles: readonly FieldEncryptionProfile[] = [];
  /** Applied to each distribution that a read shows; writes never see it. */
  overlay: ((distribution: StoredDistribution) => StoredDistribution) | undefined;

  constructor(
    options: ResourceStoreOptions,
    initial: CloudFrontState,
    tell: (state: CloudFrontState, before: CloudFrontState) => void,
  ) {
    this.options = options;
    this.timeline = new Timeline(initial, options, tell);
  }

  get now(): EpochSeconds {
    return this.options.clock.now();
  }

  /** Whether a change has reached every edge location. `key` is the distribution's ETag, or the invalidation's id. */
  isDeployed(key: string, changedAt: EpochSeconds): boolean {
    return this.#settled.has(key) || this.now >= changedAt + this.options.deployTime;
  }

  /** Marks every change so far as deployed at every edge location, whatever the clock says. */
  settle(): void {
    const { distributions, invalidations } = this.latest;
    this.#settled = new Set([
      ...[...distributions.values()].map(({ etag }) => etag),
      ...invalidations.keys(),
    ]);
  }
  get latest(): CloudFrontState {
    return this.timeline.latest;
  }
  /** The state that one read returns; it may be stale. */
  get seen(): CloudFrontState {
    const state = this.timeline.seen();
    const { overlay } = this;
    if (overlay === undefined) return state;
    const shown = [...state.distributions].map(([id, each]) => [id, overlay(each)] as const);
    return { ...state, distributions: new Map(shown) };
  }
  change(part: Partial<CloudFrontState>): void {
    this.timeline.change(part);
  }

  /** `K3P2N9XAOU6Q1Y`: a letter for the kind, and thirteen more characters. */
  newId(kind: "K" | "E" | "I" | "D"): string {
    const letters = Array.from(
      this.options.random.bytes(13),
      (byte) => ID_ALPHABET[byte % ID_ALPHABET.length],
    );
    return kind + letters.join("");
  }
  newETag(): string {
    return this.newId("E");
  }
}

/** Refuses a write whose If-Match is missing or not an ETag (InvalidIfMatchVersion), or stale (PreconditionFailed). */
export function checkIfMatch(ifMatch: string | undefined, etag: string): void {
  if (ifMatch === undefined || !/^E[A-Z0-9]{12,13}$/.test(ifMatch)) refuseCloudFront("InvalidIfMatchVersion");
  if (ifMatch !== etag) refuseCloudFront("PreconditionFailed");
}

/** Comments and caller references: at most 128 characters (API Reference). */
export function checkLength(member: string, value: string, longest = 128): void {
  if (value.length > longest) refuseCloudFront("InvalidArgument", `The parameter ${member} is too long.`);
}

export function checkPresent(member: string, value: string): void {
  if (value === "") refuseCloudFront("InvalidArgument", `The parameter ${member} is required.`);
}
