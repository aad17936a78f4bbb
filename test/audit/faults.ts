/** One fault per finding: a change to the healthy account, and the only finding that the audit must have. */
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import {
  CreateCachePolicyCommand,
  CreateDistributionCommand,
  type DistributionConfig,
  GetDistributionCommand,
  GetKeyGroupCommand,
  UpdateDistributionCommand,
  UpdateKeyGroupCommand,
} from "@aws-sdk/client-cloudfront";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  RemoveRegionsFromReplicationCommand,
  RotateSecretCommand,
} from "@aws-sdk/client-secrets-manager";
import type { RotationRecord } from "../../src/rotation/record.ts";
import { renderRecord } from "../../src/rotation/record-json.ts";
import { settingsOf } from "../../src/rotation/settings.ts";
import {
  DAY,
  type Faults,
  healthyConfig,
  makeGroup,
  pair,
  pkcs8,
  type TestAccount,
  trusting,
  uploadKey,
} from "./account.ts";

export interface Fault extends Faults {
  /** The finding that the audit must have. */
  readonly id: string;
  readonly name: string;
}

/** AWS also accepts an ARN without the six characters at its end. */
const REPLICA_ARN = "arn:aws:secretsmanager:us-west-2:111111111111:secret:web/signing-key";
const ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3";
type Item = NonNullable<NonNullable<DistributionConfig["CacheBehaviors"]>["Items"]>[number];

export const behavior = (config: DistributionConfig, pattern: string): Item =>
  config.CacheBehaviors?.Items?.find(({ PathPattern }) => PathPattern === pattern) as Item;
export function insertBefore(config: DistributionConfig, item: Item): void {
  config.CacheBehaviors?.Items?.unshift(item);
  if (config.CacheBehaviors) config.CacheBehaviors.Quantity = config.CacheBehaviors.Items?.length;
}
function origin(config: DistributionConfig, id: string) {
  const found = config.Origins?.Items?.find((each) => each.Id === id);
  if (found === undefined) throw new Error(`no origin ${id}`);
  return found;
}

async function setGroup({ cloudFront, groupId }: TestAccount, items: string[]): Promise<void> {
  const { ETag, KeyGroup } = await cloudFront.send(new GetKeyGroupCommand({ Id: groupId }));
  await cloudFront.send(
    new UpdateKeyGroupCommand({
      Id: groupId,
      IfMatch: ETag,
      KeyGroupConfig: { Name: KeyGroup?.KeyGroupConfig?.Name, Items: items },
    }),
  );
}

export async function editDistribution(
  { cloudFront, distributionId }: TestAccount,
  edit: (config: DistributionConfig) => void,
): Promise<void> {
  const { ETag, Distribution } = await cloudFront.send(new GetDistributionCommand({ Id: distributionId }));
  const config = Distribution?.DistributionConfig as DistributionConfig;
  edit(config);
  await cloudFront.send(
    new UpdateDistributionCommand({ Id: distributionId, IfMatch: ETag, DistributionConfig: config }),
  );
}

export async function secondDistribution({ cloudFront }: TestAccount, ...groups: string[]): Promise<string> {
  const config = healthyConfig(groups[0] as string);
  const { Distribution } = await cloudFront.send(
    new CreateDistributionCommand({
      DistributionConfig: {
        ...config,
        CallerReference: "second",
        Aliases: { Quantity: 1, Items: ["second.example.com"] },
      },
    }),
  );
  return Distribution?.Id ?? "";
}

export async function partnerGroup({ cloudFront }: TestAccount): Promise<string> {
  const key = await uploadKey(cloudFront, pair(1).publicKey, "partner");
  return await makeGroup(cloudFront, "partner", [key]);
}

const makeRecord = (account: TestAccount, change: Partial<RotationRecord>): string =>
  renderRecord({
    version: 1,
    gate: "web",
    rotation: "20261101-abc123",
    goal: "forward",
    mode: "normal",
    epoch: 1,
    openedEpoch: 1,
    openedAt: account.clock.now() - 600,
    startedBy: { caller: "arn:aws:iam::111111111111:user/anna" },
    old: { keyPairId: account.keyId, fingerprint: "SHA256:x", versionId: "v1" },
    groups: [account.groupId],
    distributions: [account.distributionId],
    proofs: {},
    repairs: [],
    settings: settingsOf(account.gate, "ecdsa-p256"),
    ...change,
  });

