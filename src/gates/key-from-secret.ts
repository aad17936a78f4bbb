/** The signing key in a secret that mint and probe are given; the key's text stays here. */
import type { KeyObject } from "node:crypto";
import { clockFindings } from "../answer-dates.ts";
import { InputError } from "../errors.ts";
import type { Finding } from "../finding.ts";
import { isSameKey } from "../keys/fingerprint.ts";
import type { GateSecret } from "../keys/gate-secret.ts";
import { type KeyInSecret, keysInSecret } from "../keys/keys-in-secret.ts";
import { parseSecretValue } from "../keys/secret-value.ts";
import type { CloudOptions, SecretValue } from "../seams/cloud.ts";
import type { World } from "../seams/world.ts";
import { shellWord } from "../text/shell-word.ts";
import { refuseOtherAccount } from "./account.ts";
import type { Gate } from "./gate.ts";

/** Without a format, the secret's content decides. */
type SecretLocation = Pick<GateSecret, "id" | "fields"> & { readonly format?: GateSecret["format"] };

export interface SecretSource {
  readonly secret: SecretLocation;
  readonly cloud: CloudOptions;
  /** The gate whose account the secret must be in. */
  readonly gate?: Pick<Gate, "name" | "account">;
}

export interface SourcedKey {
  readonly privateKey: KeyObject;
  /** Set if the source names it. */
  readonly keyPairId?: string;
  readonly findings: readonly Finding[];
}

/**
 * Throws ERR_SECRET_FORMAT, ERR_ACCOUNT if the gate declares another account, and what the secret vault throws.
 */
export async function readFromSecret(
  { secret, cloud, gate }: SecretSource,
  world: Pick<World, "cloud">,
): Promise<SourcedKey> {
  const { vault, dates } = await world.cloud(cloud);
  const { arn, value } = await vault.get(secret.id, { stage: "AWSCURRENT" });
  if (gate !== undefined) refuseOtherAccount(gate, arn);
  const { privateKey, mentions, ...read } = parseSecretValue(value, { ...secret, ...shapeOf(value, secret) });
  // Without a gate no field is declared: the only word that looks like an id must be it, whatever its field's name.
  const [only, ...others] = [...mentions].filter((word) => KEY_PAIR_ID.test(word));
  const found = secret.format === undefined && others.length === 0 ? only : undefined;
  const keyPairId = read.keyPairId ?? found;
  const findings = clockFindings(
    dates.machineAhead,
    "AWS's",
    "according to the Date of Secrets Manager's response",
  );
  return { privateKey, keyPairId, findings };
}

/** As CloudFront assigns them; legacy account key pairs begin with APKA. */
const KEY_PAIR_ID = /^(?:K[A-Z0-9]{11,15}|APKA[A-Z0-9]{12,18})$/;

/** Without a gate, looks for the key in the usual field, or takes the only one in the secret. */
function shapeOf(
  value: SecretValue,
  { id, format, fields }: SecretLocation,
): Pick<GateSecret, "format" | "fields"> {
  if (format !== undefined) return { format, fields };
  const keys = keysInSecret(value);
  const key = keys.find(({ field }) => field === fields.privateKey) ?? keys[0];
  const others = keys.filter(({ privateKey }) => key !== undefined && !isSameKey(key.privateKey, privateKey));
  if (key !== undefined && (others.length === 0 || key.field === fields.privateKey)) {
    return { format: key.format, fields: { ...fields, privateKey: key.field ?? fields.privateKey } };
  }
  if (key !== undefined) throw undecided(id, keys);
  if ("binary" in value) return { format: "binary", fields };
  const text = value.text.reveal().trimStart();
  if (!text.startsWith("{")) return { format: "pem", fields };
  // Without the usual field there is nothing whose form could be named.
  if (!text.includes(`"${fields.privateKey}"`)) throw keyless(id);
  return { format: "json", fields };
}

function undecided(id: string, keys: readonly KeyInSecret[]): InputError {
  const fields = [...new Set(keys.map(({ field }) => field ?? "its text"))].join(", ");
  return new InputError(
    "ERR_SECRET_FORMAT",
    `the secret ${id} holds several private keys (in ${fields}), and no gate names the one that signs`,
    [
      "--gate NAME, whose secret.fields.privateKey in keyturn.yaml names the field",
      "keyturn help ERR_SECRET_FORMAT",
    ],
  );
}

function keyless(id: string): InputError {
  return new InputError("ERR_SECRET_FORMAT", `the secret ${id} holds no private key that can be recognized`, [
    `aws secretsmanager describe-secret --secret-id ${shellWord(id)}`,
    "keyturn help ERR_SECRET_FORMAT",
  ]);
}
