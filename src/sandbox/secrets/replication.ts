/** Replicas of a secret in other regions: add, remove, promote; and, for tests, keep one out of sync. */
import { refuseSecrets } from "./refusal.ts";
import { type Registry, refuseDeleted } from "./registry.ts";
import type { StoredReplica, StoredSecret } from "./state.ts";

export function addReplicas(
  registry: Registry,
  region: string,
  id: string,
  added: readonly StoredReplica[],
  overwrites: boolean,
): StoredSecret {
  const secret = registry.findWritable(region, id);
  const placed = placeReplicas(registry, secret, added, overwrites);
  const regions = placed.map((replica) => replica.region);
  const kept = secret.replicas.filter((replica) => !regions.includes(replica.region));
  const changed = { ...secret, replicas: [...kept, ...placed] };
  registry.saveChanged(changed);
  return changed;
}

/** `eu-west-1`, `us-gov-east-1`, `ap-southeast-5`. */
const REGION = /^[a-z]{2,3}(?:-[a-z]{2,12}){1,3}-\d{1,2}$/;

/**
 * The replicas as they will be stored. If a secret with that name exists, the replica is Failed; with `overwrites`, that
 * secret is removed instead. Refuses the secret's own region and a region whose replica has not failed.
 */
export function placeReplicas(
  registry: Registry,
  secret: Pick<StoredSecret, "name" | "region" | "replicas">,
  added: readonly StoredReplica[],
  overwrites: boolean,
): readonly StoredReplica[] {
  const taken = new Set([secret.region]);
  for (const { region } of added) {
    if (taken.has(region) || !REGION.test(region))
      refuseSecrets("InvalidParameterException", "Invalid replica region.");
    taken.add(region);
    const present = secret.replicas.find((replica) => replica.region === region);
    const isFailed = present?.failure !== undefined || present?.stuck?.status === "Failed";
    if (present !== undefined && !isFailed) {
      // AWS's wording is unknown.
      refuseSecrets("InvalidParameterException", `The secret is already replicated to region ${region}.`);
    }
  }
  return added.map((replica) => {
    const { region } = replica;
    const there = registry.named(region, secret.name);
    if (there === undefined) return replica;
    // Its own replica, which failed and is made again.
    if (there.replica !== undefined && there.secret.region === secret.region) return replica;
    if (overwrites && there.replica === undefined) {
      registry.remove(there.secret);
      return replica;
    }
    const failure = `Replication failed: Secret name ${secret.name} already exists in region ${region}.`;
    return { ...replica, failure };
  });
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
      // AWS's wording is unknown.
      refuseSecrets("InvalidParameterException", `The secret has no replica in region ${each}.`);
    }
  }
  const changed = {
    ...secret,
    replicas: secret.replicas.filter((replica) => !regions.includes(replica.region)),
  };
  registry.saveChanged(changed);
  return changed;
}

/** Turns the region's replica into an independent secret with its current value, and removes it from the primary's list. */
export function stopReplication(registry: Registry, region: string, id: string): StoredSecret {
  const { secret, arn, replica } = registry.findNewest(region, id);
  if (secret.deletion !== undefined) refuseDeleted();
  if (replica === undefined) {
    // AWS's wording is unknown.
    refuseSecrets(
      "InvalidParameterException",
      "Operation not permitted on a primary secret. Call must be made in the replica secret's region.",
    );
  }
  const primary = registry.findPrimary(secret.region, secret.arn);
  const replicas = primary.replicas.filter((each) => each.region !== region);
  // A promoted secret has the replica's key, and no rotation (Secrets Manager User Guide, "Promote a replica secret").
  const { rotation: _rotation, ...kept } = secret;
  const promoted = { ...kept, region, arn, replicas: [], kmsKeyId: replica.kmsKeyId };
  registry.saveChanged({ ...primary, replicas });
  registry.saveChanged(promoted);
  return promoted;
}

/** For tests: the replica keeps its current value, with that status, until it is released with `undefined`. */
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
