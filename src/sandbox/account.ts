/** One AWS account of the sandbox: both models, their door, the faults, and short ways to put things in. */
import type { Clock, Random } from "../seams.ts";
import type { Seconds } from "../time.ts";
import { cloudApi } from "./cloud-api.ts";
import { type DistributionSeed, distributionConfig } from "./cloudfront/distribution-seed.ts";
import { cloudFrontService } from "./cloudfront/handler.ts";
import type { CloudFrontQuotas } from "./cloudfront/ledger.ts";
import { CloudFrontModel } from "./cloudfront/model.ts";
import type { CloudFrontState, StoredDistribution } from "./cloudfront/state.ts";
import { FaultPlan } from "./faults.ts";
import { secretsService } from "./secrets/handler.ts";
import { SecretsModel } from "./secrets/model.ts";
import type { SecretsState } from "./secrets/state.ts";
import type { WireHandler } from "./wire.ts";

export interface AccountOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Twelve digits; 111111111111 unless told. */
  readonly accountId?: string;
  /** Where seeded secrets live; requests go to the region that they are signed for. eu-west-1 unless told. */
  readonly region?: string;
  readonly quotas?: Partial<CloudFrontQuotas>;
  /** For vectors with other RSA keys than CloudFront takes. */
  readonly allowAnyRsaSize?: boolean;
  /** How long distributions and invalidations stay InProgress: until the slowest edge location has learned. */
  readonly deployTime?: Seconds;
  /** How long a change of a secret takes to its replicas. */
  readonly replicationLag?: Seconds;
  readonly faults?: FaultPlan;
  /** What an earlier run left. */
  readonly initial?: { readonly cloudFront?: CloudFrontState; readonly secrets?: SecretsState };
  /** Told of every change; `saved` resolves when all that was told is safe. */
  readonly save?: {
    readonly cloudFront: (state: CloudFrontState) => void;
    readonly secrets: (state: SecretsState) => void;
    readonly saved: () => Promise<void>;
  };
  readonly onBug?: (thrown: unknown) => void;
}

export interface Account {
  readonly accountId: string;
  readonly region: string;
  readonly cloudFront: CloudFrontModel;
  readonly secrets: SecretsModel;
  readonly faults: FaultPlan;
  /** Both APIs. */
  readonly handler: WireHandler;
  /** Resolves once everything that has changed so far would outlive the process. */
  readonly saved: () => Promise<void>;
  /** Fills a distribution's many members in. Throws CloudFrontRefusal. */
  readonly createDistribution: (seed: DistributionSeed) => StoredDistribution;
}

export function createAccount(options: AccountOptions): Account {
  const { clock, random, save, initial = {}, accountId = "111111111111", region = "eu-west-1" } = options;
  const faults = options.faults ?? new FaultPlan();
  const saved = save?.saved ?? (async () => {});
  const cloudFront = new CloudFrontModel({
    clock,
    random,
    accountId,
    ...(options.quotas === undefined ? {} : { quotas: options.quotas }),
    allowAnyRsaSize: options.allowAnyRsaSize ?? false,
    ...(options.deployTime === undefined ? {} : { deployTime: options.deployTime }),
    ...(initial.cloudFront === undefined ? {} : { initial: initial.cloudFront }),
    ...(save === undefined ? {} : { changed: save.cloudFront }),
  });
  const secrets = new SecretsModel({
    clock,
    random,
    accountId,
    region,
    replicationLag: options.replicationLag ?? 0,
    ...(initial.secrets === undefined ? {} : { initial: initial.secrets }),
    ...(save === undefined ? {} : { changed: save.secrets }),
  });
  const handler = cloudApi({
    clock,
    random,
    cloudFront: cloudFrontService(cloudFront),
    secrets: secretsService(secrets.registry),
    faults,
    saved,
    ...(options.onBug === undefined ? {} : { onBug: options.onBug }),
  });
  return {
    accountId,
    region,
    cloudFront,
    secrets,
    faults,
    handler,
    saved,
    createDistribution: (seed) =>
      cloudFront.distributions.create(distributionConfig(seed), seed.tags, seed.domainName),
  };
}
