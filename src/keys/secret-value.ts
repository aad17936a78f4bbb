/** The value of a gate's secret: where the private key is in it, and how to write the next one so that signers still read it. */
import type { KeyObject } from "node:crypto";
import { InputError, isError } from "../errors.ts";
import type { GateSecret } from "../gates/gate.ts";
import { Sealed } from "../sealed.ts";
import type { SecretValue } from "../seams.ts";
import { isKeyPairId } from "./key-pair-id.ts";
import { type PrivateKeyForm, readPrivateKey, writePrivateKey, writePrivateKeyDer } from "./pem.ts";
import type { PemRepair } from "./pem-repair.ts";

/** What a secret holds beside the key, for renderSecretValue to keep. May hold other secrets: never print it. */
export interface KeptFields {
  readonly form: PrivateKeyForm;
  /** Only of a binary secret. */
  readonly encoding: "pem" | "der";
  /** The other members of a JSON secret, as they were. */
  readonly fields: Sealed<Readonly<Record<string, unknown>>>;
}

export interface SigningSecret {
  readonly privateKey: KeyObject;
  /** Undefined where the secret does not name it; then it is derived from the key or configured outside. */
  readonly keyPairId?: string;
  /** What had to be mended to read the key: signers in other languages may not mend it. */
  readonly repaired: readonly PemRepair[];
  readonly keep: KeptFields;
}

type SecretShape = Pick<GateSecret, "id" | "format" | "fields">;

/** Throws ERR_SECRET_FORMAT, naming the field and the secret but nothing of its content. */
export function parseSecretValue(value: SecretValue, secret: SecretShape): SigningSecret {
  switch (secret.format) {
    case "json":
      return parseJsonSecret(textOf(value, secret), secret);
    case "pem": {
      const text = textOf(value, secret);
      refuseJson(text, secret);
      const { privateKey, form, repaired } = keyIn(text, secret);
      return { privateKey, repaired, keep: { form, encoding: "pem", fields: new Sealed({}) } };
    }
    case "binary": {
      if (!("binary" in value)) throw wrong(secret, "holds text, but the gate says `format: binary`");
      const bytes = value.binary.reveal();
      refuseJson(new TextDecoder().decode(bytes), secret);
      const { privateKey, form, repaired } = keyIn(bytes, secret);
      const encoding = Buffer.from(bytes).includes("-----BEGIN") ? "pem" : "der";
      return { privateKey, repaired, keep: { form, encoding, fields: new Sealed({}) } };
    }
  }
}

/**
 * The same secret with another key: other fields stay, and the key is written in the form the last one had, because
 * signers in other languages may read only that. Without `keyPairId` the field is left out.
 */
export function renderSecretValue(
  secret: SecretShape,
  next: { readonly privateKey: KeyObject; readonly keyPairId?: string; readonly keep?: KeptFields },
): SecretValue {
  const { privateKey, keyPairId, keep } = next;
  if (secret.format === "binary" && keep?.encoding !== "pem") {
    return { binary: new Sealed(writePrivateKeyDer(privateKey, keep?.form)) };
  }
  const pem = writePrivateKey(privateKey, keep?.form);
  if (secret.format === "binary") return { binary: new Sealed(Buffer.from(pem)) };
  if (secret.format === "pem") return { text: new Sealed(pem) };
  const fields: Record<string, unknown> = { ...keep?.fields.reveal(), [secret.fields.privateKey]: pem };
  if (keyPairId !== undefined) fields[secret.fields.keyPairId] = keyPairId;
  return { text: new Sealed(JSON.stringify(fields)) };
}

function parseJsonSecret(text: string, secret: SecretShape): SigningSecret {
  const all = jsonObject(text);
  if (all === undefined && text.includes("PRIVATE KEY")) {
    throw wrong(secret, "is the key alone, but the gate says `format: json`");
  }
  if (all === undefined) throw wrong(secret, "is not a JSON object");
  const { [secret.fields.privateKey]: pem, [secret.fields.keyPairId]: id, ...others } = all;
  if (typeof pem !== "string" || pem === "") {
    throw wrong(secret, `has no text field "${secret.fields.privateKey}"`);
  }
  if (id !== undefined && (typeof id !== "string" || id === "")) {
    throw wrong(secret, `has a field "${secret.fields.keyPairId}" that is not text`);
  }
  if (id !== undefined && !isKeyPairId(id)) {
    throw wrong(secret, `has a field "${secret.fields.keyPairId}" that is no key pair ID`);
  }
  const { privateKey, form, repaired } = keyIn(pem, secret);
  const keep: KeptFields = { form, encoding: "pem", fields: new Sealed(others) };
  return { privateKey, repaired, ...(id !== undefined && { keyPairId: id }), keep };
}

function keyIn(input: string | Uint8Array, secret: SecretShape) {
  try {
    return readPrivateKey(input);
  } catch (cause) {
    if (!isError(cause, "ERR_KEY_UNREADABLE", "ERR_PASSPHRASE")) throw cause;
    throw wrong(secret, `does not hold a readable private key: ${cause.message}`, cause);
  }
}

/** A key can be found in it; but the next one, written by itself, would take the place of all its fields. */
function refuseJson(text: string, secret: SecretShape): void {
  if (jsonObject(text) === undefined) return;
  throw wrong(secret, `is a JSON object, but the gate says \`format: ${secret.format}\``);
}

function textOf(value: SecretValue, secret: SecretShape): string {
  if ("text" in value) return value.text.reveal();
  throw wrong(secret, `is binary, but the gate says \`format: ${secret.format}\``);
}

function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    // JSON.parse quotes what it choked on, so its message stays here: the caller says what is wrong without it.
    return undefined;
  }
}

function wrong(secret: SecretShape, message: string, cause?: unknown): InputError {
  return new InputError(
    "ERR_SECRET_FORMAT",
    `the secret ${secret.id} ${message}`,
    ["keyturn config check", "keyturn help ERR_SECRET_FORMAT"],
    cause,
  );
}
