/** Makes an existing version of a gate's secret current again: what would change, and reasons to refuse it. */
import { ConflictError, isError } from "../errors.ts";
import type { Gate } from "../gates/gate.ts";
import { type AccountKey, type AccountKeys, readAccountKeys } from "../keys/account-keys.ts";
import { parseSecretValue } from "../keys/secret-value.ts";
import type { RotationRecord } from "../rotation/record.ts";
import type { ControlPlane, SecretVault } from "../seams/cloud.ts";
import { refuseDuringRotation } from "./key-trust.ts";
import { trustedKeyOf } from "./trusted-key.ts";

export interface CurrentPlan {
  readonly secretId: string;
  /** AWSCURRENT as read. */
  readonly from: string;
  readonly to: string;
  /** The public key of the version that becomes current. */
  readonly key: AccountKey;
  readonly account: AccountKeys;
}

/**
 * `from`: the version that the operator saw as current. Throws ERR_PRECONDITION if another one is, ERR_NOT_FOUND, and
 * ERR_REFUSED if a key group does not trust the version's key: every cookie minted with it would be denied.
 */
export async function planCurrent(
  gate: Gate,
  asked: { readonly to: string; readonly from?: string | undefined },
  { controlPlane, vault }: { readonly controlPlane: ControlPlane; readonly vault: SecretVault },
): Promise<CurrentPlan> {
  const { secret } = gate;
  const [current, version, account] = [
    await vault.get(secret.id, { stage: "AWSCURRENT" }),
    await vault.get(secret.id, { versionId: asked.to }),
    await readAccountKeys(controlPlane),
  ];
  if (asked.from !== undefined && asked.from !== current.versionId && asked.to !== current.versionId)
    throw moved(gate, current.versionId);
  const key = trustedKeyOf(parseSecretValue(version.value, secret), asked.to, gate, account);
  return { secretId: secret.id, from: current.versionId, to: asked.to, key, account };
}

/**
 * A rotation that has not switched yet takes its old version back; every other change would be repaired or make it halt.
 * Throws ERR_REFUSED.
 */
export function refuseBesideRotation(record: RotationRecord | undefined, to: string): void {
  if (record === undefined || record.finished !== undefined) return;
  const isWayOn = record.newMaySign === undefined && to === record.old.versionId;
  if (!isWayOn) refuseDuringRotation([record]);
}

/** Conditional on the version that was read. Throws ERR_PRECONDITION if somebody was faster. Safe to repeat. */
export async function writeCurrent(
  gate: Gate,
  { secretId, from, to }: CurrentPlan,
  vault: SecretVault,
): Promise<void> {
  if (from === to) return;
  try {
    await vault.moveStage(secretId, "AWSCURRENT", { from, to });
  } catch (thrown) {
    const { versionId } = await vault.get(secretId, { stage: "AWSCURRENT" });
    if (versionId === to) return;
    throw isError(thrown, "ERR_PRECONDITION") ? moved(gate, versionId) : thrown;
  }
}

function moved({ name, secret }: Gate, versionId: string): ConflictError {
  return new ConflictError(
    "ERR_PRECONDITION",
    `AWSCURRENT of ${secret.id} is now ${versionId}: somebody else made it current`,
    [`keyturn audit --gate ${name}`, `keyturn rotate status --gate ${name}`],
  );
}
