/** Secrets Manager's operations: each a reader of its request and a small function from request to answer. */
import { describe, listEntry, replicationStatus, versionEntry } from "./answers.ts";
import { blob, flag, integer, list, oneOf, type Reader, shape, text } from "./input.ts";
import {
  addReplicas,
  cancelRotation,
  checkReplicas,
  configureRotation,
  deleteSecret,
  removeReplicas,
  restoreSecret,
  tagSecret,
  untagSecret,
} from "./lifecycle.ts";
import { FILTER_KEYS, matchesAll, pageOf, SORT_KEYS, sortViews } from "./listing.ts";
import { randomPassword } from "./random-password.ts";
import { refuse } from "./refusal.ts";
import type { Registry } from "./registry.ts";
import type { StoredValue } from "./state.ts";
import { createSecret, moveStage, putValue, readValue, updateSecret } from "./values.ts";

export interface Place {
  readonly registry: Registry;
  /** The one the request was signed for. */
  readonly region: string;
}
type Json = Readonly<Record<string, unknown>>;
export type SecretsOperation = (request: unknown, place: Place) => Json;

const operation =
  <T>(read: Reader<T>, run: (input: T, place: Place) => Json): SecretsOperation =>
  (request, place) =>
    run(read(request, ""), place);

const SecretId = text(1, 2048);
const VersionId = text(32, 64);
const Stage = text(1, 256);
const Region = text(1, 128, /^([a-z]+-)+\d+$/);
const TagList = list(shape({ Key: text(1, 128) }, { Value: text(0, 256) }), 0, 200);
const ReplicaRegions = list(shape({ Region }, { KmsKeyId: text(0, 2048) }), 1, 100);
const VALUE = { SecretString: text(1, 65_536), SecretBinary: blob(65_536) };
const DETAILS = { Description: text(0, 2048), KmsKeyId: text(0, 2048), Type: text(0, 256) };
const PAGE = { MaxResults: integer(1, 100), NextToken: text(1, 4096) };

