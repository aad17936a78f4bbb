/** What every client must see where the sandbox imitates AWS closely: refusals, defaults, deployment, replicas. */
import { expect } from "vitest";
import { REFUSED } from "../cloudfront/refused-distributions.ts";
import { customOrigin, forwarding, origins, s3Origin, siteConfig } from "../cloudfront/site-config.ts";
import type { RawClient } from "../secrets/raw.ts";
import type { Answer } from "./client.ts";
import { type ClientCalls, DEPLOY_TIME, type Pass } from "./conformance.ts";

/** The client's own waiters return when the change is deployed everywhere, and not earlier. */
export async function deployment({ ok, refused, waits }: ClientCalls, pass: Pass): Promise<void> {
  const made = await ok("CreateDistribution", { DistributionConfig: siteConfig("one") });
  const { Id } = made.Distribution;
  const batch = { CallerReference: "one", Paths: { Quantity: 1, Items: ["/*"] } };
  const { Invalidation } = await ok("CreateInvalidation", { DistributionId: Id, InvalidationBatch: batch });
  expect([made.Distribution.Status, Invalidation.Status]).toEqual(["InProgress", "InProgress"]);

  const notBefore = async (until: string, input: object) => {
    let isDone = false;
    const waiting = waits(until, input).then(() => {
      isDone = true;
    });
    await pass(DEPLOY_TIME - 0.001);
    // Long enough for it to poll several times.
    await new Promise((asked) => setTimeout(asked, 400));
    expect(isDone, `${until} returned too early`).toBe(false);
    await pass(0.001);
    await waiting;
  };
  await notBefore("distribution-deployed", { Id });
  expect((await ok("GetDistribution", { Id })).Distribution.Status).toBe("Deployed");
  await waits("invalidation-completed", { DistributionId: Id, Id: Invalidation.Id });
  const next = await ok("CreateInvalidation", {
    DistributionId: Id,
    InvalidationBatch: { ...batch, CallerReference: "two" },
  });
  await notBefore("invalidation-completed", { DistributionId: Id, Id: next.Invalidation.Id });

  const read = await ok("GetDistributionConfig", { Id });
  const DistributionConfig = { ...read.DistributionConfig, Enabled: false };
  const updated = await ok("UpdateDistribution", { Id, IfMatch: read.ETag, DistributionConfig });
  expect(updated.Distribution.Status).toBe("InProgress");
  const IfMatch = updated.ETag;
  const words = "The distribution you are trying to delete has not been disabled.";
  await refused("DistributionNotDisabled", "DeleteDistribution", { Id, IfMatch }, words);
  await notBefore("distribution-deployed", { Id });
  await ok("DeleteDistribution", { Id, IfMatch });
}

/** Older clients do not know these members and values, so they cannot send them. */
const NEWER = /VPC|HTTP 2 by|price class/;

export async function refusedDistributions({ ok, refused }: ClientCalls): Promise<void> {
  const made = await ok("CreateDistribution", { DistributionConfig: siteConfig("made") });
  const { Id } = made.Distribution;
  const seen = new Set<string>();
  for (const { what, behavior, more, code, message } of REFUSED) {
    // One row of each kind; the in-process test runs the whole table.
    const kind = `${code} ${message}`;
    if (seen.has(kind) || NEWER.test(what)) continue;
    seen.add(kind);
    const words = typeof message === "string" ? message : "";
    // As JSON, members without a value are absent.
    const config = (reference: string) => JSON.parse(JSON.stringify(siteConfig(reference, behavior, more)));
    await refused(code, "CreateDistribution", { DistributionConfig: config("new") }, words);
    if (message === "You must specify either a CustomOrigin or an S3Origin. You cannot specify both.")
      continue;
    const update = { Id, IfMatch: made.ETag, DistributionConfig: config("made") };
    await refused(code, "UpdateDistribution", update, words);
  }
  expect(seen.size).toBeGreaterThan(25);
  const again = `Already exists: ${Id}`;
  await refused(
    "DistributionAlreadyExists",
    "CreateDistribution",
    { DistributionConfig: siteConfig("made") },
    again,
  );
  const batch = (...Items: string[]) => ({
    DistributionId: Id,
    InvalidationBatch: { CallerReference: "one", Paths: { Quantity: Items.length, Items } },
  });
  await ok("CreateInvalidation", batch("/a"));
  const words = "was used for a previous invalidation batch for the same distribution.";
  await refused("InvalidArgument", "CreateInvalidation", batch("/b"), words);
}

