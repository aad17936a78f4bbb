/** Does a secret hold one of these public keys' private halves, and in which shape? */
import { isError } from "../errors.ts";
import { fingerprint } from "../keys/fingerprint.ts";
import { readPrivateKey } from "../keys/pem.ts";
import type { SecretValue } from "../seams.ts";
import type { SecretCandidate } from "./draft.ts";

/** Fingerprint -> key pair ID. Undefined for every other secret, whatever is in it; nothing of it is kept. */
export function recognizeSecret(
  id: string,
  value: SecretValue,
  keyPairIds: ReadonlyMap<string, string>,
): SecretCandidate | undefined {
  const idOf = (input: string | Uint8Array) => keyPairIds.get(fingerprintIn(input) ?? "");
  if ("binary" in value) {
    const keyPairId = idOf(value.binary.reveal());
    return keyPairId === undefined ? undefined : { id, keyPairId, format: "binary", source: "derived" };
  }
  const text = value.text.reveal();
  const fields = fieldsOf(text);
  if (fields === undefined) {
    const keyPairId = text.includes("PRIVATE KEY") ? idOf(text) : undefined;
    return keyPairId === undefined ? undefined : { id, keyPairId, format: "pem", source: "derived" };
  }
  for (const [privateKey, content] of fields) {
    const keyPairId = content.includes("PRIVATE KEY") ? idOf(content) : undefined;
    if (keyPairId === undefined) continue;
    const named = fields.find(([, each]) => each === keyPairId)?.[0];
    return {
      id,
      keyPairId,
      format: "json",
      fields: { privateKey, keyPairId: named ?? "keyPairId" },
      source: named === undefined ? "derived" : "in-secret",
    };
  }
  return undefined;
}

function fingerprintIn(input: string | Uint8Array): string | undefined {
  try {
    return fingerprint(readPrivateKey(input).privateKey);
  } catch (thrown) {
    if (isError(thrown, "ERR_KEY_UNREADABLE", "ERR_PASSPHRASE", "ERR_KEY_KIND")) return undefined;
    throw thrown;
  }
}

/** The text members of a JSON object. */
function fieldsOf(text: string): [name: string, content: string][] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null) return undefined;
    return Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  } catch {
    // Not JSON; what the parser says of it would quote it.
    return undefined;
  }
}
