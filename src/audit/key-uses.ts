/**
 * Who still uses the public keys of an account: key groups, versions of gates' secrets, and open rotation records.
 * CloudFront itself knows only of the groups.
 */
import { ConflictError, isError } from "../errors.ts";
import { accountsOf } from "../gates/accounts.ts";
import type { Gate } from "../gates/gate.ts";
import { restoreLine, secretNameOf } from "../gates/secret-id.ts";
import type { AccountKey } from "../keys/account-keys.ts";
import { fingerprint } from "../keys/fingerprint.ts";
import type { GateSecret } from "../keys/gate-secret.ts";
import { mayHoldKey } from "../keys/keys-in-secret.ts";
import { parseSecretValue } from "../keys/secret-value.ts";
import type { RotationRecord } from "../rotation/record.ts";
import type { CloudOptions, SecretValue, SecretVault } from "../seams/cloud.ts";
import type { World } from "../seams/world.ts";

export interface KeyUse {
  readonly kind: "key-group" | "secret" | "rotation";
  /** `key group app (1b2c…)`, `secret app/key, AWSCURRENT`, `open rotation of gate app`. */
  readonly by: string;
  /** The secret's AWSCURRENT, which signers mint with. */
  readonly isCurrent: boolean;
}

/** The keys that one secret or record mentions. */
export interface KeyMention {
  readonly keyPairId?: string;
  readonly fingerprint?: string;
  readonly use: KeyUse;
}

type Vault = Pick<SecretVault, "list" | "listVersions" | "get">;
type SecretShape = Pick<GateSecret, "id" | "format" | "fields">;

const RECORD = /\.keyturn$/;

/**
 * As readMentions, in every account and region that the gates are in. Without gates: the account and region of the
 * flags and the environment.
 */
export async function readAllMentions(
  gates: readonly Gate[],
  flags: CloudOptions,
  world: Pick<World, "cloud" | "env">,
): Promise<KeyMention[]> {
  const mentions: KeyMention[] = [];
  for (const place of accountsOf(gates, flags, world.env)) {
    const { vault } = await world.cloud(place.options);
    mentions.push(...(await readMentions(vault, place.gates)));
  }
  return mentions;
}

/**
 * The open rotations of those accounts and regions that touch one of these key groups, whoever started them. Reads
 * records only, no private key. Throws ERR_REFUSED for a record that is scheduled for deletion while its gate is not.
 */
export async function openRotationsOn(
  keyGroups: readonly string[],
  gates: readonly Gate[],
  flags: CloudOptions,
  world: Pick<World, "cloud" | "env">,
): Promise<RotationRecord[]> {
  const open: RotationRecord[] = [];
  for (const { options } of accountsOf(gates, flags, world.env)) {
    const { vault } = await world.cloud(options);
    for (const name of await recordNames(vault)) {
      const record = await recordIn(vault, name);
      if (record.finished === undefined && record.groups.some((id) => keyGroups.includes(id)))
        open.push(record);
    }
  }
  return open;
}

/** Throws ERR_REFUSED for a record that is scheduled for deletion while its gate is not. */
async function recordNames(vault: Pick<Vault, "list">): Promise<string[]> {
  const names = new Map<string, { readonly isGone: boolean }>();
  for await (const { name, deletedAt } of vault.list()) names.set(name, { isGone: deletedAt !== undefined });
  return [...names].flatMap(([name, { isGone }]) => {
    if (!RECORD.test(name)) return [];
    if (isGone && names.get(name.replace(RECORD, ""))?.isGone === false) throw recordGone(name);
    return isGone ? [] : [name];
  });
}

/**
 * Reads the secrets of the gates, every rotation record of the account and region, and their secrets: a rotation that
 * somebody else began, from another keyturn.yaml, counts too. Throws ERR_REFUSED for a record that is marked for
 * deletion while its gate is not, and what the vault throws: a key that cannot be checked does not count as unused.
 */
