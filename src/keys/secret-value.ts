/**
 * The value of a gate's secret: the signing key in it, and the same value with the next key instead. Signers read
 * the secret with code that keyturn never sees, so every byte other than the key stays.
 */
import type { KeyObject } from "node:crypto";
import { InputError, isError } from "../errors.ts";
import { Sealed } from "../sealed.ts";
import type { SecretValue } from "../seams/cloud.ts";
import { isTooDeep } from "../text/json-depth.ts";
import { isSameKey } from "./fingerprint.ts";
import { isKeyPairId } from "./key-pair-id.ts";
import { readPrivateKey } from "./pem.ts";
import type { PemRepair } from "./pem-repair.ts";
import {
  type BinaryForm,
  binaryForm,
  type SecretForm,
  type SecretShape,
  textForm,
  unknownForm,
} from "./secret-form.ts";
import { everyText, findKey, type Search, textsIn } from "./wrapping/find-key.ts";
import { locationsIn, type SecretLocations, utf8TextIn } from "./wrapping/locations.ts";
import { isNamed } from "./wrapping/rewrite.ts";
import { wordOf } from "./wrapping/setting-name.ts";

export interface SigningSecret {
  readonly privateKey: KeyObject;
  /** Undefined if the secret does not name it; then it is derived from the key or configured elsewhere. */
  readonly keyPairId?: string;
  /** Words in the value that may be key pair IDs; the account knows which one is this key's. */
  readonly mentions: ReadonlySet<string>;
  /** What had to be repaired to read the key; other signers may not do that. */
  readonly repaired: readonly PemRepair[];
  /** How the key is written, and how to write another one the same way. */
  readonly form: SecretForm;
}

/** Throws ERR_SECRET_FORMAT, which names the field and the secret but none of its content. */
export function parseSecretValue(value: SecretValue, secret: SecretShape): SigningSecret {
  if ("text" in value) {
    if (secret.format === "binary") throw wrong(secret, "holds text, but the gate declares `format: binary`");
    return parseText(value.text.reveal(), secret, (text) => ({ text: new Sealed(text) }));
  }
  const bytes = value.binary.reveal();
  const text = utf8TextIn(bytes);
  const asBinary = (next: string) => ({ binary: new Sealed<Uint8Array>(Buffer.from(next)) });
  if (secret.format === "binary") {
    return text === undefined ? parseDer(bytes, secret) : parseText(text, secret, asBinary);
  }
  const isText = text !== undefined && secret.format === "json" && rootIn(locationsIn(text)) !== undefined;
  if (!isText) throw wrong(secret, `is binary, but the gate declares \`format: ${secret.format}\``);
  return parseText(text, secret, asBinary);
}

function parseDer(bytes: Uint8Array, secret: SecretShape): SigningSecret {
  const form: BinaryForm | undefined = binaryForm(bytes);
  if (form !== undefined) return { privateKey: form.key, mentions: new Set(), repaired: [], form };
  const { privateKey, repaired } = keyIn(bytes, secret);
  const why = Buffer.from(bytes).includes("-----BEGIN") ? "no-text" : "bytes-behind";
  return { privateKey, mentions: new Set(), repaired, form: unknownForm(secret.id, why) };
}

type Seal = (text: string) => SecretValue;

