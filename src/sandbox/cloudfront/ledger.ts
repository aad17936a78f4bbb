/** What every part of the CloudFront model writes in: the state, the clock, the ids and the limits of one account. */
import type { Clock, Random } from "../../seams.ts";
import type { EpochSeconds, Seconds } from "../../time.ts";
import { Timeline } from "../state/timeline.ts";
import type { FieldEncryptionProfile } from "./field-encryption-operations.ts";
import { refuse } from "./refusal.ts";
import type { CloudFrontState, StoredDistribution } from "./state.ts";

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

export interface LedgerOptions {
  readonly clock: Pick<Clock, "now">;
  readonly random: Random;
  /** Twelve digits. */
  readonly accountId: string;
  readonly quotas: CloudFrontQuotas;
  /** Published vectors use a 1024-bit key; CloudFront takes 2048 only. */
  readonly allowAnyRsaSize: boolean;
  /** How long a distribution stays InProgress after a change, and an invalidation after its creation. */
  readonly deployTime: Seconds;
}

const ID_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

export class Ledger {
  readonly options: LedgerOptions;
  readonly timeline: Timeline<CloudFrontState>;
  /** Seeded, and not saved: nothing of the sandbox changes them. */
  fieldEncryptionProfiles: readonly FieldEncryptionProfile[] = [];
  /** Laid over each distribution that a read is shown; writes never see it. */
  overlay: ((distribution: StoredDistribution) => StoredDistribution) | undefined;

  constructor(
    options: LedgerOptions,
    initial: CloudFrontState,
    tell: (state: CloudFrontState, before: CloudFrontState) => void,
  ) {
    this.options = options;
    this.timeline = new Timeline(initial, options, tell);
  }

  get now(): EpochSeconds {
    return this.options.clock.now();
  }
  get latest(): CloudFrontState {
    return this.timeline.latest;
  }
  /** For one read; it may be old. */
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

  /** `K3P2N9XAOU6Q1Y`: a letter that says the kind, and thirteen more. */
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

/** Refuses a write whose If-Match is missing or is no ETag (InvalidIfMatchVersion), or is stale (PreconditionFailed). */
export function checkIfMatch(ifMatch: string | undefined, etag: string): void {
  if (ifMatch === undefined || !/^E[A-Z0-9]{12,13}$/.test(ifMatch)) refuse("InvalidIfMatchVersion");
  if (ifMatch !== etag) refuse("PreconditionFailed");
}

/** Comments and caller references: at most 128 characters (API Reference). */
export function checkLength(member: string, value: string, longest = 128): void {
  if (value.length > longest) refuse("InvalidArgument", `The parameter ${member} is too long.`);
}

export function checkPresent(member: string, value: string): void {
  if (value === "") refuse("InvalidArgument", `The parameter ${member} is required.`);
}
