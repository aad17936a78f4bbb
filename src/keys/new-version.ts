/** Makes a new value of a secret current, unless somebody else made another one current since it was read. */
import { createHash } from "node:crypto";
import { ConflictError, isError } from "../errors.ts";
import type { SecretValue, SecretVault } from "../seams/cloud.ts";

export interface NewVersion {
  readonly secretId: string;
  /** The version that was read; no other one is replaced. */
  readonly from: string;
  /** The version ID of the new value. The same value must always have the same one, so that repeating is safe. */
  readonly token: string;
  /** Pins the new version until it is current: a version without a label may be removed at any time. */
  readonly label: string;
}

/**
 * The version ID of a value that a fix writes, derived from the replaced version and the change. So a version list, and
 * the audit, can tell it from one that somebody else wrote. 64 characters, the longest ClientRequestToken.
 */
export function fixVersionId(from: string, ...what: readonly string[]): string {
  const digest = createHash("sha256")
    .update([from, ...what].join("\n"))
    .digest("hex");
  return `keyturn-${digest.slice(0, 56)}`;
}

export const isFixVersionId = (versionId: string): boolean => /^keyturn-[0-9a-f]{56}$/.test(versionId);

/**
 * Stores the value under the label, then moves AWSCURRENT to it. Throws ERR_PRECONDITION if somebody else made another
 * version current meanwhile. Safe to repeat.
 */
export async function makeCurrent(
  { secretId, from, token, label }: NewVersion,
  value: SecretValue,
  vault: Pick<SecretVault, "put" | "moveStage" | "get">,
): Promise<void> {
  await vault.put(secretId, token, value, [label]);
  try {
    await vault.moveStage(secretId, "AWSCURRENT", { from, to: token });
  } catch (thrown) {
    // A lost answer may hide that the move was made.
    const current = await vault.get(secretId, { stage: "AWSCURRENT" });
    if (current.versionId !== token) {
      await release(secretId, label, token, vault);
      throw isError(thrown, "ERR_PRECONDITION") ? moved(secretId, thrown) : thrown;
    }
  }
  await release(secretId, label, token, vault);
}

/** A label that stays behind harms nobody, and the next new version takes it along. */
async function release(
  secretId: string,
  label: string,
  from: string,
  vault: Pick<SecretVault, "moveStage">,
): Promise<void> {
  try {
    await vault.moveStage(secretId, label, { from });
  } catch (thrown) {
    if (!isError(thrown, "ERR_PRECONDITION", "ERR_REMOTE", "ERR_UNREACHABLE", "ERR_THROTTLED")) throw thrown;
  }
}

function moved(secretId: string, cause: unknown): ConflictError {
  return new ConflictError(
    "ERR_PRECONDITION",
    `somebody else changed the secret ${secretId} meanwhile; their value is untouched`,
    ["keyturn audit", "run the command again"],
    cause,
  );
}
