/** What every client must see: each operation of both APIs, and each declared error that a client can provoke. */
import { expect } from "vitest";
import { CACHING_DISABLED, CERTIFICATE, customOrigin } from "../cloudfront/site-config.ts";
import { TEST_PEM } from "../test-key.ts";
import type { Answer, AwsClient, ServiceName } from "./client.ts";

export interface ClientCalls {
  /** Calls the operation and returns the answer; a refusal fails the test. */
  ok(operation: string, input?: object): Promise<Answer>;
  /** Expects that refusal, and that its message contains the words. */
  refused(code: string, operation: string, input?: object, words?: string): Promise<void>;
  /** Starts the client's own waiter of that name, polling often; resolves when the waiter is done. */
  waits(until: string, input: object): Promise<Answer>;
}

/** Lets time pass for the account under test. */
export type Pass = (length: number) => Promise<void>;

export function callsOf(client: AwsClient, endpoint: string, service: ServiceName): ClientCalls {
  return {
    async ok(operation, input = {}) {
      const outcome = await client.call(endpoint, service, operation, input);
      if ("error" in outcome) expect.fail(`${operation}: ${outcome.error}: ${outcome.message}`);
      return outcome.value;
    },
    async refused(code, operation, input = {}, words = "") {
      const outcome = await client.call(endpoint, service, operation, input);
      const what = `${operation} ${JSON.stringify(input)}`;
      expect("error" in outcome ? outcome.error : outcome, what).toBe(code);
      expect("error" in outcome && outcome.message, what).toContain(words);
    },
    async waits(until, input) {
      const outcome = await client.call(endpoint, service, "Wait", { until, input });
      if ("error" in outcome) expect.fail(`wait ${until}: ${outcome.error}: ${outcome.message}`);
      return outcome.value;
    },
  };
}

const keyConfig = (Name: string, EncodedKey = TEST_PEM) => ({
  CallerReference: `reference-${Name}`,
  Name,
  EncodedKey,
});

export async function publicKeys({ ok, refused }: ClientCalls): Promise<void> {
  const created = await ok("CreatePublicKey", { PublicKeyConfig: keyConfig("one") });
  const { Id } = created.PublicKey;
  expect(created).toMatchObject({
    ETag: expect.stringMatching(/^E[A-Z0-9]{13}$/),
    Location: `https://cloudfront.amazonaws.com/2020-05-31/public-key/${Id}`,
    PublicKey: { PublicKeyConfig: { ...keyConfig("one"), Comment: "" } },
  });
  const read = await ok("GetPublicKey", { Id });
  expect(read).toEqual({ ETag: created.ETag, PublicKey: created.PublicKey });
  expect((await ok("GetPublicKeyConfig", { Id })).PublicKeyConfig).toEqual(read.PublicKey.PublicKeyConfig);
  await refused("PublicKeyAlreadyExists", "CreatePublicKey", { PublicKeyConfig: keyConfig("one") });
  await refused("InvalidArgument", "CreatePublicKey", {
    PublicKeyConfig: keyConfig("two", "file://two.pem"),
  });
  const PublicKeyConfig = { ...keyConfig("one"), Comment: "retired" };
  const updated = await ok("UpdatePublicKey", { Id, IfMatch: created.ETag, PublicKeyConfig });
  expect(updated.PublicKey.PublicKeyConfig.Comment).toBe("retired");
  const IfMatch = updated.ETag;
  await refused("PreconditionFailed", "UpdatePublicKey", { Id, IfMatch: created.ETag, PublicKeyConfig });
  await refused("InvalidIfMatchVersion", "UpdatePublicKey", { Id, PublicKeyConfig });
  const renamed = { ...PublicKeyConfig, Name: "renamed" };
  await refused("CannotChangeImmutablePublicKeyFields", "UpdatePublicKey", {
    Id,
    IfMatch,
    PublicKeyConfig: renamed,
  });
  await refused("NoSuchPublicKey", "GetPublicKey", { Id: "KNOSUCHKEY0000" });
  await refused("NoSuchPublicKey", "DeletePublicKey", { Id: "KNOSUCHKEY0000", IfMatch });
  for (let count = 1; count < 10; count += 1) {
    await ok("CreatePublicKey", { PublicKeyConfig: keyConfig(`key-${count}`) });
  }
  await refused("TooManyPublicKeys", "CreatePublicKey", { PublicKeyConfig: keyConfig("key-10") });
  const { PublicKeyList } = await ok("ListPublicKeys", {});
  expect(PublicKeyList).toMatchObject({ Quantity: 10, MaxItems: 100 });
  expect(PublicKeyList.Items.map((key: Answer) => key.EncodedKey)).toEqual(Array(10).fill(TEST_PEM));
  await ok("DeletePublicKey", { Id, IfMatch });
  await refused("NoSuchPublicKey", "GetPublicKeyConfig", { Id });
}

