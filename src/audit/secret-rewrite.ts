/** Writes the key in a gate's secret in another form: what would change, and reasons to refuse it. */
import type { Gate } from "../gates/gate.ts";
import { type AccountKey, readAccountKeys } from "../keys/account-keys.ts";
import { fixVersionId, makeCurrent } from "../keys/new-version.ts";
import { type Rewrite, type RewrittenSecret, rewrittenSecret } from "../keys/secret-rewrite.ts";
import type { ControlPlane, SecretVault } from "../seams/cloud.ts";
import { trustedKeyOf } from "./trusted-key.ts";

export interface RewritePlan extends RewrittenSecret {
  readonly secretId: string;
  /** The version that was read; no other one is replaced. */
  readonly from: string;
  /** The ID of the version to be written. */
  readonly to: string;
  readonly key: AccountKey;
}

/** For `keyturn secret release-labels`. */
export const REWRITE_LABEL = "keyturn-rewrite";

/** Throws as rewrittenSecret does, and ERR_REFUSED if a key group of the gate does not trust the key. */
export async function planRewrite(
  gate: Gate,
  how: Rewrite,
  { controlPlane, vault }: { readonly controlPlane: ControlPlane; readonly vault: SecretVault },
): Promise<RewritePlan> {
  const { secret } = gate;
  const { value, versionId: from } = await vault.get(secret.id, { stage: "AWSCURRENT" });
  const rewritten = rewrittenSecret(value, secret, how);
  // For the new value: if a member occurs twice, the two may name different keys.
  const key = trustedKeyOf(rewritten.signing, from, gate, await readAccountKeys(controlPlane));
  const to = fixVersionId(from, "rewrite", String(how.form), String(how.duplicates));
  return { ...rewritten, secretId: secret.id, from, to, key };
}

/** Resolves to the version that is current then. Throws ERR_PRECONDITION as makeCurrent does. */
export async function writeRewrite(
  { secretId, from, to, value }: RewritePlan,
  vault: SecretVault,
): Promise<string> {
  if (value === undefined) return from;
  await makeCurrent({ secretId, from, token: to, label: REWRITE_LABEL }, value, vault);
  return to;
}
