/** Secrets Manager through the SDK. Values are sealed on arrival. */
import {
  CancelRotateSecretCommand,
  CreateSecretCommand,
  DescribeSecretCommand,
  type DescribeSecretResponse,
  GetSecretValueCommand,
  ListSecretsCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  ReplicateSecretToRegionsCommand,
  RestoreSecretCommand,
  type SecretListEntry,
  type SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { Sealed } from "../../sealed.ts";
import type { SecretDescription, SecretValue, SecretVault } from "../../seams/cloud.ts";
import type { AwsCalls } from "./call.ts";
import type { CallName } from "./errors.ts";

export function awsSecretVault(client: SecretsManagerClient, calls: AwsCalls): SecretVault {
  return {
    async create(name, token, value, description) {
      const input = {
        Name: name,
        ClientRequestToken: token,
        ...sdkValue(value),
        Description: description,
      };
      const answer = await calls.write(call("CreateSecret", name), (options) =>
        client.send(new CreateSecretCommand(input), options),
      );
      return { arn: answer.ARN ?? "", versionId: answer.VersionId ?? "" };
    },

    async get(id, which) {
      const selector = "stage" in which ? { VersionStage: which.stage } : { VersionId: which.versionId };
      const answer = await calls.read(call("GetSecretValue", id), (options) =>
        client.send(new GetSecretValueCommand({ SecretId: id, ...selector }), options),
      );
      return {
        arn: answer.ARN ?? "",
        name: answer.Name ?? "",
        versionId: answer.VersionId ?? "",
        stages: answer.VersionStages ?? [],
        createdAt: seconds(answer.CreatedDate),
        value: secretValueOf(answer),
      };
    },

    async put(id, token, value, stages) {
      const input = {
        SecretId: id,
        ClientRequestToken: token,
        ...sdkValue(value),
        VersionStages: [...stages],
      };
      const answer = await calls.write(call("PutSecretValue", id), (options) =>
        client.send(new PutSecretValueCommand(input), options),
      );
      return { versionId: answer.VersionId ?? "", stages: answer.VersionStages ?? [] };
    },

    async describe(id) {
      const answer = await calls.read(call("DescribeSecret", id), (options) =>
        client.send(new DescribeSecretCommand({ SecretId: id }), options),
      );
      return descriptionOf(answer, answer.VersionIdsToStages, answer.ReplicationStatus);
    },

    async *listVersions(id) {
      let NextToken: string | undefined;
      do {
        const input = { SecretId: id, IncludeDeprecated: true, NextToken };
        const answer = await calls.read(call("ListSecretVersionIds", id), (options) =>
          client.send(new ListSecretVersionIdsCommand(input), options),
        );
        for (const version of answer.Versions ?? []) {
          yield {
            versionId: version.VersionId ?? "",
            stages: version.VersionStages ?? [],
            createdAt: seconds(version.CreatedDate),
          };
        }
        NextToken = answer.NextToken || undefined;
      } while (NextToken !== undefined);
    },

    async moveStage(id, stage, { from, to }) {
      const input = {
        SecretId: id,
        VersionStage: stage,
        RemoveFromVersionId: from,
        MoveToVersionId: to,
      };
      // The only parameter that can be wrong here is the version expected to hold the label.
      const name = {
        ...call("UpdateSecretVersionStage", id),
        meanings: { InvalidParameterException: "ERR_PRECONDITION" } as const,
      };
      await calls.write(name, (options) => client.send(new UpdateSecretVersionStageCommand(input), options));
    },

    async *list() {
      let NextToken: string | undefined;
      do {
        const answer = await calls.read(call("ListSecrets", "*"), (options) =>
          client.send(new ListSecretsCommand({ NextToken, IncludePlannedDeletion: true }), options),
        );
        for (const entry of answer.SecretList ?? [])
          yield descriptionOf(entry, entry.SecretVersionsToStages, undefined);
        NextToken = answer.NextToken || undefined;
      } while (NextToken !== undefined);
    },

    async restore(id) {
      const input = { SecretId: id };
      await calls.write(keeping("RestoreSecret", id), (options) =>
        client.send(new RestoreSecretCommand(input), options),
      );
    },

    async cancelRotation(id) {
      const input = { SecretId: id };
      await calls.write(keeping("CancelRotateSecret", id), (options) =>
        client.send(new CancelRotateSecretCommand(input), options),
      );
    },

    async replicate(id, region, overwrites) {
      const input = {
        SecretId: id,
        AddReplicaRegions: [{ Region: region }],
        ForceOverwriteReplicaSecret: overwrites,
      };
      await calls.write(keeping("ReplicateSecretToRegions", id), (options) =>
        client.send(new ReplicateSecretToRegionsCommand(input), options),
      );
    },
  };
}

/** Operations that no rotation uses. */
const keeping = (operation: string, id: string): CallName => ({
  ...call(operation, id),
  role: "secret-keeper",
});

function call(operation: string, id: string): CallName {
  return { action: `secretsmanager:${operation}`, subject: id === "*" ? "secrets" : `secret ${id}` };
}

function sdkValue(value: SecretValue): { SecretString: string } | { SecretBinary: Uint8Array } {
  return "text" in value ? { SecretString: value.text.reveal() } : { SecretBinary: value.binary.reveal() };
}

function secretValueOf({
  SecretString,
  SecretBinary,
}: {
  SecretString?: string | undefined;
  SecretBinary?: Uint8Array | undefined;
}): SecretValue {
  if (SecretString !== undefined) return { text: new Sealed(SecretString) };
  return { binary: new Sealed(SecretBinary ?? new Uint8Array()) };
}

/** The list does not include replicas: assume none. */
function descriptionOf(
  entry: SecretListEntry | DescribeSecretResponse,
  stagesByVersion: Record<string, string[]> | undefined,
  replicas: DescribeSecretResponse["ReplicationStatus"],
): SecretDescription {
  return {
    arn: entry.ARN ?? "",
    name: entry.Name ?? "",
    kmsKeyId: entry.KmsKeyId || undefined,
    rotationEnabled: entry.RotationEnabled ?? false,
    primaryRegion: entry.PrimaryRegion || undefined,
    replicas: (replicas ?? []).map((each) => ({
      region: each.Region ?? "",
      status: each.Status ?? "",
      message: each.StatusMessage || undefined,
    })),
    stagesByVersion: stagesByVersion ?? {},
    tags: Object.fromEntries((entry.Tags ?? []).map(({ Key, Value }) => [Key ?? "", Value ?? ""])),
    owningService: entry.OwningService || undefined,
    deletedAt: entry.DeletedDate && seconds(entry.DeletedDate),
  };
}

function seconds(date: Date | undefined): number {
  return date === undefined ? 0 : date.getTime() / 1000;
}