export async function defaults({ ok }: ClientCalls): Promise<void> {
  const bucket = "amzn-s3-demo-bucket.s3.amazonaws.com";
  const config = JSON.parse(JSON.stringify(siteConfig("one", forwarding(), origins(s3Origin(bucket)))));
  const made = await ok("CreateDistribution", { DistributionConfig: config });
  expect(made.Distribution.DistributionConfig).toMatchObject({
    Aliases: { Quantity: 0 },
    CacheBehaviors: { Quantity: 0 },
    CustomErrorResponses: { Quantity: 0 },
    IsIPV6Enabled: true,
    HttpVersion: "http2",
    PriceClass: "PriceClass_All",
    DefaultCacheBehavior: {
      MinTTL: 0,
      DefaultTTL: 86_400,
      MaxTTL: 31_536_000,
      ForwardedValues: { Headers: { Quantity: 0 }, QueryStringCacheKeys: { Quantity: 0 } },
      LambdaFunctionAssociations: { Quantity: 0 },
    },
  });
  const custom = await ok("CreateDistribution", {
    DistributionConfig: siteConfig("two", {}, origins(customOrigin())),
  });
  const [origin] = custom.Distribution.DistributionConfig.Origins.Items;
  expect(origin).toMatchObject({
    ConnectionAttempts: 3,
    ConnectionTimeout: 10,
    CustomHeaders: { Quantity: 0 },
    CustomOriginConfig: {
      OriginReadTimeout: 30,
      OriginKeepaliveTimeout: 5,
      OriginSslProtocols: { Quantity: 3 },
    },
  });
}

export async function forwardingPolicies({ ok, refused }: ClientCalls): Promise<void> {
  const parts = {
    HeadersConfig: { HeaderBehavior: "none" },
    CookiesConfig: { CookieBehavior: "none" },
    QueryStringsConfig: { QueryStringBehavior: "none" },
  };
  for (const [noun, plural, config] of [
    ["CachePolicy", "CachePolicies", { Name: "own", MinTTL: 0 }],
    ["OriginRequestPolicy", "OriginRequestPolicies", { Name: "own", ...parts }],
  ] as const) {
    const made = await ok(`Create${noun}`, { [`${noun}Config`]: config });
    const { Id } = made[noun];
    const listed = await ok(`List${plural}`, { Type: "custom" });
    expect(listed[`${noun}List`].Items.map((item: Answer) => [item.Type, item[noun].Id])).toEqual([
      ["custom", Id],
    ]);
    const managed = await ok(`List${plural}`, { Type: "managed", MaxItems: "1" });
    expect(managed[`${noun}List`]).toMatchObject({ Quantity: 1, NextMarker: expect.any(String) });
    const changed = { [`${noun}Config`]: { ...config, Comment: "changed" } };
    const updated = await ok(`Update${noun}`, { Id, IfMatch: made.ETag, ...changed });
    expect((await ok(`Get${noun}Config`, { Id }))[`${noun}Config`].Comment).toBe("changed");
    await refused("PreconditionFailed", `Delete${noun}`, { Id, IfMatch: made.ETag });
    const behavior = noun === "CachePolicy" ? { CachePolicyId: Id } : { OriginRequestPolicyId: Id };
    await ok("CreateDistribution", { DistributionConfig: siteConfig(noun, behavior) });
    await refused(`${noun}InUse`, `Delete${noun}`, { Id, IfMatch: updated.ETag });
    const unused = await ok(`Create${noun}`, { [`${noun}Config`]: { ...config, Name: "unused" } });
    await ok(`Delete${noun}`, { Id: unused[noun].Id, IfMatch: unused.ETag });
    await refused(`NoSuch${noun}`, `Get${noun}`, { Id: unused[noun].Id });
    const [first] = managed[`${noun}List`].Items;
    const { ETag } = await ok(`Get${noun}`, { Id: first[noun].Id });
    await refused("IllegalDelete", `Delete${noun}`, { Id: first[noun].Id, IfMatch: ETag });
  }
}