export const SECRETS_OPERATIONS: Readonly<Record<string, SecretsOperation>> = {
  CreateSecret: operation(
    shape(
      { Name: text(1, 512) },
      {
        ClientRequestToken: VersionId,
        Tags: TagList,
        AddReplicaRegions: ReplicaRegions,
        ForceOverwriteReplicaSecret: flag,
        ...VALUE,
        ...DETAILS,
      },
    ),
    (input, { registry, region }) => {
      const replicas = (input.AddReplicaRegions ?? []).map(replicaOf);
      const token = requireToken(input.ClientRequestToken);
      checkReplicas(registry, { name: input.Name, region, replicas: [] }, replicas);
      const secret = createSecret(registry, region, {
        name: input.Name,
        token,
        value: secretValueOf(input),
        description: input.Description,
        kmsKeyId: input.KmsKeyId,
        tags: input.Tags?.map(tagOf),
        replicas,
      });
      const hasValue = secret.versions.some(({ id }) => id === token);
      return {
        ...named(secret),
        ...(hasValue ? { VersionId: token } : {}),
        ...(replicas.length > 0 ? { ReplicationStatus: replicationStatus(secret, registry) } : {}),
      };
    },
  ),

  GetSecretValue: operation(
    shape({ SecretId }, { VersionId, VersionStage: Stage }),
    (input, { registry, region }) => {
      const which = { versionId: input.VersionId, stage: input.VersionStage };
      const { view, version } = readValue(registry, region, input.SecretId, which);
      const { value, stages } = version;
      return {
        ARN: view.arn,
        Name: view.secret.name,
        VersionId: version.id,
        ...("text" in value ? { SecretString: value.text } : { SecretBinary: value.base64 }),
        ...(stages.length > 0 ? { VersionStages: stages } : {}),
        CreatedDate: version.createdAt,
      };
    },
  ),

  PutSecretValue: operation(
    shape(
      { SecretId },
      {
        ClientRequestToken: VersionId,
        VersionStages: list(Stage, 1, 20),
        RotationToken: text(36, 256, /^[a-zA-Z0-9-]+$/),
        ...VALUE,
      },
    ),
    (input, { registry, region }) => {
      const token = requireToken(input.ClientRequestToken);
      const value = secretValueOf(input);
      if (value === undefined) {
        refuse("InvalidRequestException", "You must provide either SecretString or SecretBinary.");
      }
      const put = { token, value, stages: input.VersionStages };
      const { secret, version } = putValue(registry, region, input.SecretId, put);
      return { ...named(secret), VersionId: version.id, VersionStages: version.stages };
    },
  ),

  UpdateSecret: operation(
    shape({ SecretId }, { ClientRequestToken: VersionId, ...VALUE, ...DETAILS }),
    (input, { registry, region }) => {
      const value = secretValueOf(input);
      const token = value === undefined ? undefined : requireToken(input.ClientRequestToken);
      const change = {
        ...(token === undefined ? {} : { token }),
        value,
        description: input.Description,
        kmsKeyId: input.KmsKeyId,
      };
      const secret = updateSecret(registry, region, input.SecretId, change);
      return { ...named(secret), ...(token === undefined ? {} : { VersionId: token }) };
    },
  ),

  UpdateSecretVersionStage: operation(
    shape({ SecretId, VersionStage: Stage }, { RemoveFromVersionId: VersionId, MoveToVersionId: VersionId }),
    (input, { registry, region }) => {
      const change = { from: input.RemoveFromVersionId, to: input.MoveToVersionId };
      return named(moveStage(registry, region, input.SecretId, input.VersionStage, change));
    },
  ),

  DescribeSecret: operation(shape({ SecretId }, {}), (input, { registry, region }) =>
    describe(registry.find(region, input.SecretId), registry),
  ),

  ListSecretVersionIds: operation(
    shape({ SecretId }, { IncludeDeprecated: flag, ...PAGE }),
    (input, { registry, region }) => {
      const { secret, arn } = registry.find(region, input.SecretId);
      const shown = secret.versions.filter(
        ({ stages }) => stages.length > 0 || input.IncludeDeprecated === true,
      );
      const page = pageOf(shown, ({ id }) => id, input.NextToken, input.MaxResults);
      return {
        Versions: page.items.map((version) => versionEntry(version, secret)),
        ARN: arn,
        Name: secret.name,
        ...nextToken(page.nextToken),
      };
    },
  ),

  ListSecrets: operation(
    shape(
      {},
      {
        IncludePlannedDeletion: flag,
        Filters: list(shape({ Key: oneOf(...FILTER_KEYS), Values: list(text(0, 512), 1, 10) }, {}), 0, 10),
        SortOrder: oneOf("asc", "desc"),
        SortBy: oneOf(...SORT_KEYS),
        ...PAGE,
      },
    ),
    (input, { registry, region }) => {
      const filters = (input.Filters ?? []).map(({ Key, Values }) => ({ key: Key, values: Values }));
      const found = registry
        .list(region)
        .filter(({ secret }) => secret.deletion === undefined || input.IncludePlannedDeletion === true)
        .filter((view) => matchesAll(view, filters));
      const ordered = sortViews(found, input.SortBy ?? "created-date", input.SortOrder ?? "desc");
      const page = pageOf(ordered, ({ arn }) => arn, input.NextToken, input.MaxResults);
      return { SecretList: page.items.map(listEntry), ...nextToken(page.nextToken) };
    },
  ),

  DeleteSecret: operation(
    shape({ SecretId }, { RecoveryWindowInDays: integer(-1e9, 1e9), ForceDeleteWithoutRecovery: flag }),
    (input, { registry, region }) => {
      const how = {
        windowInDays: input.RecoveryWindowInDays,
        isForced: input.ForceDeleteWithoutRecovery === true,
      };
      const deleted = deleteSecret(registry, region, input.SecretId, how);
      return { ...named(deleted), DeletionDate: deleted.goneAt };
    },
  ),

  RestoreSecret: operation(shape({ SecretId }, {}), (input, { registry, region }) =>
    named(restoreSecret(registry, region, input.SecretId)),
  ),

  TagResource: operation(shape({ SecretId, Tags: TagList }, {}), (input, { registry, region }) => {
    tagSecret(registry, region, input.SecretId, input.Tags.map(tagOf));
    return {};
  }),

  UntagResource: operation(
    shape({ SecretId, TagKeys: list(text(1, 128), 0, 200) }, {}),
    (input, { registry, region }) => {
      untagSecret(registry, region, input.SecretId, input.TagKeys);
      return {};
    },
  ),

  RotateSecret: operation(
    shape(
      { SecretId },
      {
        ClientRequestToken: VersionId,
        RotationLambdaARN: text(0, 2048),
        RotationRules: shape(
          {},
          {
            AutomaticallyAfterDays: integer(1, 1000),
            Duration: text(2, 3, /^[0-9]+h$/),
            ScheduleExpression: text(1, 256),
          },
        ),
        RotateImmediately: flag,
      },
    ),
    (input, { registry, region }) => {
      const token = requireToken(input.ClientRequestToken);
      const rules = input.RotationRules as Readonly<Record<string, string | number>> | undefined;
      const asked = {
        ...(input.RotationLambdaARN === undefined ? {} : { lambdaArn: input.RotationLambdaARN }),
        ...(rules === undefined ? {} : { rules }),
      };
      return { ...named(configureRotation(registry, region, input.SecretId, asked)), VersionId: token };
    },
  ),

  CancelRotateSecret: operation(shape({ SecretId }, {}), (input, { registry, region }) =>
    named(cancelRotation(registry, region, input.SecretId)),
  ),

  ReplicateSecretToRegions: operation(
    shape({ SecretId, AddReplicaRegions: ReplicaRegions }, { ForceOverwriteReplicaSecret: flag }),
    (input, { registry, region }) => {
      const added = input.AddReplicaRegions.map(replicaOf);
      const secret = addReplicas(registry, region, input.SecretId, added);
      return { ARN: secret.arn, ReplicationStatus: replicationStatus(secret, registry) };
    },
  ),

  RemoveRegionsFromReplication: operation(
    shape({ SecretId, RemoveReplicaRegions: list(Region, 1, 100) }, {}),
    (input, { registry, region }) => {
      const secret = removeReplicas(registry, region, input.SecretId, input.RemoveReplicaRegions);
      return { ARN: secret.arn, ReplicationStatus: replicationStatus(secret, registry) };
    },
  ),

  // No secret of the sandbox has a policy; Terraform asks all the same.
  GetResourcePolicy: operation(shape({ SecretId }, {}), (input, { registry, region }) => {
    const { arn, secret } = registry.find(region, input.SecretId);
    return { ARN: arn, Name: secret.name };
  }),

  GetRandomPassword: operation(
    shape(
      {},
      {
        PasswordLength: integer(1, 4096),
        ExcludeCharacters: text(0, 4096),
        ExcludeNumbers: flag,
        ExcludePunctuation: flag,
        ExcludeUppercase: flag,
        ExcludeLowercase: flag,
        IncludeSpace: flag,
        RequireEachIncludedType: flag,
      },
    ),
    (input, { registry }) => ({
      RandomPassword: randomPassword(registry.options.random, {
        ...input,
        length: input.PasswordLength ?? 32,
        excluded: input.ExcludeCharacters ?? "",
        includesSpace: input.IncludeSpace === true,
        requiresEachKind: input.RequireEachIncludedType !== false,
      }),
    }),
  ),
};

