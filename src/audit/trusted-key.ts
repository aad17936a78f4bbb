/** The public key of a version of a gate's secret, if every key group of the gate trusts it. */
import { ConflictError } from "../errors.ts";
import type { Gate } from "../gates/gate.ts";
import type { AccountKey, AccountKeys } from "../keys/account-keys.ts";
import { fingerprint } from "../keys/fingerprint.ts";
import type { SigningSecret } from "../keys/secret-value.ts";

/**
 * Throws ERR_REFUSED without its public key in the account, and if a key group does not trust it: every cookie minted
 * with that version would be denied.
 */
export function trustedKeyOf(
  { keyPairId, privateKey }: Pick<SigningSecret, "keyPairId" | "privateKey">,
  versionId: string,
  gate: Gate,
  account: AccountKeys,
): AccountKey {
  const mark = fingerprint(privateKey);
  const key =
    account.keys.find(({ id }) => id === keyPairId) ?? account.keys.find((each) => each.fingerprint === mark);
  if (key === undefined || key.fingerprint !== mark) {
    throw new ConflictError(
      "ERR_REFUSED",
      `version ${versionId} holds a private key without its public key in CloudFront: the edge would deny its cookies`,
      [`keyturn audit --gate ${gate.name}`],
    );
  }
  const lacking = gate.keyGroups.filter((id) => !key.groups.some((group) => group.id === id));
  if (lacking.length > 0) {
    throw new ConflictError(
      "ERR_REFUSED",
      `key group ${lacking.join(", ")} does not trust ${key.id}, the key of version ${versionId}: every cookie minted with it would be denied`,
      [`keyturn keys trust ${key.id} --gate ${gate.name}`],
    );
  }
  return key;
}
