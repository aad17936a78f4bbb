/** Sets the key pair ID in a gate's secret to that of its private key. */
import { ConflictError, isError, UsageError } from "../errors.ts";
import type { Gate } from "../gates/gate.ts";
import { type AccountKey, type AccountKeys, readAccountKeys } from "../keys/account-keys.ts";
import { fingerprint } from "../keys/fingerprint.ts";
import { fixVersionId, makeCurrent } from "../keys/new-version.ts";
import { signingKeyOf, withKeyPairId } from "../keys/secret-key-id.ts";
import { parseSecretValue } from "../keys/secret-value.ts";
import type { ControlPlane, SecretValue, SecretVault } from "../seams/cloud.ts";

export interface KeyIdFix {
  readonly secretId: string;
  /** The version that was read; the fix replaces this one and no other. */
  readonly from: string;
  /** The ID in the secret now; undefined if there is none or it is invalid. */
  readonly was?: string;
  readonly key: AccountKey;
  readonly account: AccountKeys;
  /** Undefined if the secret names the right one already. */
  readonly value?: SecretValue;
}

/** For `keyturn secret release-labels`. */
export const KEY_ID_LABEL = "keyturn-key-id";

/**
 * Throws ERR_USAGE for a gate whose signers do not read the ID from the secret and that has none there, ERR_NOT_FOUND if
 * no public key in the account belongs to the private key, ERR_SECRET_FORMAT as the secret's readers do.
 */
export async function planKeyIdFix(
  gate: Gate,
  { controlPlane, vault }: { readonly controlPlane: ControlPlane; readonly vault: SecretVault },
): Promise<KeyIdFix> {
  const { secret } = gate;
  const current = await vault.get(secret.id, { stage: "AWSCURRENT" });
  const mark = fingerprint(signingKeyOf(current.value, secret));
  const was = readId(current.value, gate);
  if (was === undefined && gate.signer.keyPairId !== "in-secret") throw notInSecret(gate);
  const account = await readAccountKeys(controlPlane);
  const matching = account.keys.filter((key) => key.fingerprint === mark);
  const isTrusted = ({ groups }: AccountKey) => groups.some(({ id }) => gate.keyGroups.includes(id));
  const key =
    matching.find(({ id }) => id === was) ??
    matching.find(isTrusted) ??
    matching[0] ??
    noPublicKey(gate, mark);
  const named = { secretId: secret.id, from: current.versionId, was };
  if (was === key.id) return { ...named, key, account };
  return { ...named, key, account, value: withKeyPairId(current.value, secret, key.id) };
}

function readId(value: SecretValue, { secret }: Gate): string | undefined {
  try {
    return parseSecretValue(value, secret).keyPairId;
  } catch (thrown) {
    // The place of the ID holds something else: that is what the fix replaces.
    if (isError(thrown, "ERR_SECRET_FORMAT")) return undefined;
    throw thrown;
  }
}

/** Resolves to the version that is current then. Throws ERR_PRECONDITION as makeCurrent does. */
export async function writeKeyIdFix(
  { secretId, from, key, value }: KeyIdFix,
  vault: SecretVault,
): Promise<string> {
  if (value === undefined) return from;
  const token = fixVersionId(from, key.id);
  await makeCurrent({ secretId, from, token, label: KEY_ID_LABEL }, value, vault);
  return token;
}

function notInSecret({ name, signer, secret }: Gate): UsageError {
  const how = signer.keyPairId === "derived" ? "derive it from the key" : "are configured with it elsewhere";
  return new UsageError(
    "ERR_USAGE",
    `the secret ${secret.id} contains no key pair ID, and needs none: the signers of gate ${name} ${how}`,
    [`keyturn audit --gate ${name}`],
  );
}

function noPublicKey({ name, secret, keyGroups }: Gate, mark: string): never {
  throw new ConflictError(
    "ERR_NOT_FOUND",
    `no public key in the account belongs to the private key in the secret ${secret.id} (${mark})`,
    [
      `keyturn rotate start --gate ${name}`,
      "or, if you have its public key in a file:",
      `keyturn keys upload FILE --group ${keyGroups[0] ?? "GROUP"}`,
    ],
  );
}