const named = ({ arn, name }: { readonly arn: string; readonly name: string }) => ({ ARN: arn, Name: name });
const nextToken = (token: string | undefined) => (token === undefined ? {} : { NextToken: token });
const tagOf = (tag: { readonly Key: string; readonly Value?: string | undefined }) => ({
  key: tag.Key,
  value: tag.Value ?? "",
});
const replicaOf = ({
  Region: region,
  KmsKeyId,
}: {
  readonly Region: string;
  readonly KmsKeyId?: string | undefined;
}) => (KmsKeyId === undefined ? { region } : { region, kmsKeyId: KmsKeyId });

/** SDKs make one up when the caller gives none; a request without is refused. */
function requireToken(token: string | undefined): string {
  return (
    token ??
    refuse(
      "InvalidRequestException",
      "You must provide a ClientRequestToken value. We recommend a UUID-type value.",
    )
  );
}

function secretValueOf(input: {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: string | undefined;
}): StoredValue | undefined {
  const { SecretString, SecretBinary } = input;
  if (SecretString !== undefined && SecretBinary !== undefined) {
    refuse("InvalidParameterException", "You can't specify both SecretString and SecretBinary.");
  }
  if (SecretString !== undefined) return { text: SecretString };
  return SecretBinary === undefined ? undefined : { base64: SecretBinary };
}