export async function keyGroups({ ok, refused }: ClientCalls): Promise<void> {
  const ids: string[] = [];
  for (let count = 0; count < 6; count += 1) {
    const { PublicKey } = await ok("CreatePublicKey", { PublicKeyConfig: keyConfig(`key-${count}`) });
    ids.push(PublicKey.Id);
  }
  const [first = "", second = ""] = ids;
  const config = (Name: string, ...Items: string[]) => ({
    KeyGroupConfig: { Name, Items, Comment: "viewers" },
  });
  const created = await ok("CreateKeyGroup", config("one", first));
  const { Id } = created.KeyGroup;
  expect(created.Location).toBe(`https://cloudfront.amazonaws.com/2020-05-31/key-group/${Id}`);
  expect(created.KeyGroup.KeyGroupConfig).toEqual(config("one", first).KeyGroupConfig);
  const updated = await ok("UpdateKeyGroup", { Id, IfMatch: created.ETag, ...config("one", first, second) });
  const IfMatch = updated.ETag;
  expect((await ok("GetKeyGroup", { Id })).KeyGroup.KeyGroupConfig.Items).toEqual([first, second]);
  expect((await ok("GetKeyGroupConfig", { Id })).ETag).toBe(IfMatch);
  await refused("PreconditionFailed", "UpdateKeyGroup", {
    Id,
    IfMatch: created.ETag,
    ...config("one", first),
  });
  await refused("InvalidIfMatchVersion", "UpdateKeyGroup", { Id, ...config("one", first) });
  await refused("InvalidIfMatchVersion", "DeleteKeyGroup", { Id, IfMatch: "stale" });
  await refused("TooManyPublicKeysInKeyGroup", "UpdateKeyGroup", { Id, IfMatch, ...config("one", ...ids) });
  await refused("InvalidArgument", "CreateKeyGroup", config("two", "KNOSUCHKEY0000"));
  await refused("KeyGroupAlreadyExists", "CreateKeyGroup", config("one", first));
  await refused("NoSuchResource", "GetKeyGroup", { Id: "00000000-0000-0000-0000-000000000000" });
  const second_ = (await ok("GetPublicKey", { Id: second })).ETag;
  await refused("PublicKeyInUse", "DeletePublicKey", { Id: second, IfMatch: second_ });
  for (let count = 1; count < 10; count += 1) await ok("CreateKeyGroup", config(`group-${count}`, first));
  await refused("TooManyKeyGroups", "CreateKeyGroup", config("group-10", first));
  const { KeyGroupList } = await ok("ListKeyGroups", {});
  expect(KeyGroupList.Quantity).toBe(10);
  expect(KeyGroupList.Items.find((item: Answer) => item.KeyGroup.Id === Id).KeyGroup).toEqual(
    updated.KeyGroup,
  );
  const listed = await ok("ListDistributionsByKeyGroup", { KeyGroupId: Id });
  expect(listed.DistributionIdList).toMatchObject({ Quantity: 0, IsTruncated: false });
  await ok("DeleteKeyGroup", { Id, IfMatch });
  await refused("NoSuchResource", "GetKeyGroupConfig", { Id });
}