export async function putRecord(account: TestAccount, change: Partial<RotationRecord> = {}): Promise<void> {
  await account.secrets.send(
    new CreateSecretCommand({ Name: "web/signing-key.keyturn", SecretString: makeRecord(account, change) }),
  );
}

const finishedAt = (account: TestAccount, ago: number): Partial<RotationRecord> => ({
  openedAt: account.clock.now() - ago - 600,
  finished: { at: account.clock.now() - ago, outcome: "rotated" },
});

const without = (content: Record<string, unknown>, field: string) =>
  Object.fromEntries(Object.entries(content).filter(([name]) => name !== field));

export const FAULTS: readonly Fault[] = [
  {
    id: "route-unprotected",
    name: "the protected behavior trusts no key group",
    config: (config) => Object.assign(behavior(config, "/api/*"), trusting()),
  },
  {
    id: "route-shadowed",
    name: "a public behavior precedes the protected one",
    config: (config) =>
      insertBefore(config, {
        ...behavior(config, "/private/*"),
        ...trusting(),
        PathPattern: "/private/thumbs/*",
      }),
  },
  {
    id: "route-partly-covered",
    name: "the protected behavior is narrower than the route",
    config: (config) => Object.assign(behavior(config, "/private/*"), { PathPattern: "/private/[a-z]*" }),
    gate: (gate) => ({
      ...gate,
      routes: gate.routes.map((route) =>
        route.pattern === "/private/*" ? { ...route, sample: "/private/[a-z]1" } : route,
      ),
      canaries: Object.fromEntries(
        gate.distributions.map((id) => [id, "https://cdn.example.com/private/[a-z]canary"]),
      ),
    }),
  },
  {
    id: "foreign-key-group-trusted",
    name: "a behavior trusts another group as well",
    after: async (account) => {
      const other = await partnerGroup(account);
      await editDistribution(account, (config) =>
        Object.assign(behavior(config, "/private/*"), trusting(account.groupId, other)),
      );
    },
  },
  {
    id: "foreign-key-group-trusted",
    name: "part of a route trusts only another group, which no gate declares",
    config: (config) =>
      insertBefore(config, { ...behavior(config, "/private/*"), PathPattern: "/private/partner/*" }),
    after: async (account) => {
      const other = await partnerGroup(account);
      await editDistribution(account, (config) =>
        Object.assign(behavior(config, "/private/partner/*"), trusting(other)),
      );
    },
  },
  {
    id: "route-of-other-key-group",
    name: "a route trusts only another group",
    after: async (account) => {
      const other = await partnerGroup(account);
      await editDistribution(account, (config) => Object.assign(behavior(config, "/api/*"), trusting(other)));
    },
  },
  {
    id: "http-allowed",
    name: "a behavior of the gate's group answers plain HTTP, and no route is declared for it",
    config: (config, { groupId }) =>
      insertBefore(config, {
        ...behavior(config, "/private/*"),
        ...trusting(groupId),
        PathPattern: "/downloads/*",
        ViewerProtocolPolicy: "allow-all",
      }),
  },
  {
    id: "trusted-signers",
    name: "a behavior accepts account key pairs",
    config: (config) =>
      Object.assign(behavior(config, "/api/*"), {
        TrustedSigners: { Enabled: true, Quantity: 1, Items: ["self"] },
      }),
  },
  {
    id: "http-allowed",
    name: "a protected behavior answers plain HTTP",
    config: (config) => Object.assign(behavior(config, "/api/*"), { ViewerProtocolPolicy: "allow-all" }),
  },
  {
    id: "method-not-allowed",
    name: "POST is declared and refused",
    config: (config) =>
      Object.assign(behavior(config, "/api/*"), { AllowedMethods: { Quantity: 2, Items: ["GET", "HEAD"] } }),
  },
  {
    id: "error-page-masks-denial",
    name: "403 becomes a login page",
    config: (config) =>
      Object.assign(config, {
        CustomErrorResponses: {
          Quantity: 1,
          Items: [{ ErrorCode: 403, ResponsePagePath: "/login.html", ResponseCode: "200" }],
        },
      }),
  },
  {
    id: "key-kind-unusable",
    name: "the secret holds P-384",
    secret: (content) => ({
      ...without(content, "keyPairId"),
      privateKey: pkcs8(generateKeyPairSync("ec", { namedCurve: "secp384r1" }).privateKey),
    }),
  },
  {
    id: "key-pair-id-unknown",
    name: "the secret names a key that the account does not have",
    secret: (content) => ({ ...content, keyPairId: "K00000000000AA" }),
  },
  {
    id: "key-pair-id-missing",
    name: "the secret names no key",
    secret: (content) => without(content, "keyPairId"),
  },
  {
    id: "key-mismatch",
    name: "the secret holds another key's private half",
    secret: (content) => ({ ...content, privateKey: pkcs8(pair(1).privateKey) }),
  },
  {
    id: "key-mismatch",
    name: "the secret holds another key's private half, and the group trusts both keys",
    secret: (content) => ({ ...content, privateKey: pkcs8(pair(1).privateKey) }),
    after: async (account) => {
      const key = await uploadKey(account.cloudFront, pair(1).publicKey, "web-2027");
      await setGroup(account, [account.keyId, key]);
    },
  },
  {
    id: "key-not-trusted",
    name: "the group holds another key than the secret",
    after: async (account) => {
      const key = await uploadKey(account.cloudFront, pair(1).publicKey, "web-2027");
      await setGroup(account, [key]);
    },
  },
  {
    id: "key-left-in-group",
    name: "an older key is still trusted",
    after: async (account) => {
      const key = await uploadKey(account.cloudFront, pair(1).publicKey, "web-2025");
      await setGroup(account, [account.keyId, key]);
    },
  },
  {
    id: "key-in-several-gates",
    name: "another gate's group holds the same key",
    after: async (account) => {
      const other = await makeGroup(account.cloudFront, "shop", [account.keyId]);
      Object.assign(account, { other });
    },
    otherGates: (account) => [
      {
        ...account.gate,
        name: "shop",
        distributions: [],
        keyGroups: [(account as TestAccount & { other: string }).other],
        secret: { ...account.gate.secret, id: "shop/signing-key" },
      },
    ],
  },
  { id: "key-too-old", name: "the key is 91 days old", after: ({ clock }) => clock.advance(91 * DAY) },
  {
    id: "secret-missing",
    name: "the secret has another name",
    gate: (gate) => ({ ...gate, secret: { ...gate.secret, id: "web/other-key" } }),
  },
  {
    id: "secret-being-deleted",
    name: "the secret is scheduled for deletion",
    after: async ({ secrets }) => {
      const SecretId = "web/signing-key";
      await secrets.send(
        new RemoveRegionsFromReplicationCommand({ SecretId, RemoveReplicaRegions: ["us-west-2"] }),
      );
      await secrets.send(new DeleteSecretCommand({ SecretId, RecoveryWindowInDays: 7 }));
    },
  },
  { id: "secret-unreadable", name: "the secret is not JSON", secret: () => "-----BEGIN nothing" },
  {
    id: "private-key-mangled",
    name: "the private key's line breaks are the characters \\ and n",
    secret: (content) => ({ ...content, privateKey: String(content.privateKey).replaceAll("\n", "\\n") }),
  },
  {
    id: "secret-form",
    name: "the secret has the same member twice",
    secret: (content) => JSON.stringify(content).replace("{", '{"issuer":"old",'),
  },
  {
    id: "secret-field-stale",
    name: "a field of the secret repeats the public key in a form that cannot be rewritten",
    secret: (content) => ({ ...content, note: repeatedIn(String(content.privateKey)) }),
  },
  {
    id: "rotation-open",
    name: "a rotation has been open for a month",
    after: (account) => putRecord(account, { openedAt: account.clock.now() - 30 * DAY }),
  },
  {
    id: "record-unreadable",
    name: "the record was written by another program",
    after: ({ secrets }) =>
      secrets.send(new CreateSecretCommand({ Name: "web/signing-key.keyturn", SecretString: "{}" })),
  },
  {
    id: "rotation-record-lost",
    name: "a rotation was open when its record was deleted",
    after: ({ secrets }) =>
      secrets.send(
        new PutSecretValueCommand({
          SecretId: "web/signing-key",
          SecretString: "{}",
          ClientRequestToken: "keyturn-20270101-abc123-e0001-new",
          VersionStages: ["keyturn-new"],
        }),
      ),
  },
  {
    id: "rotation-labels-left",
    name: "a label of a finished rotation is left",
    after: ({ secrets }) =>
      secrets.send(
        new PutSecretValueCommand({
          SecretId: "web/signing-key",
          SecretString: "{}",
          VersionStages: ["keyturn-new"],
        }),
      ),
  },
  {
    id: "secret-written-by-hand",
    name: "somebody wrote the secret after the last rotation",
    after: async (account) => {
      await putRecord(account, finishedAt(account, 3600));
      await account.secrets.send(
        new PutSecretValueCommand({
          SecretId: "web/signing-key",
          SecretString: JSON.stringify({
            keyPairId: account.keyId,
            privateKey: pkcs8(pair(0).privateKey),
            by: "hand",
          }),
        }),
      );
    },
  },
  {
    id: "secret-in-several-gates",
    name: "another gate declares the same secret",
    otherGates: (account) => [{ ...account.gate, name: "shop", distributions: [], keyGroups: [] }],
  },
  {
    id: "secret-in-several-gates",
    name: "another gate declares the same secret by its ARN",
    otherGates: ({ gate }) => {
      const id = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:web/signing-key-a1B2c3";
      return [{ ...gate, name: "shop", distributions: [], keyGroups: [], secret: { ...gate.secret, id } }];
    },
  },
  {
    id: "account-differs",
    name: "the gate is in another account",
    gate: (gate) => ({ ...gate, account: "222222222222" }),
  },
  {
    id: "distribution-missing",
    name: "a distribution of the gate does not exist",
    gate: (gate) => ({ ...gate, distributions: [...gate.distributions, "E0000000000000"] }),
  },
  {
    id: "key-group-missing",
    name: "a key group of the gate does not exist",
    gate: (gate) => ({ ...gate, keyGroups: [...gate.keyGroups, "00000000-0000-4000-8000-000000000000"] }),
  },
  {
    id: "key-group-not-attached",
    name: "a second key group of the gate protects nothing",
    after: async (account) => {
      const second = await makeGroup(account.cloudFront, "second", [account.keyId]);
      Object.assign(account.gate.keyGroups, [...account.gate.keyGroups, second]);
    },
  },
  {
    id: "key-group-used-outside",
    name: "a distribution outside the gate trusts the group",
    after: (account) => secondDistribution(account, account.groupId),
  },
  {
    id: "distribution-disabled",
    name: "the distribution is disabled",
    config: (config) => Object.assign(config, { Enabled: false }),
  },
  {
    id: "cookie-host-foreign",
    name: "the Resource has the distribution's own domain name, but viewers use the alias",
    gate: (gate) => ({
      ...gate,
      cookie: { ...gate.cookie, resource: "https://d111111abcdef8.cloudfront.net/*" },
    }),
  },
  {
    id: "cookie-domain-foreign",
    name: "the cookies' Domain is another site",
    gate: (gate) => ({ ...gate, cookie: { ...gate.cookie, domain: "example.org" } }),
  },
  {
    id: "cookie-domain-refused",
    name: "the cookies' Domain is cloudfront.net",
    config: (config) => Object.assign(config, { Aliases: { Quantity: 0 } }),
    gate: (gate) => ({
      ...gate,
      cookie: { ...gate.cookie, resource: "https://*/*", domain: "cloudfront.net" },
      canaries: {},
    }),
  },
  {
    id: "cookies-miss-route",
    name: "the Resource covers one of two protected routes",
    gate: (gate) => ({ ...gate, cookie: { ...gate.cookie, resource: "https://cdn.example.com/private/*" } }),
  },
  {
    id: "tenants-share-key",
    name: "tenants share a distribution, and the Resource names none",
    config: (config) => {
      Object.assign(config, { ConnectionMode: "tenant-only" });
    },
    gate: (gate) => ({ ...gate, cookie: { ...gate.cookie, resource: "https://*/*" }, canaries: {} }),
  },
  {
    id: "canary-host-foreign",
    name: "the distribution no longer has the alternate domain name",
    config: (config) => Object.assign(config, { Aliases: { Quantity: 1, Items: ["www.example.com"] } }),
  },
  {
    id: "canary-unprotected",
    name: "the canary is public",
    gate: (gate) => ({
      ...gate,
      canaries: Object.fromEntries(gate.distributions.map((id) => [id, "https://cdn.example.com/public/x"])),
    }),
  },
  {
    id: "ttl-over-max",
    name: "cookies live longer than a rotation waits",
    gate: (gate) => ({ ...gate, cookie: { ...gate.cookie, ttl: 3601 } }),
  },
  {
    id: "sha1-signatures",
    name: "the gate signs with SHA-1",
    gate: (gate) => ({ ...gate, signer: { ...gate.signer, hash: "SHA1" } }),
  },
  {
    id: "cookies-forwarded",
    name: "the origin request policy forwards all cookies",
    config: (config) => Object.assign(behavior(config, "/api/*"), { OriginRequestPolicyId: ALL_VIEWER }),
  },
  {
    id: "authorization-forwarded",
    name: "the cache policy forwards Authorization to a bucket with OAC",
    after: async (account) => {
      const { CachePolicy } = await account.cloudFront.send(
        new CreateCachePolicyCommand({
          CachePolicyConfig: {
            Name: "with-authorization",
            MinTTL: 1,
            ParametersInCacheKeyAndForwardedToOrigin: {
              EnableAcceptEncodingGzip: true,
              HeadersConfig: {
                HeaderBehavior: "whitelist",
                Headers: { Quantity: 1, Items: ["Authorization"] },
              },
              CookiesConfig: { CookieBehavior: "none" },
              QueryStringsConfig: { QueryStringBehavior: "none" },
            },
          },
        }),
      );
      await editDistribution(account, (config) =>
        Object.assign(behavior(config, "/private/*"), { CachePolicyId: CachePolicy?.Id }),
      );
    },
  },
  {
    id: "cookies-in-cache-key",
    name: "the cache policy names a signed cookie",
    after: async (account) => {
      const { CachePolicy } = await account.cloudFront.send(
        new CreateCachePolicyCommand({
          CachePolicyConfig: {
            Name: "by-viewer",
            MinTTL: 0,
            ParametersInCacheKeyAndForwardedToOrigin: {
              EnableAcceptEncodingGzip: true,
              HeadersConfig: { HeaderBehavior: "none" },
              CookiesConfig: {
                CookieBehavior: "whitelist",
                Cookies: { Quantity: 2, Items: ["theme", "CloudFront-Signature"] },
              },
              QueryStringsConfig: { QueryStringBehavior: "none" },
            },
          },
        }),
      );
      await editDistribution(account, (config) =>
        Object.assign(behavior(config, "/private/*"), { CachePolicyId: CachePolicy?.Id }),
      );
    },
  },
  {
    id: "signing-query-forwarded",
    name: "all query strings are in the cache key of signed URLs",
    config: (config) => {
      const item = behavior(config, "/private/*");
      delete item.CachePolicyId;
      item.ForwardedValues = { QueryString: true, Cookies: { Forward: "none" } };
    },
    gate: (gate) => ({ ...gate, signedUrls: { maxTtl: 600 } }),
  },
  {
    id: "origin-open",
    name: "CloudFront does not send the verification header",
    config: (config) => Object.assign(origin(config, "application"), { CustomHeaders: { Quantity: 0 } }),
  },
  {
    id: "verification-header-in-clear",
    name: "the verification header is sent over plain HTTP",
    config: (config) =>
      Object.assign(origin(config, "application").CustomOriginConfig ?? {}, {
        OriginProtocolPolicy: "http-only",
      }),
  },
  {
    id: "access-logs-absent",
    name: "logging is off",
    config: (config) =>
      Object.assign(config, { Logging: { Enabled: false, IncludeCookies: false, Bucket: "", Prefix: "" } }),
  },
  {
    id: "logs-hold-cookies",
    name: "logs hold cookies",
    config: (config) => Object.assign(config.Logging ?? {}, { IncludeCookies: true }),
  },
  {
    id: "cookie-logging-off",
    name: "a rotation is due, and logs hold no cookies",
    gate: (gate) => ({ ...gate, maxKeyAge: 86_400 }),
  },
  {
    id: "ipv6-with-ip-policy",
    name: "a profile binds an address, and IPv6 is on",
    gate: (gate) => ({ ...gate, cookieProfiles: { office: { ip: "192.0.2.0/24" } } }),
  },
  {
    id: "public-key-unused",
    name: "a public key is in no group",
    after: async ({ cloudFront, clock }) => {
      await uploadKey(cloudFront, pair(1).publicKey, "orphan");
      await clock.advance(3601);
    },
  },
  {
    id: "key-group-unused",
    name: "a key group is attached to nothing",
    after: async ({ cloudFront }) => {
      const key = await uploadKey(cloudFront, pair(1).publicKey, "old-shop");
      await makeGroup(cloudFront, "old-shop", [key]);
    },
  },
  {
    id: "key-quota",
    name: "nine public keys",
    after: async ({ cloudFront }) => {
      for (let index = 0; index < 8; index += 1) {
        const { publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
        await uploadKey(cloudFront, publicKey, `spare-${index}`);
      }
    },
  },
  {
    id: "key-group-full",
    name: "five keys in the gate's group",
    after: async (account) => {
      const items = [account.keyId];
      for (let index = 0; index < 4; index += 1) {
        const { publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
        items.push(await uploadKey(account.cloudFront, publicKey, `older-${index}`));
      }
      await setGroup(account, items);
    },
  },
  {
    id: "key-group-quota",
    name: "nine key groups",
    after: async (account) => {
      const key = await uploadKey(account.cloudFront, pair(1).publicKey, "shared");
      const groups: string[] = [];
      for (let index = 0; index < 8; index += 1) {
        groups.push(await makeGroup(account.cloudFront, `team-${index}`, [key]));
      }
      Object.assign(account, { groups });
    },
    otherGates: (account) => [
      {
        ...account.gate,
        name: "teams",
        distributions: [],
        keyGroups: (account as TestAccount & { groups: string[] }).groups,
        secret: { ...account.gate.secret, id: "teams/signing-key" },
      },
    ],
  },
  {
    id: "gate-undeclared",
    name: "a protected distribution that no gate declares",
    after: async (account) => {
      const key = await uploadKey(account.cloudFront, pair(1).publicKey, "forgotten");
      const group = await makeGroup(account.cloudFront, "forgotten", [key]);
      await secondDistribution(account, group);
    },
  },
  {
    id: "replica-other-version",
    name: "a region where signers read has no replica",
    gate: (gate) => ({ ...gate, signer: { ...gate.signer, regions: ["us-west-2", "ap-southeast-2"] } }),
  },
  {
    id: "secret-is-replica",
    name: "the gate's region holds a replica",
    gate: (gate) => ({ ...gate, region: "us-west-2" }),
  },
  {
    id: "secret-is-replica",
    name: "the gate has the ARN of a replica",
    gate: (gate) => ({ ...gate, region: "us-west-2", secret: { ...gate.secret, id: REPLICA_ARN } }),
  },
  {
    id: "replica-out-of-sync",
    name: "a replica failed",
    after: async ({ account }) =>
      account.secrets.holdReplica("web/signing-key", "us-west-2", {
        status: "Failed",
        message: "the KMS key of the replica is disabled",
      }),
  },
  {
    id: "managed-rotation-on",
    name: "managed rotation is on",
    after: ({ account, secrets }) => {
      const RotationLambdaARN = "arn:aws:lambda:eu-west-1:111111111111:function:rotate";
      account.secrets.allowRotationBy(RotationLambdaARN);
      return secrets.send(
        new RotateSecretCommand({
          SecretId: "web/signing-key",
          RotationLambdaARN,
          RotationRules: { AutomaticallyAfterDays: 30 },
          RotateImmediately: false,
        }),
      );
    },
  },
  {
    id: "key-group-not-arrived",
    name: "the distribution still returns the old group",
    after: async (account) => {
      const { cloudFront, faults } = account.account;
      // From here on, the sandbox can return stale values.
      cloudFront.staleness = { length: 60, share: 0 };
      const key = await uploadKey(account.cloudFront, pair(1).publicKey, "web-2027");
      await setGroup(account, [account.keyId, key]);
      await account.clock.advance(10);
      await setGroup(account, [account.keyId]);
      await account.clock.advance(1);
      faults.onCall(({ operation, moment }) => {
        const isStale = operation === "GetDistribution" && moment === "before";
        cloudFront.staleness = { length: 5, share: isStale ? 1 : 0 };
      });
    },
  },
];

/** The public key's number in an unknown structure. */
function repeatedIn(pem: string): string {
  const { n, x = "" } = createPublicKey(pem).export({ format: "jwk" });
  return Buffer.concat([Buffer.from("v1:"), Buffer.from(n ?? x, "base64url")]).toString("base64");
}
