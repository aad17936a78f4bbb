/** The sandbox's models as a Cloud, without HTTP in between: for tests that make thousands of calls. */
import { AnswerDates, type DateSource } from "../../src/answer-dates.ts";
import { ConflictError, type ErrorCode } from "../../src/errors.ts";
import { CloudFrontRefusal } from "../../src/sandbox/cloudfront/refusal.ts";
import type { StoredKeyGroup, StoredPublicKey } from "../../src/sandbox/cloudfront/state.ts";
import { disableRotation, undeleteSecret } from "../../src/sandbox/secrets/lifecycle.ts";
import { SecretsRefusal } from "../../src/sandbox/secrets/refusal.ts";
import { addReplicas } from "../../src/sandbox/secrets/replication.ts";
import type { StoredValue } from "../../src/sandbox/secrets/state.ts";
import { createSecret, moveStage, putValue, readValue } from "../../src/sandbox/secrets/values.ts";
import type { Site } from "../../src/sandbox/site.ts";
import { Sealed } from "../../src/sealed.ts";
import type { Cloud, KeyGroup, PublicKey, SecretValue, Versioned } from "../../src/seams/cloud.ts";
import { httpDate } from "../fakes/http-date.ts";

/** Wraps every call, and may throw before it, after it, or both. */
export type Around = <T>(operation: string, kind: "read" | "write", call: () => T) => Promise<T>;

const CODES: readonly (readonly [RegExp, ErrorCode])[] = [
  [/PreconditionFailed|InvalidIfMatchVersion/, "ERR_PRECONDITION"],
  [/^NoSuch|ResourceNotFound/, "ERR_NOT_FOUND"],
  [/AlreadyExists|ResourceExists/, "ERR_EXISTS"],
  [/InUse/, "ERR_IN_USE"],
  [/^TooMany|LimitExceeded/, "ERR_QUOTA"],
  [/InvalidParameter/, "ERR_PRECONDITION"],
];

/** A refusal of the models as the error that the adapters would throw. */
function asConflict(thrown: unknown): unknown {
  if (!(thrown instanceof CloudFrontRefusal || thrown instanceof SecretsRefusal)) return thrown;
  const code = CODES.find(([pattern]) => pattern.test(thrown.code))?.[1] ?? "ERR_REFUSED";
  return new ConflictError(code, thrown.message, [], thrown);
}