/** For an account with SMALL_LIMITS: refusals that a default account gives only after hundreds of calls. */
export async function limits({ ok, refused }: ClientCalls): Promise<void> {
  const { PublicKey } = await ok("CreatePublicKey", { PublicKeyConfig: keyConfig("one") });
  const { KeyGroup } = await ok("CreateKeyGroup", {
    KeyGroupConfig: { Name: "viewers", Items: [PublicKey.Id] },
  });
  const config = (CallerReference: string) => ({
    CallerReference,
    Comment: "",
    Enabled: true,
    Origins: { Quantity: 1, Items: [customOrigin()] },
    DefaultCacheBehavior: {
      TargetOriginId: "origin",
      ViewerProtocolPolicy: "https-only",
      CachePolicyId: CACHING_DISABLED,
      TrustedKeyGroups: { Enabled: true, Quantity: 1, Items: [KeyGroup.Id] },
    },
  });
  const { Distribution } = await ok("CreateDistribution", { DistributionConfig: config("one") });
  await refused("TooManyDistributionsAssociatedToKeyGroup", "CreateDistribution", {
    DistributionConfig: config("two"),
  });
  const batch = (CallerReference: string, ...Items: string[]) => ({
    DistributionId: Distribution.Id,
    InvalidationBatch: { CallerReference, Paths: { Quantity: Items.length, Items } },
  });
  await refused("BatchTooLarge", "CreateInvalidation", batch("four", "/1", "/2", "/3", "/4"));
  await ok("CreateInvalidation", batch("two", "/1", "/2"));
  await refused("TooManyInvalidationsInProgress", "CreateInvalidation", batch("more", "/3", "/4"));
}

export const DEPLOY_TIME = 3600;
export const SMALL_LIMITS = {
  quotas: { distributionsPerKeyGroup: 1, invalidationPathsInProgress: 3 },
  deployTime: DEPLOY_TIME,
};

