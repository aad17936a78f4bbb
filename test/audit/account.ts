/**
 * A healthy account in the sandbox, made with the AWS SDK, and the gate that describes it. A test can add faults before
 * or after.
 */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import {
  type CloudFrontClient,
  CreateDistributionCommand,
  CreateKeyGroupCommand,
  CreatePublicKeyCommand,
  type DistributionConfig,
} from "@aws-sdk/client-cloudfront";
import { CreateSecretCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { auditFindings, readAccountSnapshot } from "../../src/audit/audit.ts";
import { createThrottledPool } from "../../src/audit/throttled-pool.ts";
import type { Finding } from "../../src/finding.ts";
import type { Gate } from "../../src/gates/gate.ts";
import type { Account } from "../../src/sandbox/account.ts";
import type { EpochSeconds } from "../../src/time.ts";
import { inProcessAws } from "../fakes/in-process-aws.ts";
import type { ManualClock } from "../fakes/manual-clock.ts";
import { memoryWorld } from "../fakes/memory-world.ts";

const OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6";
const HEADER = "x-origin-verify";

/** Every account needs several P-256 pairs, so a few are generated once and shared. */
const PAIRS = Array.from({ length: 4 }, () => generateKeyPairSync("ec", { namedCurve: "prime256v1" }));
export const pair = (index: number) => PAIRS[index] as (typeof PAIRS)[number];
export const spki = (key: KeyObject) => key.export({ type: "spki", format: "pem" }) as string;
export const pkcs8 = (key: KeyObject) => key.export({ type: "pkcs8", format: "pem" }) as string;

export interface TestAccount {
  readonly account: Account;
  readonly clock: ManualClock;
  readonly cloudFront: CloudFrontClient;
  readonly secrets: SecretsManagerClient;
  readonly keyId: string;
  readonly groupId: string;
  readonly distributionId: string;
  readonly gate: Gate;
}

export interface Faults {
  /** Changes the distribution before it is created. */
  readonly config?: (config: DistributionConfig, ids: { keyId: string; groupId: string }) => void;
  /** Changes the content of the secret. */
  readonly secret?: (content: Record<string, unknown>) => unknown;
  readonly gate?: (gate: Gate) => Gate;
  /** Changes the account once it is complete. */
  readonly after?: (account: TestAccount) => Promise<unknown>;
  readonly otherGates?: (account: TestAccount) => readonly Gate[];
  readonly wholeAccount?: boolean;
}

export async function makeAccount(faults: Faults = {}): Promise<TestAccount> {
  const aws = inProcessAws();
  const { cloudFront, secrets } = aws;
  const keyId = await uploadKey(cloudFront, pair(0).publicKey, "web-2026");
  const groupId = await makeGroup(cloudFront, "web", [keyId]);
  const config = healthyConfig(groupId);
  faults.config?.(config, { keyId, groupId });
  const made = await cloudFront.send(new CreateDistributionCommand({ DistributionConfig: config }));
  const distributionId = made.Distribution?.Id ?? "";
  const content = { keyPairId: keyId, privateKey: pkcs8(pair(0).privateKey), issuer: "web" };
  const value = faults.secret === undefined ? content : faults.secret(content);
  await secrets.send(
    new CreateSecretCommand({
      Name: "web/signing-key",
      SecretString: typeof value === "string" ? value : JSON.stringify(value),
      AddReplicaRegions: [{ Region: "us-west-2" }],
    }),
  );
  const gate = healthyGate(distributionId, groupId);
  const account: TestAccount = {
    ...aws,
    keyId,
    groupId,
    distributionId,
    gate: faults.gate === undefined ? gate : faults.gate(gate),
  };
  // Two hours later, when nothing counts as still being set up.
  await aws.clock.advance(7200);
  await faults.after?.(account);
  return account;
}

export async function auditOf(account: TestAccount, faults: Faults = {}): Promise<Finding[]> {
  const world = memoryWorld({ cloud: account.account.handler, clock: account.clock });
  const cloud = await world.cloud({});
  const work = readAccountSnapshot(
    {
      gates: [account.gate],
      allGates: [account.gate, ...(faults.otherGates?.(account) ?? [])],
      wholeAccount: faults.wholeAccount ?? true,
    },
    cloud.controlPlane,
    async (gate, region = gate.region) =>
      (region === undefined ? cloud : await world.cloud({ region })).vault,
    createThrottledPool(world),
  );
  return auditFindings(await account.clock.run(work));
}

export async function uploadKey(cloudFront: CloudFrontClient, key: KeyObject, name: string): Promise<string> {
  const { PublicKey } = await cloudFront.send(
    new CreatePublicKeyCommand({
      PublicKeyConfig: { CallerReference: name, Name: name, EncodedKey: spki(key) },
    }),
  );
  return PublicKey?.Id ?? "";
}

export async function makeGroup(
  cloudFront: CloudFrontClient,
  name: string,
  items: string[],
): Promise<string> {
  const { KeyGroup } = await cloudFront.send(
    new CreateKeyGroupCommand({ KeyGroupConfig: { Name: name, Items: items } }),
  );
  return KeyGroup?.Id ?? "";
}

type Behavior = NonNullable<DistributionConfig["DefaultCacheBehavior"]>;
export const trusting = (...ids: string[]): Pick<Behavior, "TrustedKeyGroups"> => ({
  TrustedKeyGroups: { Enabled: ids.length > 0, Quantity: ids.length, ...(ids.length > 0 && { Items: ids }) },
});

export function healthyConfig(groupId: string): DistributionConfig {
  const behavior = (origin: string) => ({
    TargetOriginId: origin,
    ViewerProtocolPolicy: "redirect-to-https" as const,
    CachePolicyId: OPTIMIZED,
    Compress: false,
  });
  const all = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"] as const;
  return {
    CallerReference: "web",
    Comment: "web",
    Enabled: true,
    IsIPV6Enabled: true,
    Aliases: { Quantity: 1, Items: ["cdn.example.com"] },
    ViewerCertificate: {
      ACMCertificateArn:
        "arn:aws:acm:us-east-1:111111111111:certificate/00000000-0000-4000-8000-000000000000",
      SSLSupportMethod: "sni-only",
      MinimumProtocolVersion: "TLSv1.2_2021",
    },
    Origins: {
      Quantity: 2,
      Items: [
        {
          Id: "files",
          DomainName: "files.s3.eu-west-1.amazonaws.com",
          OriginAccessControlId: "E1OAC00000000",
          S3OriginConfig: { OriginAccessIdentity: "" },
        },
        {
          Id: "application",
          DomainName: "origin.example.com",
          CustomHeaders: { Quantity: 1, Items: [{ HeaderName: "X-Origin-Verify", HeaderValue: "secret" }] },
          CustomOriginConfig: { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: "https-only" },
        },
      ],
    },
    CacheBehaviors: {
      Quantity: 2,
      Items: [
        { PathPattern: "/private/*", ...behavior("files"), ...trusting(groupId) },
        {
          PathPattern: "/api/*",
          ...behavior("application"),
          ...trusting(groupId),
          AllowedMethods: { Quantity: all.length, Items: [...all] },
        },
      ],
    },
    DefaultCacheBehavior: behavior("files"),
    Logging: { Enabled: true, IncludeCookies: false, Bucket: "logs.s3.amazonaws.com", Prefix: "" },
  };
}

export function healthyGate(distributionId: string, groupId: string): Gate {
  const route = { methods: ["GET"], safeMethods: [] };
  return {
    name: "web",
    account: "111111111111",
    distributions: [distributionId],
    keyGroups: [groupId],
    secret: {
      id: "web/signing-key",
      format: "json",
      fields: { privateKey: "privateKey", keyPairId: "keyPairId" },
    },
    signer: { hash: "SHA256", cacheTtl: 300, keyPairId: "in-secret", regions: ["us-west-2"] },
    cookie: {
      resource: "https://cdn.example.com/*",
      domain: "example.com",
      path: "/",
      sameSite: "Lax",
      partitioned: false,
      ttl: 3600,
      maxTtl: 3600,
    },
    cookieProfiles: {},
    origin: { verificationHeader: HEADER },
    canaries: { [distributionId]: "https://cdn.example.com/private/keyturn-canary" },
    routes: [
      { ...route, pattern: "/private/*", layers: ["edge"], sample: "/private/film.mp4" },
      {
        ...route,
        pattern: "/api/*",
        methods: ["GET", "POST"],
        layers: ["edge", "application"],
        sample: "/api/me",
      },
      { ...route, pattern: "/public/*", layers: [], sample: "/public/a" },
    ],
    ownership: "none",
    maxKeyAge: 90 * 86_400,
    rotation: { settle: 900, skew: 60, triples: 5 },
  };
}

export const DAY: EpochSeconds = 86_400;