async function readMentions(vault: Vault, gates: Iterable<Gate>): Promise<KeyMention[]> {
  const mentions: KeyMention[] = [];
  const shapes = new Map<string, SecretShape>();
  for (const name of await recordNames(vault)) {
    const { mentioned, secret } = await readRecord(vault, name);
    mentions.push(...mentioned);
    shapes.set(secretNameOf(secret.id), secret);
  }
  for (const { secret } of gates) shapes.set(secretNameOf(secret.id), secret);
  for (const shape of shapes.values()) mentions.push(...(await readVersions(vault, shape)));
  return mentions;
}

function recordGone(name: string): ConflictError {
  return new ConflictError(
    "ERR_REFUSED",
    `rotation record ${name} is scheduled for deletion, so the keys that its rotation needs cannot be read`,
    [restoreLine(name), "keyturn rotate status --all"],
  );
}

export function usesOf(key: AccountKey, mentions: readonly KeyMention[]): KeyUse[] {
  const groups = key.groups.map(
    ({ id, name }): KeyUse => ({ kind: "key-group", by: `key group ${name} (${id})`, isCurrent: false }),
  );
  const mentioned = mentions.filter(
    (mention) =>
      mention.keyPairId === key.id ||
      (key.fingerprint !== undefined && mention.fingerprint === key.fingerprint),
  );
  return [...groups, ...mentioned.map(({ use }) => use)];
}

async function readRecord(
  vault: Vault,
  name: string,
): Promise<{ mentioned: KeyMention[]; secret: SecretShape }> {
  const record = await recordIn(vault, name);
  const use: KeyUse = { kind: "rotation", by: `open rotation of gate ${record.gate}`, isCurrent: false };
  const keys =
    record.finished === undefined ? [record.old, record.new].filter((key) => key !== undefined) : [];
  return {
    mentioned: keys.map(({ keyPairId, fingerprint: mark }) => ({ keyPairId, fingerprint: mark, use })),
    secret: record.settings.secret,
  };
}

async function recordIn(vault: Pick<Vault, "get">, name: string): Promise<RotationRecord> {
  const [{ parseRecord }, { value }] = await Promise.all([
    import("../rotation/read-record.ts"),
    vault.get(name, { stage: "AWSCURRENT" }),
  ]);
  return parseRecord("text" in value ? value.text.reveal() : "", name);
}

async function readVersions(vault: Vault, shape: SecretShape): Promise<KeyMention[]> {
  const mentions: KeyMention[] = [];
  for await (const { versionId, stages } of vault.listVersions(shape.id)) {
    const found = await readVersion(vault, shape, versionId);
    if (found === undefined) continue;
    const isCurrent = stages.includes("AWSCURRENT");
    const label = stages.length === 0 ? `version ${versionId}` : stages.join(", ");
    const use: KeyUse = { kind: "secret", by: `secret ${secretNameOf(shape.id)}, ${label}`, isCurrent };
    mentions.push((isCurrent ? signingKeyIn : tryKeyIn)(found, shape, use));
  }
  return mentions;
}

/** Undefined for a version that vanished between the list and the read. */
async function readVersion(
  vault: Vault,
  { id }: SecretShape,
  versionId: string,
): Promise<SecretValue | undefined> {
  try {
    return (await vault.get(id, { versionId })).value;
  } catch (thrown) {
    if (isError(thrown, "ERR_NOT_FOUND")) return undefined;
    throw thrown;
  }
}

function signingKeyIn(value: SecretValue, shape: SecretShape, use: KeyUse): KeyMention {
  const { keyPairId, privateKey } = parseSecretValue(value, shape);
  return { keyPairId, fingerprint: fingerprint(privateKey), use };
}

/** An old version may be a placeholder without a key; one with a key must be readable. */
function tryKeyIn(value: SecretValue, shape: SecretShape, use: KeyUse): KeyMention {
  try {
    return signingKeyIn(value, shape, use);
  } catch (thrown) {
    const isPlaceholder = "text" in value && !mayHoldKey(value);
    if (isPlaceholder && isError(thrown, "ERR_SECRET_FORMAT", "ERR_KEY_UNREADABLE")) return { use };
    throw thrown;
  }
}
