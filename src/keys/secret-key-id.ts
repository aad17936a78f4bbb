/** Replaces the key pair ID in the value of a gate's secret; every other byte stays. */
import type { KeyObject } from "node:crypto";
import { InputError } from "../errors.ts";
import { Sealed } from "../sealed.ts";
import type { SecretValue } from "../seams/cloud.ts";
import { isSameKey } from "./fingerprint.ts";
import type { SecretShape } from "./secret-form.ts";
import { parseSecretValue } from "./secret-value.ts";
import { spliced } from "./wrapping/edit.ts";
import { locationsIn, utf8TextIn } from "./wrapping/locations.ts";
import { rewritten } from "./wrapping/rewrite.ts";

/** No member or setting can have this name: the value is read without its key pair ID, which may be anything. */
const NO_FIELD = "\0";

/** The signing key, whatever the place of the key pair ID holds. Throws ERR_SECRET_FORMAT. */
export function signingKeyOf(value: SecretValue, secret: SecretShape): KeyObject {
  return parseSecretValue(value, withoutIdField(secret)).privateKey;
}

/** Throws ERR_SECRET_FORMAT if the value has no place for the ID, or cannot be changed without touching anything else. */
export function withKeyPairId(value: SecretValue, secret: SecretShape, id: string): SecretValue {
  const text = "text" in value ? value.text.reveal() : utf8TextIn(value.binary.reveal());
  if (text === undefined) throw noPlace(secret);
  const key = signingKeyOf(value, secret);
  const places = locationsIn(text);
  const idField = { name: secret.fields.keyPairId, id, fillsEmpty: true };
  const written = rewritten(places, { was: key, is: key, idField, formerIds: [] });
  const sealed = sealedAs(value, written === text ? withMember(text, secret, id) : written);
  const read = parseSecretValue(sealed, secret);
  if (read.keyPairId !== id || !isSameKey(read.privateKey, key)) throw noPlace(secret);
  return sealed;
}

const withoutIdField = (secret: SecretShape): SecretShape => ({
  ...secret,
  fields: { ...secret.fields, keyPairId: NO_FIELD },
});

function sealedAs(value: SecretValue, text: string): SecretValue {
  if ("text" in value) return { text: new Sealed(text) };
  return { binary: new Sealed<Uint8Array>(Buffer.from(text)) };
}

/** A JSON object that lacks the member gets it first, in the object's own layout. */
function withMember(text: string, secret: SecretShape, id: string): string {
  const name = secret.fields.keyPairId;
  const [opening, space = ""] = /^\ufeff?\s*\{(\s*)(?=")/.exec(text) ?? [];
  if (secret.format !== "json" || opening === undefined || /[./]/.test(name)) throw noPlace(secret);
  const colon = /"\s*:\s/.test(text) ? ": " : ":";
  const gap = space === "" && /",\s/.test(text) ? " " : space;
  const member = `${JSON.stringify(name)}${colon}${JSON.stringify(id)},${gap}`;
  return spliced(text, [{ from: opening.length, to: opening.length, text: member }]);
}

function noPlace(secret: SecretShape): InputError {
  return new InputError(
    "ERR_SECRET_FORMAT",
    `the secret ${secret.id} has no place for a key pair ID that can be written: "${secret.fields.keyPairId}" is not in it`,
    [
      "set secret.fields.keyPairId in keyturn.yaml to the member or setting that holds it",
      "set signer.keyPairId to derived or external if signers do not read it from the secret",
    ],
  );
}
