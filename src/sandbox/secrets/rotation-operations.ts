/** Managed rotation, as settings only, and replication. */
import { replicationStatus } from "./answers.ts";
import { flag, integer, list, shape, text } from "./input.ts";
import { cancelRotation, configureRotation } from "./lifecycle.ts";
import {
  named,
  operation,
  Region,
  ReplicaRegions,
  replicaOf,
  requireToken,
  SecretId,
  type SecretsOperations,
  tagOf,
  VersionId,
} from "./operation.ts";
import { addReplicas, removeReplicas, stopReplication } from "./replication.ts";

export const ROTATION_OPERATIONS: SecretsOperations = {
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
            Duration: text(2, 3, /[0-9]+h/),
            ScheduleExpression: text(1, 256, /[0-9A-Za-z()#?*\-/, ]+/),
          },
        ),
        ExternalSecretRotationMetadata: list(shape({ Key: text(1, 256), Value: text(1, 2048) }, {}), 0, 100),
        ExternalSecretRotationRoleArn: text(20, 2048),
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

  CancelRotateSecret: operation(shape({ SecretId }, {}), (input, { registry, region }) =>
    named(cancelRotation(registry, region, input.SecretId)),
  ),

  ReplicateSecretToRegions: operation(
    shape({ SecretId, AddReplicaRegions: ReplicaRegions }, { ForceOverwriteReplicaSecret: flag }),
    (input, { registry, region }) => {
      const added = input.AddReplicaRegions.map(replicaOf);
      const isForced = input.ForceOverwriteReplicaSecret === true;
      const secret = addReplicas(registry, region, input.SecretId, added, isForced);
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

  StopReplicationToReplica: operation(shape({ SecretId }, {}), (input, { registry, region }) => ({
    ARN: stopReplication(registry, region, input.SecretId).arn,
  })),
};
