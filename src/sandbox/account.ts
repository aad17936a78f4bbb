/** One AWS account of the sandbox: both models behind one handler, the faults, and shortcuts for seeding. */
import type { LogAccess } from "../seams/logs.ts";
import type { Clock, Random } from "../seams/world.ts";
import type { Seconds } from "../time.ts";
import { cloudApi } from "./cloud-api.ts";
import { type DistributionSeed, distributionConfig } from "./cloudfront/distribution-seed.ts";
import { cloudFrontService } from "./cloudfront/handler.ts";
import { CloudFrontModel } from "./cloudfront/model.ts";
import type { CloudFrontQuotas } from "./cloudfront/resource-store.ts";
import type { CloudFrontState, StoredDistribution } from "./cloudfront/state.ts";
import { alarmsService } from "./engine/alarms.ts";
import { DeployedEngine } from "./engine/deployed-engine.ts";
import { functionsService } from "./engine/functions.ts";
import { machinesService } from "./engine/machines.ts";
import { schedulesService } from "./engine/schedules.ts";
import { topicsService } from "./engine/topics.ts";
import { FaultPlan } from "./faults.ts";
import { Athena } from "./logs/athena.ts";
import { LogDeliveries } from "./logs/deliveries.ts";
import { LogStore } from "./logs/log-store.ts";
import { s3Service } from "./logs/s3-wire.ts";
import { secretsService } from "./secrets/handler.ts";
import { SecretsModel } from "./secrets/model.ts";
import type { SecretsState } from "./secrets/state.ts";
import { stsService, type TrustedRole } from "./sts.ts";
import type { WireHandler } from "./wire.ts";

/** The APIs that describe a deployment. */
const ENGINE_SERVICES = [machinesService, functionsService, schedulesService, alarmsService, topicsService];

export interface AccountOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Twelve digits; 111111111111 by default. */
  readonly accountId?: string;
  /** Region of seeded secrets; default eu-west-1. A request goes to the region that it is signed for. */
  readonly region?: string;
  readonly quotas?: Partial<CloudFrontQuotas>;
  /** For test vectors whose RSA keys CloudFront would refuse. */
  readonly allowAnyRsaSize?: boolean;
  /** How long distributions and invalidations stay InProgress: until the change has reached the slowest edge location. */
  readonly deployTime?: Seconds;
  /** How long a secret's change takes to reach its replicas. */
  readonly replicationLag?: Seconds;
  readonly faults?: FaultPlan;
  /** The state of an earlier run. */
  readonly initial?: { readonly cloudFront?: CloudFrontState; readonly secrets?: SecretsState };
  /** The roles that may be assumed, by ARN; by default every one of the account, by anybody. */
  readonly roles?: Readonly<Record<string, TrustedRole>>;
  /** Called on every change; `saved` resolves when all changes so far are on the disk. */
  readonly save?: {
    readonly cloudFront: (state: CloudFrontState) => void;
    readonly secrets: (state: SecretsState) => void;
    readonly saved: () => Promise<void>;
  };
  readonly onBug?: (thrown: unknown) => void;
  /** The engine of its Athena; without one every query fails. */
  readonly logs?: Pick<LogAccess, "workspace">;
}

export interface Account {
  readonly accountId: string;
  readonly region: string;
  readonly cloudFront: CloudFrontModel;
  readonly secrets: SecretsModel;
  readonly faults: FaultPlan;
  readonly logDeliveries: LogDeliveries;
  readonly logStore: LogStore;
  readonly athena: Athena;
  /** What `keyturn unattended template` deploys. */
  readonly engine: DeployedEngine;
  /** All APIs. */
  readonly handler: WireHandler;
  /** Resolves once every change so far would survive the process. */
  readonly saved: () => Promise<void>;
  /** Fills in a distribution's default members. Throws CloudFrontRefusal. */
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
    quotas: options.quotas,
    allowAnyRsaSize: options.allowAnyRsaSize ?? false,
    deployTime: options.deployTime,
    initial: initial.cloudFront,
    changed: save?.cloudFront,
  });
  const secrets = new SecretsModel({
    clock,
    random,
    accountId,
    region,
    replicationLag: options.replicationLag ?? 0,
    initial: initial.secrets,
    changed: save?.secrets,
  });
  const logDeliveries = new LogDeliveries(accountId);
  const logStore = new LogStore({
    clock,
    accountId,
    deliveries: logDeliveries,
    distributions: () => cloudFront.published().distributions,
  });
  const athena = new Athena({ clock, random, store: logStore, logs: options.logs });
  const engine = new DeployedEngine({ clock, random, accountId, region });
  const handler = cloudApi({
    clock,
    random,
    cloudFront: cloudFrontService(cloudFront),
    secrets: secretsService(secrets.registry),
    sts: stsService({ clock, random, accountId, roles: options.roles }),
    others: [
      logDeliveries.service((id) => logStore.spanOf(id)),
      s3Service(logStore),
      athena.service(),
      ...ENGINE_SERVICES.map((service) => service(engine)),
    ],
    faults,
    saved,
    onBug: options.onBug,
  });
  return {
    accountId,
    region,
    cloudFront,
    secrets,
    faults,
    logDeliveries,
    logStore,
    athena,
    engine,
    handler,
    saved,
    createDistribution: (seed) =>
      cloudFront.distributions.create(distributionConfig(seed), seed.tags, seed.domainName),
  };
}