/** `there` is the same account in eu-central-1. */
export async function secretsAsOnAws(
  { ok, refused }: ClientCalls,
  there: RawClient,
  pass: Pass,
): Promise<void> {
  const token = (n: number) => ({
    ClientRequestToken: `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`,
  });
  const arns: Record<string, string> = {};
  for (const Name of ["b/second", "a/first", "name-a1b2c3"]) {
    arns[Name] = (await ok("CreateSecret", { Name, SecretString: Name })).ARN;
    await pass(1);
  }
  const { SecretList } = await ok("ListSecrets");
  expect(SecretList.map((secret: Answer) => secret.Name)).toEqual(["b/second", "a/first", "name-a1b2c3"]);
  const partial = (name: string) => ({ SecretId: arns[name]?.slice(0, -7) });
  expect((await ok("GetSecretValue", partial("a/first"))).SecretString).toBe("a/first");
  const missing = "Secrets Manager can't find the specified secret.";
  await refused("ResourceNotFoundException", "GetSecretValue", partial("name-a1b2c3"), missing);
  const colour = { Filters: [{ Key: "colour", Values: ["x"] }] };
  const words = "Value 'colour' at 'filters.1.member.key' failed to satisfy constraint";
  await refused("ValidationException", "ListSecrets", colour, words);
  await ok("CreateSecret", { Name: "plainBlue", SecretString: "x" });
  const blue = await ok("ListSecrets", { Filters: [{ Key: "all", Values: ["blue"] }] });
  expect(blue.SecretList.map((secret: Answer) => secret.Name)).toEqual(["plainBlue"]);

  await there("CreateSecret", { Name: "taken", SecretString: "theirs", ...token(1) });
  const replicas = (...regions: string[]) => ({ AddReplicaRegions: regions.map((Region) => ({ Region })) });
  const taken = await ok("CreateSecret", {
    Name: "taken",
    SecretString: "x",
    ...replicas("eu-central-1", "us-east-1"),
  });
  expect(taken.ReplicationStatus).toEqual([
    {
      Region: "eu-central-1",
      Status: "Failed",
      StatusMessage: "Replication failed: Secret name taken already exists in region eu-central-1.",
    },
    { Region: "us-east-1", Status: "InSync" },
  ]);
  const own = { SecretId: "taken", ...replicas("eu-west-1") };
  await refused("InvalidParameterException", "ReplicateSecretToRegions", own, "Invalid replica region.");
  const still = `You can't delete secret ${taken.ARN} that still has replica regions [eu-central-1, us-east-1].`;
  await refused("InvalidParameterException", "DeleteSecret", { SecretId: "taken" }, still);

  await there("CreateSecret", {
    Name: "elsewhere",
    SecretString: "x",
    ...replicas("eu-west-1"),
    ...token(2),
  });
  const change = { SecretId: "elsewhere", SecretString: "y" };
  const onReplica =
    "Operation not permitted on a replica secret. Call must be made in primary secret's region.";
  await refused("InvalidParameterException", "PutSecretValue", change, onReplica);
  const promoted = await ok("StopReplicationToReplica", { SecretId: "elsewhere" });
  expect(promoted.ARN).toContain(":eu-west-1:");
  await ok("PutSecretValue", change);

  const rotate = {
    SecretId: "a/first",
    RotationLambdaARN: "arn:aws:lambda:eu-west-1:111111111111:function:none",
  };
  const uninvocable = "Secrets Manager cannot invoke the specified Lambda function.";
  await refused("AccessDeniedException", "RotateSecret", rotate, uninvocable);
  expect((await ok("DescribeSecret", { SecretId: "a/first" })).RotationEnabled).toBeUndefined();
}

/** Debian's client is too old for this operation. */
export async function batches({ ok, refused }: ClientCalls): Promise<void> {
  for (const Name of ["one", "two"]) await ok("CreateSecret", { Name, SecretString: `value of ${Name}` });
  const answer = await ok("BatchGetSecretValue", { SecretIdList: ["two", "three", "one"] });
  expect(answer.SecretValues.map((each: Answer) => each.SecretString)).toEqual([
    "value of two",
    "value of one",
  ]);
  expect(answer.Errors).toEqual([
    {
      SecretId: "three",
      ErrorCode: "ResourceNotFoundException",
      Message: "Secrets Manager can't find the specified secret.",
    },
  ]);
  const Filters = [{ Key: "name", Values: ["o"] }];
  expect((await ok("BatchGetSecretValue", { Filters })).SecretValues).toHaveLength(1);
  await refused(
    "InvalidParameterException",
    "BatchGetSecretValue",
    { SecretIdList: ["one"], Filters },
    "not both",
  );
}
