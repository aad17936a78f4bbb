/** A snapshot of one gate: its part of the inventory, its secret and replicas, and its rotation record. */

import type { KeyObject } from "node:crypto";
import type { Distribution } from "../cloudfront/distribution.ts";
import { isError, type KeyturnError } from "../errors.ts";
import type { Gate } from "../gates/gate.ts";
import { secretIdIn } from "../gates/secret-id.ts";
import { type Fingerprint, fingerprint } from "../keys/fingerprint.ts";
import { canNameId } from "../keys/gate-secret.ts";
import { type KeyType, keyTypeOf } from "../keys/key-pair.ts";
import type { PemRepair } from "../keys/pem-repair.ts";
import type { SecretForm } from "../keys/secret-form.ts";
import { parseSecretValue } from "../keys/secret-value.ts";
import type { RotationRecord } from "../rotation/record.ts";
import { secretRegister } from "../rotation/register.ts";
import type { KeyGroup, SecretDescription, SecretVault, SecretVersion } from "../seams/cloud.ts";
import type { LogDelivery } from "../seams/logs.ts";
import type { EpochSeconds } from "../time.ts";
import type { Inventory } from "./inventory.ts";
import { findLostRotation, type LostRotation } from "./lost-rotation.ts";

interface SigningKeySnapshot {
  readonly fingerprint: Fingerprint;
  /** For minting test cookies; its text is never kept. */
  readonly privateKey: KeyObject;
  readonly repaired: readonly PemRepair[];
  readonly form: SecretForm;
  /** Undefined for a kind that a rotation makes no new key of. */
  readonly keyType?: KeyType;
  /** From the secret, or derived from the account's keys; undefined if neither works. */
  readonly keyPairId?: string;
}

interface SecretSnapshot {
  /** Undefined if the secret does not exist. */
  readonly description?: SecretDescription;
  readonly current?: { readonly versionId: string; readonly createdAt: EpochSeconds };
  readonly signing?: SigningKeySnapshot;
  /** Why there is no signing key. */
  readonly trouble?: KeyturnError;
  /** AWSCURRENT in the other regions that signers read. */
  readonly copies: readonly {
    readonly region: string;
    readonly versionId?: string;
    readonly trouble?: string;
  }[];
}

interface RecordSnapshot {
  readonly record?: RotationRecord;
  readonly trouble?: KeyturnError;
  /** A rotation that was open when its record was deleted. */
  readonly lost?: LostRotation | undefined;
}

export interface GateSnapshot {
  readonly gate: Gate;
  readonly otherGates: readonly Gate[];
  readonly now: EpochSeconds;
  readonly inventory: Inventory;
  /** Only existing ones. */
  readonly distributions: readonly Distribution[];
  readonly groups: readonly KeyGroup[];
  readonly secret: SecretSnapshot;
  readonly rotation: RecordSnapshot;
  /** Deliveries of standard logging v2 in the account; undefined if not read. */
  readonly deliveries?: readonly LogDelivery[];
}

/** `vaultIn(region)`: Secrets Manager of another region, for replicas. */
export async function readGateSnapshot(
  gate: Gate,
  otherGates: readonly Gate[],
  inventory: Inventory,
  vault: SecretVault,
  vaultIn: (region: string) => Promise<SecretVault>,
  deliveriesOf?: () => Promise<readonly LogDelivery[]>,
): Promise<GateSnapshot> {
  const distributions = gate.distributions.flatMap((id) => inventory.distributions.get(id) ?? []);
  const groups = gate.keyGroups.flatMap((id) => inventory.keyGroups.get(id) ?? []);
  const record = await readRecordSnapshot(gate, vault);
  const secret = await readSecretSnapshot(gate, inventory, vault, vaultIn);
  const isRecordless = record.record === undefined && record.trouble === undefined;
  const rotation = isRecordless
    ? { lost: await findLostRotation(gate, { inventory, groups, secret }, vault) }
    : record;
  const isAsked = distributions.some(
    ({ logging }) => logging === undefined || (isUnderWay(rotation) && !logging.includesCookies),
  );
  return {
    gate,
    otherGates: otherGates.filter(({ name }) => name !== gate.name),
    now: inventory.takenAt,
    inventory,
    distributions,
    groups,
    secret,
    rotation,
    // Not read needlessly: it takes further permissions.
    deliveries: isAsked ? await deliveriesOf?.() : undefined,
  };
}

