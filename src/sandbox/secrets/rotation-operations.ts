/** Managed rotation, as settings only, and replication. */
import { replicationStatus } from "./answers.ts";
import { flag, integer, listOf, shape, textOfLength } from "./input.ts";
import { configureRotation, disableRotation } from "./lifecycle.ts";
import {
  named,
  operation,
  RegionInput,
  ReplicaRegionsInput,
  replicaOf,
  requireToken,
  SecretIdInput,
  type SecretsOperations,
  tagOf,
  VersionIdInput,
} from "./operation.ts";
import { addReplicas, removeReplicas, stopReplication } from "./replication.ts";

export const ROTATION_OPERATIONS: SecretsOperations = {
  RotateSecret: operation(
    shape(
      { SecretId: SecretIdInput },
      {
        ClientRequestToken: VersionIdInput,
        RotationLambdaARN: textOfLength(0, 2048),
        RotationRules: shape(
          {},
          {
            AutomaticallyAfterDays: integer(1, 1000),
            Duration: textOfLength(2, 3, /[0-9]+h/),
            ScheduleExpression: textOfLength(1, 256, /[0-9A-Za-z()#?*\-/, ]+/),
          },
        ),
        ExternalSecretRotationMetadata: listOf(
          shape({ Key: textOfLength(1, 256), Value: textOfLength(1, 2048) }, {}),
          0,
          100,
        ),
        ExternalSecretRotationRoleArn: textOfLength(20, 2048),
        RotateImmediately: flag,
      },
    ),
    (input, { registry, region }) => {
      const token = requireToken(input.ClientRequestToken, "InvalidParameterException");
      const rules = input.RotationRules as Readonly<Record<string, string | number>> | undefined;
      const roleArn = input.ExternalSecretRotationRoleArn;
      const metadata = input.ExternalSecretRotationMetadata?.map(tagOf);
      const isExternal = roleArn !== undefined || metadata !== undefined;
      const settings = {
        lambdaArn: input.RotationLambdaARN,
        rules,
        external: isExternal ? { roleArn: roleArn || undefined, metadata } : undefined,
      };
      return { ...named(configureRotation(registry, region, input.SecretId, settings)), VersionId: token };
    },
  ),

  CancelRotateSecret: operation(shape({ SecretId: SecretIdInput }, {}), (input, { registry, region }) =>
    named(disableRotation(registry, region, input.SecretId)),
  ),

  ReplicateSecretToRegions: operation(
    shape(
      { SecretId: SecretIdInput, AddReplicaRegions: ReplicaRegionsInput },
      { ForceOverwriteReplicaSecret: flag },
    ),
    (input, { registry, region }) => {
      const added = input.AddReplicaRegions.map(replicaOf);
      const isForced = input.ForceOverwriteReplicaSecret === true;
      const secret = addReplicas(registry, region, input.SecretId, added, isForced);
      return { ARN: secret.arn, ReplicationStatus: replicationStatus(secret, registry) };
    },
  ),

  RemoveRegionsFromReplication: operation(
    shape({ SecretId: SecretIdInput, RemoveReplicaRegions: listOf(RegionInput, 1, 100) }, {}),
    (input, { registry, region }) => {
      const secret = removeReplicas(registry, region, input.SecretId, input.RemoveReplicaRegions);
      return { ARN: secret.arn, ReplicationStatus: replicationStatus(secret, registry) };
    },
  ),

  StopReplicationToReplica: operation(
    shape({ SecretId: SecretIdInput }, {}),
    (input, { registry, region }) => ({
      ARN: stopReplication(registry, region, input.SecretId).arn,
    }),
  ),
};
