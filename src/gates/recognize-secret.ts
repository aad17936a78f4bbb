/** Which of the account's keys a secret holds the private half of, and how keyturn.yaml would declare each. */
import { fingerprint } from "../keys/fingerprint.ts";
import { declarationOf, keysInSecret } from "../keys/keys-in-secret.ts";
import type { SecretValue } from "../seams/cloud.ts";
import type { SecretCandidate } from "./draft.ts";

/** `keyPairIds`: by fingerprint. Empty for every other secret; keeps nothing of its content. */
export function recognizeSecret(
  id: string,
  value: SecretValue,
  keyPairIds: ReadonlyMap<string, string>,
): SecretCandidate[] {
  const seen = new Set<string>();
  return keysInSecret(value).flatMap((key): SecretCandidate[] => {
    const keyPairId = keyPairIds.get(fingerprint(key.privateKey));
    if (keyPairId === undefined || seen.has(keyPairId)) return [];
    seen.add(keyPairId);
    const { format, fields, namesId } = declarationOf(key, [keyPairId]);
    const source = namesId ? "in-secret" : "derived";
    return [{ id, keyPairId, format, source, fields: format === "json" || namesId ? fields : undefined }];
  });
}