function parseText(text: string, secret: SecretShape, seal: Seal): SigningSecret {
  if (/^\ufeff?\s*[[{]/.test(text) && isTooDeep(text)) throw wrong(secret, "is JSON nested deeper than 100");
  const places = locationsIn(text);
  if (secret.format === "json") return parseJson(places, secret, seal);
  // A key might be found in it, but which member signers read would be a guess.
  if (places.isJson && /^\ufeff?\s*\{/.test(text)) {
    throw wrong(secret, `is a JSON object, but the gate declares \`format: ${secret.format}\``);
  }
  const only = findKey(places);
  const found = only === "several" ? findKey(places, secret.fields.privateKey) : only;
  if (found === "several" || (only === "several" && found === "none")) {
    throw wrong(
      secret,
      "holds several private keys: name the setting of the one that signs in secret.fields.privateKey",
    );
  }
  return signing(places, found, text, idIn(places, secret), secret, seal);
}

function parseJson(places: SecretLocations, secret: SecretShape, seal: Seal): SigningSecret {
  const name = secret.fields.privateKey;
  const root = rootIn(places);
  if (root === undefined && places.text.includes("PRIVATE KEY")) {
    throw wrong(secret, "is only the key, but the gate declares `format: json`");
  }
  if (root === undefined) throw wrong(secret, "is not a JSON object");
  const member = textsIn(root).find(({ path }) => isNamed(path, name));
  const named = findKey(root, name);
  // A JWK may be the whole object.
  const whole = member === undefined && named === "none" ? findKey(root) : named;
  const found = whole !== "none" && whole !== "several" && whole.places.length > 0 ? named : whole;
  if (
    found === "none" &&
    textsIn(root).some(({ path }) => isNamed(path.slice(0, -1), name) && path.at(-1) === "0")
  ) {
    throw wrong(
      secret,
      `has a list in the field "${name}": store the key as one text, with its lines joined`,
    );
  }
  if (found === "none" && (member === undefined || member.inner.text === "")) {
    throw wrong(secret, `has no text field "${name}"`);
  }
  const keyPairId = idIn(places, secret);
  if (found === "several") throw wrong(secret, `has several private keys in the field "${name}"`);
  return signing(places, found, member?.inner.text ?? "", keyPairId, secret, seal);
}

function signing(
  places: SecretLocations,
  found: Exclude<Search, "several">,
  text: string,
  keyPairId: string | undefined,
  secret: SecretShape,
  seal: Seal,
): SigningSecret {
  const id = { keyPairId, mentions: mentionsIn(places) };
  if (found === "none") {
    const { privateKey, repaired } = keyIn(text, secret);
    const why = repaired.includes("base64-wrapped") ? "base64" : "other";
    return { privateKey, ...id, repaired, form: unknownForm(secret.id, why) };
  }
  const verify = (next: SecretValue, key: KeyObject) =>
    isSameKey(parseSecretValue(next, secret).privateKey, key);
  const form = textForm(places, found, { secret, seal, verify });
  return { privateKey: found.key, ...id, repaired: form.repaired, form };
}

/** The object with the declared fields: the value itself, or its base64-decoded content. */
export function rootIn(places: SecretLocations): SecretLocations | undefined {
  if (places.isJson && /^\ufeff?\s*\{/.test(places.text)) return places;
  for (const place of places.places) {
    const root = place.at === "text" ? rootIn(place.inner) : undefined;
    if (root !== undefined) return root;
  }
  return undefined;
}

/** The key pair ID in the declared field or setting. Empty means not set yet. */
function idIn(places: SecretLocations, secret: SecretShape): string | undefined {
  const name = secret.fields.keyPairId;
  const texts = everyText(places);
  if (texts.some(({ others }) => others.some((path) => isNamed(path, name)))) {
    throw wrong(secret, `has a field "${name}" that is not text`);
  }
  const member = textsIn(places).find(({ path }) => isNamed(path, name));
  const settings = secret.format === "json" ? [] : texts.filter(({ isJson }) => !isJson);
  const [setting] = settings.flatMap(({ text, places: inside }) => {
    const word = wordOf(text, name);
    if (word === undefined) return [];
    // Kubernetes writes every value in base64.
    const encoded = inside.find((place) => place.from <= word.from && word.to <= place.to);
    return [encoded?.at === "text" ? encoded.inner.text.trim() : text.slice(word.from, word.to)];
  });
  const id = member?.inner.text ?? setting;
  if (id === undefined || id === "") return undefined;
  if (isKeyPairId(id)) return id;
  throw wrong(secret, `has a field "${name}" that is not a key pair ID`);
}

function mentionsIn(places: SecretLocations): ReadonlySet<string> {
  const words = everyText(places)
    .filter(({ isJson }) => !isJson)
    .flatMap(({ text }) => text.match(/(?<![A-Za-z0-9+/])[A-Z0-9]{10,24}(?![A-Za-z0-9+/])/g) ?? []);
  return new Set(words);
}

function keyIn(input: string | Uint8Array, secret: SecretShape) {
  try {
    return readPrivateKey(input);
  } catch (cause) {
    if (!isError(cause, "ERR_KEY_UNREADABLE", "ERR_PASSPHRASE")) throw cause;
    throw wrong(secret, `does not hold a readable private key: ${cause.message}`, cause);
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
