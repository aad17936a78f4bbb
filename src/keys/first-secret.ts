/** The first secret of a new gate: JSON with a private key and its key pair ID. Never replaces another secret. */
import { createHash, type KeyObject } from "node:crypto";
import { ConflictError, InputError, isError } from "../errors.ts";
import { Sealed } from "../sealed.ts";
import type { ControlPlane, SecretVault } from "../seams/cloud.ts";
import { shellWord } from "../text/shell-word.ts";
import { type AccountKey, findNamed, readAccountKeys } from "./account-keys.ts";
import { writePrivateKey } from "./any-key.ts";
import { fingerprint } from "./fingerprint.ts";

export interface FirstSecret {
  readonly name: string;
  /** Its public half in the account. */
  readonly key: AccountKey;
  /** From name and key, so that repeating the creation after a lost answer creates nothing else. */
  readonly token: string;
  /** Set if an earlier run created it. */
  readonly arn?: string;
}

/**
 * `keyPairId`: undefined to find it by the key. Throws ERR_NOT_FOUND without its public key in the account,
 * ERR_KEY_MISMATCH if that ID is another key's, ERR_EXISTS for a secret whose current version something else wrote.
 */
export async function planFirstSecret(
  name: string,
  privateKey: KeyObject,
  keyPairId: string | undefined,
  { controlPlane, vault }: { readonly controlPlane: ControlPlane; readonly vault: SecretVault },
): Promise<FirstSecret> {
  const { keys } = await readAccountKeys(controlPlane);
  const mark = fingerprint(privateKey);
  const own = keys.find((key) => key.fingerprint === mark);
  const key = keyPairId === undefined ? own : findNamed(keys, keyPairId, "public key");
  if (key === undefined) {
    throw new ConflictError("ERR_NOT_FOUND", "no public key in the account belongs to this private key", [
      "keyturn keys upload FILE",
    ]);
  }
  if (key.fingerprint !== mark) {
    throw new InputError("ERR_KEY_MISMATCH", `${key.id} belongs to another private key`, [
      ...(own === undefined ? [] : [`add --key-pair-id ${own.id}`]),
      "keyturn keys list",
    ]);
  }
  const token = createHash("sha256").update(`${name}\n${mark}\n${key.id}`).digest("hex");
  const arn = await createdBefore(name, token, vault);
  return { name, key, token, arn };
}

async function createdBefore(name: string, token: string, vault: SecretVault): Promise<string | undefined> {
  try {
    const { arn, stagesByVersion, deletedAt } = await vault.describe(name);
    if (deletedAt !== undefined) throw isDeleted(name);
    if (stagesByVersion[token]?.includes("AWSCURRENT")) return arn;
  } catch (thrown) {
    if (isError(thrown, "ERR_NOT_FOUND")) return undefined;
    throw thrown;
  }
  throw new ConflictError(
    "ERR_EXISTS",
    `secret ${name} exists and holds something else; it was not changed`,
    [
      "store the key under another name, or replace the one in that secret with a rotation:",
      "keyturn rotate plan",
    ],
  );
}

function isDeleted(name: string): ConflictError {
  return new ConflictError("ERR_EXISTS", `secret ${name} exists, but is scheduled for deletion`, [
    `keyturn secret restore ${shellWord(name)}`,
  ]);
}

/** Resolves to its ARN. */
export async function createFirstSecret(
  { name, key, token }: FirstSecret,
  privateKey: KeyObject,
  vault: SecretVault,
): Promise<string> {
  const text = JSON.stringify({ privateKey: writePrivateKey(privateKey), keyPairId: key.id });
  return (await vault.create(name, token, { text: new Sealed(text) })).arn;
}
