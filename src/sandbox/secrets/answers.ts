/** A secret as returned by DescribeSecret, ListSecrets and the operations that read values. Times are epoch seconds. */
import type { Registry, SecretView } from "./registry.ts";
import { keyOf, type StoredSecret, type StoredVersion, type Tag } from "./state.ts";

type Json = Readonly<Record<string, unknown>>;

export function describeEntry(view: SecretView, registry: Registry): Json {
  const { secret } = view;
  const isReplicated = secret.replicas.length > 0;
  return {
    ...head(view),
    VersionIdsToStages: labelledStages(secret),
    PrimaryRegion: isReplicated ? secret.region : undefined,
    // Only the primary reports on its replicas.
    ReplicationStatus:
      isReplicated && view.replica === undefined ? replicationStatus(secret, registry) : undefined,
  };
}

export function listEntry(view: SecretView): Json {
  const { secret } = view;
  return {
    ...head(view),
    SecretVersionsToStages: labelledStages(secret),
    PrimaryRegion: secret.replicas.length > 0 ? secret.region : undefined,
  };
}

function head({ secret, arn }: SecretView): Json {
  const { rotation } = secret;
  return {
    ARN: arn,
    Name: secret.name,
    Type: secret.type,
    Description: secret.description || undefined,
    KmsKeyId: secret.kmsKeyId,
    RotationEnabled: rotation?.enabled,
    RotationLambdaARN: rotation?.lambdaArn,
    RotationRules: rotation?.rules,
    ExternalSecretRotationMetadata: rotation?.external?.metadata?.map(writeTag),
    ExternalSecretRotationRoleArn: rotation?.external?.roleArn,
    LastRotatedDate: rotation?.rotatedAt,
    LastChangedDate: secret.changedAt,
    LastAccessedDate: secret.accessedAt,
    DeletedDate: secret.deletion?.orderedAt,
    Tags: secret.tags?.map(writeTag),
    OwningService: secret.owningService,
    CreatedDate: secret.createdAt,
  };
}

/** A secret's value as returned by GetSecretValue and BatchGetSecretValue. */
export function valueEntry(view: SecretView, { id, value, stages, createdAt }: StoredVersion): Json {
  return {
    ARN: view.arn,
    Name: view.secret.name,
    VersionId: id,
    ...("text" in value ? { SecretString: value.text } : { SecretBinary: value.base64 }),
    VersionStages: stages.length > 0 ? stages : undefined,
    CreatedDate: createdAt,
  };
}

export function versionEntry(version: StoredVersion, { kmsKeyId }: StoredSecret): Json {
  return {
    VersionId: version.id,
    VersionStages: version.stages.length > 0 ? version.stages : undefined,
    LastAccessedDate: version.accessedAt,
    CreatedDate: version.createdAt,
    KmsKeyIds: [kmsKeyId ?? "DefaultEncryptionKey"],
  };
}

/** InSync once the replica has the primary's value; until then InProgress, or whatever a test has set. */
export function replicationStatus(secret: StoredSecret, registry: Registry): readonly Json[] {
  const then = registry.timeline.at(registry.now - registry.replicationLag);
  const arrived = then.secrets.get(keyOf(secret.region, secret.name));
  return secret.replicas.map(({ region, kmsKeyId, failure, stuck }) => {
    const isHere = arrived?.replicas.some((replica) => replica.region === region) === true;
    const isCaughtUp = isHere && arrived?.changedAt === secret.changedAt;
    return {
      Region: region,
      KmsKeyId: kmsKeyId,
      Status: failure === undefined ? (stuck?.status ?? (isCaughtUp ? "InSync" : "InProgress")) : "Failed",
      StatusMessage: failure ?? stuck?.message,
    };
  });
}

function labelledStages({ versions }: StoredSecret): Json | undefined {
  const labelled = versions.filter(({ stages }) => stages.length > 0);
  return labelled.length === 0
    ? undefined
    : Object.fromEntries(labelled.map(({ id, stages }) => [id, stages]));
}

const writeTag = ({ key, value }: Tag) => ({ Key: key, Value: value });
