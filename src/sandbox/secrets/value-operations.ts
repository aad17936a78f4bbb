/** Operations on secret values and their versions. */
import { replicationStatus, versionEntry } from "./answers.ts";
import { flag, listOf, secretText, shape, textOfLength } from "./input.ts";
import { pageOfSecrets } from "./listing.ts";
import {
  DETAILS,
  named,
  operation,
  PAGE,
  ReplicaRegionsInput,
  replicaOf,
  requireToken,
  SecretIdInput,
  type SecretsOperations,
  StageInput,
  TagListInput,
  tagOf,
  VALUE,
  VersionIdInput,
} from "./operation.ts";
import { refuseSecrets } from "./refusal.ts";
import type { StoredValue, StoredVersion } from "./state.ts";
import { createSecret, moveStage, putValue, updateSecret } from "./values.ts";

const WRITING = ["kms:GenerateDataKey", "kms:Decrypt"] as const;

export const VALUE_OPERATIONS: SecretsOperations = {
  CreateSecret: operation(
    shape(
      { Name: textOfLength(1, 512) },
      {
        ClientRequestToken: VersionIdInput,
        Tags: TagListInput,
        AddReplicaRegions: ReplicaRegionsInput,
        ForceOverwriteReplicaSecret: flag,
        ...VALUE,
        ...DETAILS,
      },
    ),
    (input, { registry, region }) => {
      const replicas = (input.AddReplicaRegions ?? []).map(replicaOf);
      const token = requireToken(input.ClientRequestToken);
      registry.kms.use(input.KmsKeyId, ...WRITING);
      const secret = createSecret(registry, region, {
        name: input.Name,
        token,
        value: secretValueOf(input),
        description: input.Description,
        kmsKeyId: input.KmsKeyId,
        tags: input.Tags?.map(tagOf),
        type: input.Type,
        replicas,
        overwritesReplicas: input.ForceOverwriteReplicaSecret,
      });
      const hasValue = secret.versions.some(({ id }) => id === token);
      return {
        ...named(secret),
        VersionId: hasValue ? token : undefined,
        ReplicationStatus: replicas.length > 0 ? replicationStatus(secret, registry) : undefined,
      };
    },
  ),

  PutSecretValue: operation(
    shape(
      { SecretId: SecretIdInput },
      {
        ClientRequestToken: VersionIdInput,
        VersionStages: listOf(StageInput, 1, 20),
        RotationToken: secretText(36, 256, /^[a-zA-Z0-9-]+$/),
        ...VALUE,
      },
    ),
    (input, { registry, region }) => {
      const token = requireToken(input.ClientRequestToken);
      const value = secretValueOf(input);
      if (value === undefined) {
        refuseSecrets("InvalidRequestException", "You must provide either SecretString or SecretBinary.");
      }
      registry.kms.use(registry.findWritable(region, input.SecretId).kmsKeyId, ...WRITING);
      const put = { token, value, stages: input.VersionStages };
      const { secret, version } = putValue(registry, region, input.SecretId, put);
      return { ...named(secret), VersionId: version.id, VersionStages: version.stages };
    },
  ),

  UpdateSecret: operation(
    shape({ SecretId: SecretIdInput }, { ClientRequestToken: VersionIdInput, ...VALUE, ...DETAILS }),
    (input, { registry, region }) => {
      const value = secretValueOf(input);
      const token = value === undefined ? undefined : requireToken(input.ClientRequestToken);
      const key = input.KmsKeyId ?? registry.findWritable(region, input.SecretId).kmsKeyId;
      if (value !== undefined) registry.kms.use(key, ...WRITING);
      const change = {
        token,
        value,
        description: input.Description,
        kmsKeyId: input.KmsKeyId,
        type: input.Type,
      };
      const secret = updateSecret(registry, region, input.SecretId, change);
      return { ...named(secret), VersionId: token };
    },
  ),

  UpdateSecretVersionStage: operation(
    shape(
      { SecretId: SecretIdInput, VersionStage: StageInput },
      { RemoveFromVersionId: VersionIdInput, MoveToVersionId: VersionIdInput },
    ),
    (input, { registry, region }) => {
      const change = { from: input.RemoveFromVersionId, to: input.MoveToVersionId };
      return named(moveStage(registry, region, input.SecretId, input.VersionStage, change));
    },
  ),

  ListSecretVersionIds: operation(
    shape({ SecretId: SecretIdInput }, { IncludeDeprecated: flag, ...PAGE }),
    (input, { registry, region }) => {
      const { secret, arn } = registry.find(region, input.SecretId);
      const isAsked = ({ stages }: StoredVersion) => stages.length > 0 || input.IncludeDeprecated === true;
      const page = pageOfSecrets(secret.versions, isAsked, ({ id }) => id, input.NextToken, input.MaxResults);
      return {
        Versions: page.items.map((version) => versionEntry(version, secret)),
        ARN: arn,
        Name: secret.name,
        NextToken: page.nextToken,
      };
    },
  ),
};

function secretValueOf(input: {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: string | undefined;
}): StoredValue | undefined {
  const { SecretString, SecretBinary } = input;
  if (SecretString !== undefined && SecretBinary !== undefined) {
    refuseSecrets("InvalidParameterException", "You can't specify both SecretString and SecretBinary.");
  }
  if (SecretString !== undefined) return { text: SecretString };
  return SecretBinary === undefined ? undefined : { base64: SecretBinary };
}
