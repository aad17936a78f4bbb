/** The account's public keys and key groups, which every `keys` command starts from. */
import { ConflictError, isError } from "../errors.ts";
import type { ControlPlane, KeyGroup, PublicKey } from "../seams/cloud.ts";
import { type Fingerprint, fingerprint } from "./fingerprint.ts";
import { describeKey } from "./key-pair.ts";
import { readPublicKey } from "./pem.ts";

/** CloudFront's default quotas (DG:cloudfront-limits). All but keysPerAccount can be raised. */
export const DEFAULT_QUOTA = { keysPerAccount: 10, keysPerGroup: 5, groupsPerAccount: 10 } as const;

export interface AccountKey extends Omit<PublicKey, "encodedKey"> {
  /** Both undefined if the PEM from CloudFront cannot be parsed. */
  readonly fingerprint?: Fingerprint;
  /** `RSA 2048`, `EC prime256v1`. */
  readonly kind?: string;
  readonly groups: readonly KeyGroup[];
}

export interface AccountKeys {
  readonly keys: readonly AccountKey[];
  readonly groups: readonly KeyGroup[];
}

/** Throws as ControlPlane does. */
export async function readAccountKeys(
  plane: Pick<ControlPlane, "listPublicKeys" | "listKeyGroups">,
): Promise<AccountKeys> {
  const groups: KeyGroup[] = [];
  for await (const group of plane.listKeyGroups()) groups.push(group);
  const keys: AccountKey[] = [];
  for await (const { encodedKey, ...key } of plane.listPublicKeys()) {
    keys.push({
      ...key,
      ...identityOf(encodedKey),
      groups: groups.filter(({ items }) => items.includes(key.id)),
    });
  }
  return { keys, groups };
}

function identityOf(encodedKey: string): { fingerprint?: Fingerprint; kind?: string } {
  try {
    const key = readPublicKey(encodedKey);
    return { fingerprint: fingerprint(key), kind: describeKey(key) };
  } catch (thrown) {
    // One odd key, perhaps for field-level encryption, must not hide the others.
    if (isError(thrown, "ERR_KEY_UNREADABLE", "ERR_KEY_KIND")) return {};
    throw thrown;
  }
}

interface Named {
  readonly id: string;
  readonly name: string;
}

/** The item with this ID or name, or the only one whose ID starts with it. Throws ERR_NOT_FOUND. */
export function findNamed<T extends Named>(
  things: readonly T[],
  query: string,
  noun: "public key" | "key group",
): T {
  const exact = things.find(({ id }) => id === query) ?? things.find(({ name }) => name === query);
  if (exact !== undefined) return exact;
  // An empty word, perhaps from an unset variable, must not match every ID.
  const started = query === "" ? [] : things.filter(({ id }) => id.startsWith(query));
  if (started.length === 1) return started[0] as T;
  const why = started.length > 1 ? `${started.length} IDs start with it` : "no ID or name matches";
  throw new ConflictError("ERR_NOT_FOUND", `${noun} "${query}" not found in this account: ${why}`, [
    "keyturn keys list",
  ]);
}
