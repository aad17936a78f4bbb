/** Managed rotation, as settings only, and replication. */
import { replicationStatus } from "./answers.ts";
import { flag, integer, list, shape, text } from "./input.ts";
import { addReplicas, cancelRotation, configureRotation, removeReplicas } from "./lifecycle.ts";
import {
  named,
  operation,
  Region,
  ReplicaRegions,
  replicaOf,
  requireToken,
  SecretId,
  type SecretsOperations,
  VersionId,
} from "./operation.ts";

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
};