export async function distributions({ ok, refused }: ClientCalls, pass: Pass): Promise<void> {
  const { PublicKey } = await ok("CreatePublicKey", { PublicKeyConfig: keyConfig("one") });
  const { KeyGroup, ETag: groupTag } = await ok("CreateKeyGroup", {
    KeyGroupConfig: { Name: "viewers", Items: [PublicKey.Id] },
  });
  const DistributionConfig = (CallerReference: string, more: object = {}, behavior: object = {}) => ({
    CallerReference,
    Comment: "site & shop",
    Enabled: true,
    Origins: { Quantity: 1, Items: [customOrigin()] },
    DefaultCacheBehavior: {
      TargetOriginId: "origin",
      ViewerProtocolPolicy: "https-only",
      CachePolicyId: CACHING_DISABLED,
      TrustedKeyGroups: { Enabled: true, Quantity: 1, Items: [KeyGroup.Id] },
      ...behavior,
    },
    ...more,
  });
  const create = (...config: Parameters<typeof DistributionConfig>) => ({
    DistributionConfig: DistributionConfig(...config),
  });
  const trusting = (...Items: string[]) => ({
    TrustedKeyGroups: { Enabled: Items.length > 0, Quantity: Items.length, Items },
  });
  const Aliases = { Quantity: 1, Items: ["app.example.com"] };
  const ViewerCertificate = { ACMCertificateArn: CERTIFICATE, SSLSupportMethod: "sni-only" };
  const created = await ok("CreateDistribution", create("one", { Aliases, ViewerCertificate }));
  const { Id, ARN } = created.Distribution;
  expect(created.Distribution).toMatchObject({
    Status: "InProgress",
    DomainName: expect.stringMatching(/^d[a-z0-9]{13}\.cloudfront\.net$/),
    ActiveTrustedKeyGroups: {
      Enabled: true,
      Quantity: 1,
      Items: [{ KeyGroupId: KeyGroup.Id, KeyPairIds: { Quantity: 1, Items: [PublicKey.Id] } }],
    },
    DistributionConfig: { Comment: "site & shop", PriceClass: "PriceClass_All", Aliases },
  });
  await refused("DistributionAlreadyExists", "CreateDistribution", create("one"));
  await refused("CNAMEAlreadyExists", "CreateDistribution", create("two", { Aliases, ViewerCertificate }));
  await refused(
    "InconsistentQuantities",
    "CreateDistribution",
    create("two", { Aliases: { ...Aliases, Quantity: 2 }, ViewerCertificate }),
  );
  const unknownGroup = "00000000-0000-0000-0000-000000000000";
  await refused(
    "TrustedKeyGroupDoesNotExist",
    "CreateDistribution",
    create("two", {}, trusting(unknownGroup)),
  );
  await refused("NoSuchOrigin", "CreateDistribution", create("two", {}, { TargetOriginId: "elsewhere" }));
  await refused(
    "NoSuchCachePolicy",
    "CreateDistribution",
    create("two", {}, { CachePolicyId: unknownGroup }),
  );
  const origin = { OriginRequestPolicyId: unknownGroup };
  await refused("NoSuchOriginRequestPolicy", "CreateDistribution", create("two", {}, origin));
  const groups: string[] = [];
  for (let count = 0; count < 5; count += 1) {
    const Name = `group-${count}`;
    const group = await ok("CreateKeyGroup", { KeyGroupConfig: { Name, Items: [PublicKey.Id] } });
    groups.push(group.KeyGroup.Id);
  }
  const five = create("two", {}, trusting(...groups));
  await refused("TooManyKeyGroupsAssociatedToDistribution", "CreateDistribution", five);

  await refused("ResourceInUse", "DeleteKeyGroup", { Id: KeyGroup.Id, IfMatch: groupTag });
  const byGroup = await ok("ListDistributionsByKeyGroup", { KeyGroupId: KeyGroup.Id });
  expect(byGroup.DistributionIdList.Items).toEqual([Id]);
  const tagged = await ok("CreateDistributionWithTags", {
    DistributionConfigWithTags: {
      DistributionConfig: DistributionConfig("tagged", {}, trusting()),
      Tags: { Items: [{ Key: "project", Value: "site" }] },
    },
  });
  await refused("InvalidTagging", "CreateDistributionWithTags", {
    DistributionConfigWithTags: {
      DistributionConfig: DistributionConfig("reserved", {}, trusting()),
      Tags: { Items: [{ Key: "aws:reserved", Value: "no" }] },
    },
  });
  const Resource = tagged.Distribution.ARN;
  expect((await ok("ListTagsForResource", { Resource })).Tags.Items).toEqual([
    { Key: "project", Value: "site" },
  ]);
  await ok("TagResource", { Resource, Tags: { Items: [{ Key: "stage", Value: "test" }] } });
  await ok("UntagResource", { Resource, TagKeys: { Items: ["project"] } });
  expect((await ok("ListTagsForResource", { Resource })).Tags.Items).toEqual([
    { Key: "stage", Value: "test" },
  ]);
  await refused("NoSuchResource", "ListTagsForResource", { Resource: ARN.replace(Id, "ENOSUCH0000000") });
  const { DistributionList } = await ok("ListDistributions", {});
  expect(DistributionList).toMatchObject({ Quantity: 2, IsTruncated: false, MaxItems: 100 });
  expect(DistributionList.Items.map((item: Answer) => item.Id).toSorted()).toEqual(
    [Id, tagged.Distribution.Id].toSorted(),
  );

  const read = await ok("GetDistributionConfig", { Id });
  const disabled = { ...read.DistributionConfig, Enabled: false };
  await refused("InvalidIfMatchVersion", "UpdateDistribution", { Id, DistributionConfig: disabled });
  const stale = { Id, IfMatch: tagged.ETag, DistributionConfig: disabled };
  await refused("PreconditionFailed", "UpdateDistribution", stale);
  const moved = { ...disabled, CallerReference: "another" };
  await refused("IllegalUpdate", "UpdateDistribution", { Id, IfMatch: read.ETag, DistributionConfig: moved });
  await refused("DistributionNotDisabled", "DeleteDistribution", { Id, IfMatch: read.ETag });
  const updated = await ok("UpdateDistribution", { Id, IfMatch: read.ETag, DistributionConfig: disabled });
  expect((await ok("GetDistribution", { Id })).Distribution).toEqual(updated.Distribution);
  expect(updated.Distribution.DistributionConfig).toEqual(disabled);

  const batch = (CallerReference: string, ...Items: string[]) => ({
    DistributionId: Id,
    InvalidationBatch: { CallerReference, Paths: { Quantity: Items.length, Items } },
  });
  const { Invalidation } = await ok("CreateInvalidation", batch("one", "/private/*"));
  expect((await ok("CreateInvalidation", batch("one", "/private/*"))).Invalidation.Id).toBe(Invalidation.Id);
  await refused("InvalidArgument", "CreateInvalidation", batch("one", "/other/*"));
  const wanted = { DistributionId: Id, Id: Invalidation.Id };
  expect((await ok("GetInvalidation", wanted)).Invalidation.Status).toBe("InProgress");
  await refused("NoSuchInvalidation", "GetInvalidation", { ...wanted, Id: "INOSUCH0000000" });
  expect((await ok("ListInvalidations", { DistributionId: Id })).InvalidationList.Quantity).toBe(1);

  await refused("DistributionNotDisabled", "DeleteDistribution", { Id, IfMatch: updated.ETag });
  await pass(DEPLOY_TIME);
  expect((await ok("GetInvalidation", wanted)).Invalidation.Status).toBe("Completed");
  await ok("DeleteDistribution", { Id, IfMatch: updated.ETag });
  await refused("NoSuchDistribution", "GetDistribution", { Id });
  await refused("NoSuchDistribution", "CreateInvalidation", batch("two", "/*"));
}

