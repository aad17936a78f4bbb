/**
 * Upkeep of a gate's secret, apart from its value: restored, managed rotation off, no leftover labels, replicas in
 * sync. Each step is planned from a read, and proven by another read.
 */
import { ConflictError, isError, UsageError } from "../errors.ts";
import { LABEL } from "../rotation/version-id.ts";
import type { SecretDescription, SecretVault } from "../seams/cloud.ts";
import type { World } from "../seams/world.ts";
import { formatInstant, type Seconds } from "../time.ts";
import { KEY_ID_LABEL } from "./key-id-fix.ts";
import { REWRITE_LABEL } from "./secret-rewrite.ts";

/** Temporary labels of a rotation or of a `secret` command; no signer reads them. */
const OWN_LABELS: readonly string[] = [...Object.values(LABEL), KEY_ID_LABEL, REWRITE_LABEL];
const PENDING = "AWSPENDING";

export interface HeldLabel {
  readonly label: string;
  readonly versionId: string;
}

/**
 * The labels to release: those that are named, else keyturn's own. Throws ERR_REFUSED for a label that signers may read, or
 * that Secrets Manager's managed rotation still uses.
 */
export function labelsToRelease(
  { name, stagesByVersion, rotationEnabled }: SecretDescription,
  named: readonly string[] | undefined,
): readonly HeldLabel[] {
  for (const label of named ?? []) {
    if (label === PENDING && rotationEnabled) {
      throw new ConflictError(
        "ERR_REFUSED",
        `managed rotation of ${name} is on, and ${PENDING} is its label`,
        ["keyturn secret cancel-rotation"],
      );
    }
    if (label === PENDING || OWN_LABELS.includes(label)) continue;
    throw new ConflictError(
      "ERR_REFUSED",
      `signers may read label ${label}: only leftover labels can be released`,
      [`keyturn secret release-labels --label ${[...OWN_LABELS, PENDING].join(" ")}`],
    );
  }
  const wanted = named ?? OWN_LABELS;
  return Object.entries(stagesByVersion).flatMap(([versionId, stages]) =>
    stages
      .filter((label) => wanted.includes(label))
      // If AWSPENDING and AWSCURRENT are on one version, managed rotation has simply finished.
      .map((label) => ({ label, versionId })),
  );
}

/** Each release is conditional on the version that was read. Resolves to those still held. */
export async function releaseLabels(
  id: string,
  held: readonly HeldLabel[],
  vault: Pick<SecretVault, "moveStage" | "describe">,
): Promise<readonly HeldLabel[]> {
  for (const { label, versionId } of held) {
    try {
      await vault.moveStage(id, label, { from: versionId });
    } catch (thrown) {
      // Somebody moved or released it meanwhile: the read below shows which.
      if (!isError(thrown, "ERR_PRECONDITION")) throw thrown;
    }
  }
  const { stagesByVersion } = await vault.describe(id);
  return held.filter(({ label, versionId }) => stagesByVersion[versionId]?.includes(label));
}

/** `scheduled for deletion (DeletedDate ...)`; undefined if it is not. */
export function deletionOf({ deletedAt }: SecretDescription): string | undefined {
  return deletedAt === undefined
    ? undefined
    : `scheduled for deletion (DeletedDate ${formatInstant(deletedAt)})`;
}

/** Cancels the deletion, and resolves once Secrets Manager shows it as cancelled. Safe to repeat. */
export async function restoreDeletedSecret(
  id: string,
  vault: Pick<SecretVault, "restore" | "describe">,
): Promise<SecretDescription> {
  await vault.restore(id);
  const now = await vault.describe(id);
  if (now.deletedAt === undefined) return now;
  throw new ConflictError("ERR_PRECONDITION", `secret ${now.name} is ${deletionOf(now)} again`, [
    `keyturn secret restore ${now.name}`,
  ]);
}

/** Turns managed rotation off. A version that it had begun keeps its label AWSPENDING; resolves to such leftovers. */
export async function cancelManagedRotation(
  id: string,
  vault: Pick<SecretVault, "cancelRotation" | "describe">,
): Promise<readonly HeldLabel[]> {
  await vault.cancelRotation(id);
  const now = await vault.describe(id);
  if (now.rotationEnabled) {
    throw new ConflictError("ERR_PRECONDITION", `managed rotation of ${now.name} is on again`, [
      "find out who turns it on: CloudTrail names the caller (RotateSecret)",
    ]);
  }
  return labelsToRelease(now, [PENDING]).filter(
    ({ versionId }) => !now.stagesByVersion[versionId]?.includes("AWSCURRENT"),
  );
}

export interface ReplicaPlan {
  readonly region: string;
  /** `none` if there is no replica yet. */
  readonly status: string;
  readonly message?: string;
}

/** Throws ERR_USAGE for the secret's own region, ERR_REFUSED for a secret that is a replica itself. */
export function planReplica(secret: SecretDescription, region: string): ReplicaPlan {
  const { arn, name, primaryRegion, replicas } = secret;
  const here = arn.split(":")[3];
  if (primaryRegion !== undefined && primaryRegion !== here) {
    throw new ConflictError("ERR_REFUSED", `${name} in ${here} is a replica of ${primaryRegion}`, [
      `keyturn secret replicate ${region} --region ${primaryRegion}`,
    ]);
  }
  if (region === here) {
    throw new UsageError("ERR_USAGE", `${region} is the region of ${name} itself`, [
      "name another region, where signers read it:",
      "keyturn secret replicate REGION",
    ]);
  }
  const found = replicas.find((replica) => replica.region === region);
  return { region, status: found?.status ?? "none", message: found?.message || undefined };
}

/** How long AWS usually needs, several times over. */
const IN_SYNC_LIMIT: Seconds = 60;
const PAUSE: Seconds = 3;

/** Resolves to the replica's status once it is InSync or Failed, or to the last one after a minute. */
export async function replicate(
  id: string,
  { region, status }: ReplicaPlan,
  overwrites: boolean,
  vault: Pick<SecretVault, "replicate" | "describe">,
  { clock, interrupt }: Pick<World, "clock" | "interrupt">,
): Promise<ReplicaPlan> {
  // AWS refuses to restart a replication that is still in progress.
  if (status !== "InProgress" || overwrites) await vault.replicate(id, region, overwrites);
  const until = clock.now() + IN_SYNC_LIMIT;
  for (;;) {
    const seen = planReplica(await vault.describe(id), region);
    if (seen.status === "InSync" || seen.status === "Failed" || clock.now() >= until) return seen;
    await clock.sleep(PAUSE, interrupt);
  }
}