export const isUnderWay = ({ record }: RecordSnapshot) =>
  record !== undefined && record.finished === undefined;

async function readSecretSnapshot(
  gate: Gate,
  inventory: Inventory,
  vault: SecretVault,
  vaultIn: (region: string) => Promise<SecretVault>,
): Promise<SecretSnapshot> {
  const { id } = gate.secret;
  const description = await unless("ERR_NOT_FOUND", vault.describe(id));
  if (description === undefined) return { copies: [] };
  if (description.deletedAt !== undefined) return { description, copies: [] };
  let version: SecretVersion;
  try {
    version = await vault.get(id, { stage: "AWSCURRENT" });
  } catch (thrown) {
    // A secret without a current value is a finding; a missing permission is the caller's problem.
    if (!isError(thrown, "ERR_NOT_FOUND")) throw thrown;
    return { description, trouble: thrown, copies: [] };
  }
  return {
    description,
    current: { versionId: version.versionId, createdAt: version.createdAt },
    ...signingKeyIn(version, gate, inventory),
    copies: await readCopies(gate, description, vaultIn),
  };
}

function signingKeyIn(
  version: SecretVersion,
  gate: Gate,
  inventory: Inventory,
): Pick<SecretSnapshot, "signing" | "trouble"> {
  try {
    const { privateKey, keyPairId, mentions, repaired, form } = parseSecretValue(version.value, gate.secret);
    const print = fingerprint(privateKey);
    const derived = [...inventory.publicKeys.values()].find((key) => key.fingerprint === print)?.id;
    const isMentioned =
      gate.secret.format !== "json" && canNameId(gate.secret) && mentions.has(derived ?? "");
    const named = keyPairId ?? (isMentioned ? derived : undefined);
    const id = gate.signer.keyPairId === "in-secret" ? named : derived;
    const keyType = keyTypeOf(privateKey);
    return {
      signing: {
        fingerprint: print,
        privateKey,
        repaired,
        form,
        keyType,
        keyPairId: id,
      },
    };
  } catch (thrown) {
    if (isError(thrown, "ERR_SECRET_FORMAT")) return { trouble: thrown };
    throw thrown;
  }
}

/** Replicas that are InSync, and regions that the gate's signers read; a failed replica shows in its status. */
async function readCopies(
  gate: Gate,
  description: SecretDescription,
  vaultIn: (region: string) => Promise<SecretVault>,
): Promise<SecretSnapshot["copies"]> {
  const home = description.primaryRegion ?? /^arn:[^:]*:secretsmanager:([^:]+):/.exec(description.arn)?.[1];
  const inSync = description.replicas.filter(({ status }) => status === "InSync").map(({ region }) => region);
  const regions = [...new Set([...inSync, ...gate.signer.regions])].filter((region) => region !== home);
  const copies = await Promise.all(
    regions.map((region) => readCopy(secretIdIn(region, gate.secret.id), region, vaultIn)),
  );
  // An auditor may lack access to a replica that no signer reads.
  return copies.filter(
    ({ region, trouble }) => trouble === undefined || gate.signer.regions.includes(region),
  );
}

async function readCopy(
  secretId: string,
  region: string,
  vaultIn: (region: string) => Promise<SecretVault>,
): Promise<SecretSnapshot["copies"][number]> {
  try {
    const { versionId } = await (await vaultIn(region)).get(secretId, { stage: "AWSCURRENT" });
    return { region, versionId };
  } catch (thrown) {
    // An unreadable region is a finding; the rest of the audit still counts.
    if (!isError(thrown, "ERR_NOT_FOUND", "ERR_ACCESS_DENIED", "ERR_UNREACHABLE")) throw thrown;
    return { region, trouble: thrown.message };
  }
}

async function readRecordSnapshot(gate: Gate, vault: SecretVault): Promise<RecordSnapshot> {
  const register = secretRegister(vault, gate.secret.id);
  try {
    const registered = await register.read();
    return { record: registered?.record };
  } catch (thrown) {
    if (isError(thrown, "ERR_SECRET_FORMAT")) return { trouble: thrown };
    throw thrown;
  }
}

async function unless<T>(code: "ERR_NOT_FOUND", read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (thrown) {
    if (isError(thrown, code)) return undefined;
    throw thrown;
  }
}
