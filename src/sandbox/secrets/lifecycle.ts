/** What happens to a secret as a whole: deletion and restoration, tags, rotation settings, replication. */
import type { EpochSeconds } from "../../time.ts";
import { refuse } from "./refusal.ts";
import { type Registry, refuseDeleted } from "./registry.ts";
import type { RotationSettings, StoredReplica, StoredSecret, Tag } from "./state.ts";

const DAY = 86_400;
const USUAL_WINDOW = 30;
const TAGS_PER_SECRET = 50;

/** Marks it; the clock takes it away. Forced, it goes at once, and one that is not there is no error. */
export function deleteSecret(
  registry: Registry,
  region: string,
  id: string,
  { windowInDays, isForced }: { readonly windowInDays?: number | undefined; readonly isForced: boolean },
): { readonly arn: string; readonly name: string; readonly goneAt: EpochSeconds } {
  if (isForced && windowInDays !== undefined) {
    refuse(
      "InvalidParameterException",
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    );
  }
  const days = windowInDays ?? USUAL_WINDOW;
  if (days < 7 || days > USUAL_WINDOW) {
    refuse(
      "InvalidParameterException",
      "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
    );
  }
  const now = registry.now;
  if (isForced && !registry.has(region, id)) {
    const prefix = `arn:aws:secretsmanager:${region}:${registry.options.accountId}:secret:`;
    const name = id.startsWith(prefix) ? id.slice(prefix.length) : id;
    return { arn: prefix + name, name, goneAt: now };
  }
  const secret = registry.findPrimary(region, id);
  if (secret.deletion !== undefined && !isForced) refuseDeleted();
  if (secret.replicas.length > 0) {
    refuse(
      "InvalidRequestException",
      "You can't delete a secret that has replica regions. Remove the replicas first.",
    );
  }
  const { arn, name } = secret;
  if (isForced) {
    registry.remove(secret);
    return { arn, name, goneAt: now };
  }
  const goneAt = now + days * DAY;
  registry.saveChanged({ ...secret, deletion: { orderedAt: now, goneAt } });
  return { arn, name, goneAt };
}

export function restoreSecret(registry: Registry, region: string, id: string): StoredSecret {
  const { deletion, ...secret } = registry.findPrimary(region, id);
  // Restoring what was not deleted is no error either.
  if (deletion !== undefined) registry.saveChanged(secret);
  return secret;
}

export function tagSecret(registry: Registry, region: string, id: string, added: readonly Tag[]): void {
  const secret = registry.findWritable(region, id);
  const kept = (secret.tags ?? []).filter((tag) => !added.some(({ key }) => key === tag.key));
  const tags = [...kept, ...added];
  if (tags.length > TAGS_PER_SECRET) {
    refuse("InvalidParameterException", `A secret can have at most ${TAGS_PER_SECRET} tags.`);
  }
  registry.saveChanged({ ...secret, tags });
}

export function untagSecret(registry: Registry, region: string, id: string, keys: readonly string[]): void {
  const secret = registry.findWritable(region, id);
  registry.saveChanged({ ...secret, tags: (secret.tags ?? []).filter(({ key }) => !keys.includes(key)) });
}

/** Switches managed rotation on. The Lambda function itself is not run: nothing rotates. */
export function configureRotation(
  registry: Registry,
  region: string,
  id: string,
  asked: Pick<RotationSettings, "lambdaArn" | "rules">,
): StoredSecret {
  const secret = registry.findWritable(region, id);
  const lambdaArn = asked.lambdaArn ?? secret.rotation?.lambdaArn;
  if (lambdaArn === undefined) {
    refuse("InvalidRequestException", "No Lambda rotation function ARN is associated with this secret.");
  }
  const rules = asked.rules ?? secret.rotation?.rules;
  const rotation: RotationSettings = {
    enabled: true,
    lambdaArn,
    rotatedAt: registry.now,
    ...(rules === undefined ? {} : { rules }),
  };
  const changed = { ...secret, rotation };
  registry.saveChanged(changed);
  return changed;
}

export function cancelRotation(registry: Registry, region: string, id: string): StoredSecret {
  const secret = registry.findWritable(region, id);
  const changed = { ...secret, rotation: { ...secret.rotation, enabled: false } };
  registry.saveChanged(changed);
  return changed;
}

export function addReplicas(
  registry: Registry,
  region: string,
  id: string,
  added: readonly StoredReplica[],
  isForced: boolean,
): StoredSecret {
  const secret = registry.findWritable(region, id);
  makeRoom(registry, secret, added, isForced);
  const changed = { ...secret, replicas: [...secret.replicas, ...added] };
  registry.saveChanged(changed);
  return changed;
}

/** Refuses what cannot be a replica. Forced, a secret of that name in a replica's region gives way to it. */
export function makeRoom(
  registry: Registry,
  secret: Pick<StoredSecret, "name" | "region" | "replicas">,
  added: readonly StoredReplica[],
  isForced: boolean,
): void {
  const overwritten: StoredSecret[] = [];
  const taken = new Set([secret.region, ...secret.replicas.map((replica) => replica.region)]);
  for (const { region } of added) {
    if (taken.has(region)) {
      refuse("InvalidParameterException", `The secret is already in region ${region}.`);
    }
    taken.add(region);
    const there = registry.named(region, secret.name);
    if (there === undefined) continue;
    if (!isForced || there.replica !== undefined) {
      refuse("InvalidRequestException", `A secret with this name already exists in region ${region}.`);
    }
    overwritten.push(there.secret);
  }
  for (const each of overwritten) registry.remove(each);
}

export function removeReplicas(
  registry: Registry,
  region: string,
  id: string,
  regions: readonly string[],
): StoredSecret {
  const secret = registry.findWritable(region, id);
  for (const each of regions) {
    if (!secret.replicas.some((replica) => replica.region === each)) {
      refuse("InvalidParameterException", `The secret has no replica in region ${each}.`);
    }
  }
  const changed = {
    ...secret,
    replicas: secret.replicas.filter((replica) => !regions.includes(replica.region)),
  };
  registry.saveChanged(changed);
  return changed;
}

/** By order of a test: the replica keeps showing what it has now, with that status, until it is let go. */
export function holdReplica(
  registry: Registry,
  region: string,
  id: string,
  replicaRegion: string,
  stuck: { readonly status: "Failed" | "InProgress"; readonly message?: string } | undefined,
): void {
  const secret = registry.findWritable(region, id);
  const shown = registry.find(replicaRegion, secret.name).secret.versions;
  const replicas = secret.replicas.map((replica) => {
    if (replica.region !== replicaRegion) return replica;
    const { stuck: _released, ...rest } = replica;
    return stuck === undefined ? rest : { ...rest, stuck: { ...stuck, versions: shown } };
  });
  registry.save({ ...secret, replicas });
}