export function directCloud(
  { account, clock }: Pick<Site, "account" | "clock">,
  around: Around = async (_operation, _kind, call) => call(),
): Cloud {
  const { cloudFront, secrets, region } = account;
  const { registry } = secrets;
  const dates = new AnswerDates();
  const now = () => clock.now();
  const ask = async <T>(operation: string, kind: "read" | "write", call: () => T): Promise<T> => {
    const by: DateSource = /Secret/.test(operation) ? "Secrets Manager" : "CloudFront";
    const heard = dates.asking(by, now);
    try {
      return await around(operation, kind, () => {
        try {
          return call();
        } finally {
          heard(httpDate(now()));
        }
      });
    } catch (thrown) {
      throw asConflict(thrown);
    }
  };
  async function* each<T>(operation: string, list: () => readonly T[]): AsyncIterable<T> {
    yield* await ask(operation, "read", list);
  }
  return {
    where: "a direct account",
    dates,
    caller: async () => "arn:aws:iam::111122223333:role/operator",
    controlPlane: {
      listPublicKeys: () =>
        each("ListPublicKeys", () => cloudFront.publicKeys.list().map((key) => publicKey(key).value)),
      getPublicKey: (id) => ask("GetPublicKey", "read", () => publicKey(cloudFront.publicKeys.get(id))),
      createPublicKey: (config) =>
        ask("CreatePublicKey", "write", () => publicKey(cloudFront.publicKeys.create(config))),
      deletePublicKey: (id, etag) =>
        ask("DeletePublicKey", "write", () => cloudFront.publicKeys.delete(id, etag)),
      listFieldEncryptionKeys: () => each("ListFieldLevelEncryptionProfiles", () => []),
      listKeyGroups: () =>
        each("ListKeyGroups", () => cloudFront.keyGroups.list().map((group) => keyGroup(group).value)),
      getKeyGroup: (id) => ask("GetKeyGroup", "read", () => keyGroup(cloudFront.keyGroups.get(id))),
      createKeyGroup: (config) =>
        ask("CreateKeyGroup", "write", () => keyGroup(cloudFront.keyGroups.create(config))),
      updateKeyGroup: (id, etag, config) =>
        ask("UpdateKeyGroup", "write", () => keyGroup(cloudFront.keyGroups.update(id, etag, config))),
      deleteKeyGroup: (id, etag) =>
        ask("DeleteKeyGroup", "write", () => cloudFront.keyGroups.delete(id, etag)),
      listDistributionsByKeyGroup: (id) =>
        each("ListDistributionsByKeyGroup", () => cloudFront.keyGroups.distributionIds(id)),
      listDistributions: () => each("ListDistributions", () => []),
      getCachePolicy: notRead,
      getOriginRequestPolicy: notRead,
      getDistribution: notRead,
    },
    vault: {
      create: (name, token, value, description) =>
        ask("CreateSecret", "write", () => {
          const { arn } = createSecret(registry, region, { name, token, value: stored(value), description });
          return { arn, versionId: token };
        }),
      get: (id, which) =>
        ask("GetSecretValue", "read", () => {
          const { view, version } = readValue(registry, region, id, which);
          const { id: versionId, stages, createdAt, value } = version;
          return {
            arn: view.arn,
            name: view.secret.name,
            versionId,
            stages,
            createdAt,
            value: sealed(value),
          };
        }),
      put: (id, token, value, stages) =>
        ask("PutSecretValue", "write", () => {
          const { version } = putValue(registry, region, id, { token, value: stored(value), stages });
          return { versionId: version.id, stages: version.stages };
        }),
      describe: (id) =>
        ask("DescribeSecret", "read", () => {
          const { secret, arn } = registry.find(region, id);
          const labelled = secret.versions.filter(({ stages }) => stages.length > 0);
          return {
            arn,
            name: secret.name,
            rotationEnabled: secret.rotation?.enabled ?? false,
            replicas: [],
            stagesByVersion: Object.fromEntries(labelled.map((version) => [version.id, version.stages])),
            tags: {},
          };
        }),
      listVersions: (id) =>
        each("ListSecretVersionIds", () =>
          registry.find(region, id).secret.versions.map(({ id: versionId, stages, createdAt }) => ({
            versionId,
            stages,
            createdAt,
          })),
        ),
      moveStage: (id, stage, change) =>
        ask("UpdateSecretVersionStage", "write", () => {
          moveStage(registry, region, id, stage, change);
        }),
      list: () =>
        each("ListSecrets", () =>
          registry.list(region).map(({ arn, secret }) => ({
            arn,
            name: secret.name,
            ...(secret.deletion === undefined ? {} : { deletedAt: secret.deletion.orderedAt }),
            rotationEnabled: false,
            replicas: [],
            stagesByVersion: {},
            tags: {},
          })),
        ),
      restore: (id) =>
        ask("RestoreSecret", "write", () => {
          undeleteSecret(registry, region, id);
        }),
      cancelRotation: (id) =>
        ask("CancelRotateSecret", "write", () => {
          disableRotation(registry, region, id);
        }),
      replicate: (id, replica, overwrites) =>
        ask("ReplicateSecretToRegions", "write", () => {
          addReplicas(registry, region, id, [{ region: replica }], overwrites);
        }),
    },
  };
}

const notRead = (): never => {
  throw new Error("no rotation reads a distribution");
};

function publicKey({ id, etag, createdAt, config }: StoredPublicKey): Versioned<PublicKey> {
  const { name, encodedKey, comment } = config;
  return { etag, value: { id, createdAt, name, encodedKey, comment } };
}

function keyGroup({ id, etag, modifiedAt, config }: StoredKeyGroup): Versioned<KeyGroup> {
  return { etag, value: { id, modifiedAt, ...config } };
}

function stored(value: SecretValue): StoredValue {
  return "text" in value
    ? { text: value.text.reveal() }
    : { base64: Buffer.from(value.binary.reveal()).toString("base64") };
}

function sealed(value: StoredValue): SecretValue {
  return "text" in value
    ? { text: new Sealed(value.text) }
    : { binary: new Sealed(Buffer.from(value.base64, "base64")) };
}