/** The only function that Secrets Manager may invoke in an account under test. */
export const ROTATION_FUNCTION = "arn:aws:lambda:eu-west-1:111111111111:function:rotate";

export async function secrets({ ok, refused }: ClientCalls): Promise<void> {
  const SecretId = "gate/signer";
  const token = (digit: number) => `00000000-0000-4000-8000-00000000000${digit}`;
  const created = await ok("CreateSecret", {
    Name: SecretId,
    ClientRequestToken: token(1),
    SecretString: "first",
    Description: "signs",
    Tags: [{ Key: "gate", Value: "app" }],
    AddReplicaRegions: [{ Region: "eu-central-1" }],
  });
  expect(created).toMatchObject({
    ARN: expect.stringMatching(
      /^arn:aws:secretsmanager:eu-west-1:\d{12}:secret:gate\/signer-[A-Za-z0-9]{6}$/,
    ),
    VersionId: token(1),
    ReplicationStatus: [{ Region: "eu-central-1", Status: "InSync" }],
  });
  const { ARN } = created;
  await refused("ResourceExistsException", "CreateSecret", { Name: SecretId, SecretString: "another" });
  await refused("ValidationException", "CreateSecret", { Name: "no spaces", SecretString: "x" });
  const put = await ok("PutSecretValue", {
    SecretId: ARN,
    ClientRequestToken: token(2),
    SecretString: "second",
    VersionStages: ["keyturn-new"],
  });
  expect(put.VersionStages).toEqual(["keyturn-new"]);
  const again = { SecretId, ClientRequestToken: token(2) };
  await ok("PutSecretValue", { ...again, SecretString: "second" });
  await refused("ResourceExistsException", "PutSecretValue", { ...again, SecretString: "third" });
  const move = { SecretId, VersionStage: "AWSCURRENT", MoveToVersionId: token(2) };
  await refused("InvalidParameterException", "UpdateSecretVersionStage", move);
  await ok("UpdateSecretVersionStage", { ...move, RemoveFromVersionId: token(1) });
  await refused("InvalidParameterException", "UpdateSecretVersionStage", {
    ...move,
    RemoveFromVersionId: token(1),
  });
  const current = await ok("GetSecretValue", { SecretId: ARN.slice(0, -7) });
  expect(current).toMatchObject({
    SecretString: "second",
    VersionId: token(2),
    VersionStages: ["AWSCURRENT", "keyturn-new"],
  });
  await refused("ResourceNotFoundException", "GetSecretValue", { SecretId, VersionStage: "AWSPENDING" });
  const disagreeing = { SecretId, VersionId: token(1), VersionStage: "AWSCURRENT" };
  await refused("InvalidRequestException", "GetSecretValue", disagreeing);
  const updated = await ok("UpdateSecret", { SecretId, ClientRequestToken: token(3), SecretString: "third" });
  expect(updated.VersionId).toBe(token(3));
  await ok("UpdateSecretVersionStage", {
    SecretId,
    VersionStage: "keyturn-new",
    RemoveFromVersionId: token(2),
  });
  for (let count = 1; count < 20; count += 1) {
    const label = { SecretId, VersionStage: `label-${count}`, MoveToVersionId: token(3) };
    await ok("UpdateSecretVersionStage", label);
  }
  const label = { SecretId, VersionStage: "one-more", MoveToVersionId: token(3) };
  await refused("LimitExceededException", "UpdateSecretVersionStage", label);
  for (let count = 1; count < 20; count += 1) {
    const gone = { SecretId, VersionStage: `label-${count}`, RemoveFromVersionId: token(3) };
    await ok("UpdateSecretVersionStage", gone);
  }
  await ok("UntagResource", { SecretId, TagKeys: ["gate"] });
  await ok("TagResource", { SecretId, Tags: [{ Key: "stage", Value: "test" }] });
  const described = await ok("DescribeSecret", { SecretId });
  expect(described).toMatchObject({
    Description: "signs",
    PrimaryRegion: "eu-west-1",
    Tags: [{ Key: "stage", Value: "test" }],
    VersionIdsToStages: { [token(3)]: ["AWSCURRENT"], [token(2)]: ["AWSPREVIOUS"] },
  });
  expect((await ok("ListSecretVersionIds", { SecretId })).Versions).toHaveLength(2);
  const page = await ok("ListSecretVersionIds", { SecretId, IncludeDeprecated: true, MaxResults: 1 });
  expect(page.Versions[0].VersionStages).toBeUndefined();
  const NextToken = page.NextToken;
  const next = await ok("ListSecretVersionIds", { SecretId, MaxResults: 1, NextToken });
  expect(next.Versions[0].VersionId).toBe(token(2));
  await refused("InvalidNextTokenException", "ListSecretVersionIds", { SecretId, NextToken: "nonsense" });
  const { SecretList } = await ok("ListSecrets", { Filters: [{ Key: "name", Values: ["gate/"] }] });
  expect(SecretList.map((secret: Answer) => secret.Name)).toEqual([SecretId]);
  await refused("InvalidNextTokenException", "ListSecrets", { NextToken: "nonsense" });

  await refused("InvalidRequestException", "RotateSecret", { SecretId });
  const RotationLambdaARN = ROTATION_FUNCTION;
  await refused("AccessDeniedException", "RotateSecret", {
    SecretId,
    RotationLambdaARN: `${RotationLambdaARN}-elsewhere`,
  });
  expect((await ok("DescribeSecret", { SecretId })).RotationLambdaARN).toBeUndefined();
  await ok("RotateSecret", { SecretId, RotationLambdaARN, RotationRules: { AutomaticallyAfterDays: 30 } });
  expect(await ok("DescribeSecret", { SecretId })).toMatchObject({
    RotationEnabled: true,
    RotationLambdaARN,
  });
  await ok("CancelRotateSecret", { SecretId });
  expect((await ok("DescribeSecret", { SecretId })).RotationEnabled).toBe(false);
  await ok("PutResourcePolicy", { SecretId, ResourcePolicy: '{"Statement":[]}' });
  expect((await ok("GetResourcePolicy", { SecretId })).ResourcePolicy).toBe('{"Statement":[]}');
  await refused("MalformedPolicyDocumentException", "PutResourcePolicy", { SecretId, ResourcePolicy: "{" });
  await ok("DeleteResourcePolicy", { SecretId });
  await refused("InvalidParameterException", "ReplicateSecretToRegions", {
    SecretId,
    AddReplicaRegions: [{ Region: "eu-central-1" }],
  });
  await refused("InvalidParameterException", "DeleteSecret", { SecretId });
  await ok("RemoveRegionsFromReplication", { SecretId, RemoveReplicaRegions: ["eu-central-1"] });

  await refused("InvalidParameterException", "DeleteSecret", { SecretId, RecoveryWindowInDays: 3 });
  await ok("DeleteSecret", { SecretId, RecoveryWindowInDays: 7 });
  await refused("InvalidRequestException", "GetSecretValue", { SecretId });
  await refused("InvalidRequestException", "TagResource", { SecretId, Tags: [{ Key: "a", Value: "b" }] });
  await refused("InvalidRequestException", "CreateSecret", { Name: SecretId, SecretString: "again" });
  expect((await ok("DescribeSecret", { SecretId })).DeletedDate).toBeDefined();
  expect((await ok("ListSecrets", {})).SecretList).toEqual([]);
  expect((await ok("ListSecrets", { IncludePlannedDeletion: true })).SecretList).toHaveLength(1);
  await ok("RestoreSecret", { SecretId });
  expect((await ok("GetSecretValue", { SecretId })).SecretString).toBe("third");
  await ok("DeleteSecret", { SecretId, ForceDeleteWithoutRecovery: true });
  await refused("ResourceNotFoundException", "DescribeSecret", { SecretId });
  const { RandomPassword } = await ok("GetRandomPassword", { PasswordLength: 20, ExcludePunctuation: true });
  expect(RandomPassword).toMatch(/^[A-Za-z0-9]{20}$/);
}
