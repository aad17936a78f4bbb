/** Secret values and their versions: create, put, update, read, move a label. */
import type { EpochSeconds } from "../../time.ts";
import { CURRENT, moveLabel, putVersion, versionWithLabel } from "./labels.ts";
import { refuseSecrets } from "./refusal.ts";
import { checkName, type Registry, refuseDeleted, type SecretView } from "./registry.ts";
import { placeReplicas } from "./replication.ts";
import type { StoredReplica, StoredSecret, StoredValue, StoredVersion, Tag } from "./state.ts";

/** At most a hundred versions; none of the last day is removed to make room (API Reference, PutSecretValue). */
const VERSIONS_KEPT = 100;
const DAY = 86_400;
const SUFFIX_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

export interface NewSecret {
  readonly name: string;
  readonly token: string;
  readonly value?: StoredValue | undefined;
  readonly description?: string | undefined;
  readonly kmsKeyId?: string | undefined;
  readonly type?: string | undefined;
  readonly tags?: readonly Tag[] | undefined;
  readonly replicas?: readonly StoredReplica[] | undefined;
  readonly overwritesReplicas?: boolean | undefined;
}

export function createSecret(registry: Registry, region: string, input: NewSecret): StoredSecret {
  const { name, token, value } = input;
  checkName(name);
  const existing = registry.named(region, name)?.secret;
  if (existing?.deletion !== undefined) {
    refuseSecrets(
      "InvalidRequestException",
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  if (existing !== undefined) {
    // A repeated request gets the first response.
    if (value !== undefined && isRepeated(existing, token, value)) return existing;
    refuseSecrets(
      "ResourceExistsException",
      `The operation failed because the secret ${name} already exists.`,
    );
  }
  const { replicas = [], overwritesReplicas = false } = input;
  const placed = placeReplicas(registry, { name, region, replicas: [] }, replicas, overwritesReplicas);
  const now = registry.now;
  const { accountId, random } = registry.options;
  const suffix = Array.from(random.bytes(6), (byte) => SUFFIX_ALPHABET[byte % SUFFIX_ALPHABET.length]).join(
    "",
  );
  const secret: StoredSecret = {
    name,
    region,
    arn: `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}-${suffix}`,
    createdAt: now,
    changedAt: now,
    versions: value === undefined ? [] : [{ id: token, value, stages: [CURRENT], createdAt: now }],
    replicas: placed,
    type: input.type,
    description: input.description,
    kmsKeyId: input.kmsKeyId,
    tags: input.tags,
  };
  registry.save(secret);
  return secret;
}

/** Idempotent by token: repeating the same value changes nothing; a different value is refused. */
export function putValue(
  registry: Registry,
  region: string,
  id: string,
  input: {
    readonly token: string;
    readonly value: StoredValue;
    readonly stages?: readonly string[] | undefined;
  },
): { readonly secret: StoredSecret; readonly version: StoredVersion } {
  const secret = registry.findWritable(region, id);
  if (!isRepeated(secret, input.token, input.value)) {
    const added: StoredVersion = {
      id: input.token,
      value: input.value,
      stages: input.stages ?? [CURRENT],
      createdAt: registry.now,
    };
    const versions = withoutSurplus(putVersion(secret.versions, added), registry.now);
    if (versions.length > VERSIONS_KEPT) refuseFull(secret);
    registry.saveChanged({ ...secret, versions });
  }
  const saved = registry.findWritable(region, id);
  return { secret: saved, version: saved.versions.find((each) => each.id === input.token) as StoredVersion };
}

export function updateSecret(
  registry: Registry,
  region: string,
  id: string,
  input: Partial<Pick<NewSecret, "token" | "value" | "description" | "kmsKeyId" | "type">>,
): StoredSecret {
  const secret = registry.findWritable(region, id);
  const { token, value, description, kmsKeyId, type } = input;
  // The value is written first: if it is refused, the description must stay unchanged.
  if (value !== undefined && token !== undefined) putValue(registry, region, id, { token, value });
  const stored = registry.findWritable(region, secret.arn);
  registry.saveChanged({
    ...stored,
    description: description ?? stored.description,
    kmsKeyId: kmsKeyId ?? stored.kmsKeyId,
    type: type ?? stored.type,
  });
  return registry.findWritable(region, secret.arn);
}

export function moveStage(
  registry: Registry,
  region: string,
  id: string,
  stage: string,
  change: { readonly from?: string | undefined; readonly to?: string | undefined },
): StoredSecret {
  const secret = registry.findWritable(region, id);
  const versions = moveLabel(secret.versions, stage, change.from, change.to);
  if (versions !== secret.versions) registry.saveChanged({ ...secret, versions });
  return secret;
}

export function readValue(
  registry: Registry,
  region: string,
  id: string,
  which: { readonly versionId?: string | undefined; readonly stage?: string | undefined },
): { readonly view: SecretView; readonly version: StoredVersion } {
  const view = registry.find(region, id);
  if (view.secret.deletion !== undefined) refuseDeleted();
  const version = pick(view.secret.versions, which.versionId, which.stage);
  if (view.replica === undefined) noteAccess(registry, view.secret, version.id);
  return { view, version };
}

function pick(versions: readonly StoredVersion[], versionId?: string, stage?: string): StoredVersion {
  const notFound = (what: string) =>
    refuseSecrets(
      "ResourceNotFoundException",
      `Secrets Manager can't find the specified secret value for ${what}`,
    );
  if (versionId === undefined) {
    const label = stage ?? CURRENT;
    return versionWithLabel(versions, label) ?? notFound(`staging label: ${label}`);
  }
  const version = versions.find((each) => each.id === versionId) ?? notFound(`VersionId: ${versionId}`);
  if (stage === undefined || version.stages.includes(stage)) return version;
  return refuseSecrets(
    "InvalidRequestException",
    "You provided a VersionStage that is not associated to the provided VersionId.",
  );
}

/** LastAccessedDate has day precision, so one write per day is enough. */
function noteAccess(registry: Registry, { region, name }: StoredSecret, versionId: string): void {
  const secret = registry.named(region, name)?.secret;
  const today = startOfDay(registry.now);
  const version = secret?.versions.find((each) => each.id === versionId);
  if (secret === undefined || version === undefined) return;
  if (secret.accessedAt === today && version.accessedAt === today) return;
  const versions = secret.versions.map((each) => (each === version ? { ...each, accessedAt: today } : each));
  registry.save({ ...secret, accessedAt: today, versions });
}

const startOfDay = (at: EpochSeconds) => Math.floor(at / DAY) * DAY;

function isRepeated(secret: StoredSecret, token: string, value: StoredValue): boolean {
  const version = secret.versions.find((each) => each.id === token);
  if (version === undefined) return false;
  if (isSameValue(version.value, value)) return true;
  return refuseSecrets(
    "ResourceExistsException",
    `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${secret.arn}.`,
  );
}

function isSameValue(a: StoredValue, b: StoredValue): boolean {
  return "text" in a ? "text" in b && a.text === b.text : "base64" in b && a.base64 === b.base64;
}

/** AWS documents the quota but not the message, so this one is ours. */
function refuseFull({ name }: StoredSecret): never {
  return refuseSecrets(
    "LimitExceededException",
    `Secret ${name} has ${VERSIONS_KEPT} versions, and none of them can be removed: those without a staging label are younger than 24 hours.`,
  );
}

/** Above a hundred versions, deprecated ones older than a day are removed, oldest first. */
function withoutSurplus(versions: readonly StoredVersion[], now: EpochSeconds): readonly StoredVersion[] {
  let surplus = versions.length - VERSIONS_KEPT;
  if (surplus <= 0) return versions;
  return versions.filter(({ stages, createdAt }) => {
    const goes = surplus > 0 && stages.length === 0 && createdAt <= now - DAY;
    if (goes) surplus -= 1;
    return !goes;
  });
}
