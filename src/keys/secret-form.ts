/** How a secret writes its signing key, and the same value with the key replaced. */
import type { KeyObject } from "node:crypto";
import { InputError } from "../errors.ts";
import { Sealed } from "../sealed.ts";
import type { SecretValue } from "../seams/cloud.ts";
import { shellWord } from "../text/shell-word.ts";
import type { GateSecret } from "./gate-secret.ts";
import type { KeyType } from "./key-pair.ts";
import type { PemRepair } from "./pem-repair.ts";
import { everyText, type FoundKey } from "./wrapping/find-key.ts";
import { canHold, derOf, isPrivateForm, keyInDer, PEM_LABEL } from "./wrapping/key-der.ts";
import type { KeyLocation, LocationPath, SecretLocations } from "./wrapping/locations.ts";
import { rewritten, staleLocations } from "./wrapping/rewrite.ts";

export type SecretShape = Pick<GateSecret, "id" | "format" | "fields">;

/** Why a value cannot be rewritten with another key, and what makes that possible. */
interface FormObstacle {
  /** After "the secret NAME": `has the member "a" twice`. */
  readonly message: string;
  /** Options of `keyturn secret rewrite` that remove it; absent if it cannot. */
  readonly rewrite?: "" | "--duplicates last" | "--form pkcs8";
  /** The type of key that the form can hold. */
  readonly keyType?: KeyType;
}

/** What to type against an obstacle. */
export function formRemedy({ rewrite, keyType }: FormObstacle, gate: string): string {
  const command =
    rewrite === undefined
      ? undefined
      : {
          "": `keyturn secret rewrite --gate ${shellWord(gate)}`,
          "--duplicates last": `keyturn secret rewrite --gate ${shellWord(gate)} --duplicates last`,
          "--form pkcs8": `keyturn secret rewrite --gate ${shellWord(gate)} --form pkcs8`,
        }[rewrite];
  if (keyType === undefined) return command ?? "keyturn help ERR_SECRET_FORMAT";
  const flag = keyType === "rsa-2048" ? "add --key-type rsa-2048" : "add --key-type ecdsa-p256";
  return command === undefined ? flag : `${flag}, or: \`${command}\``;
}

/** A field that repeats the public half and would go stale. */
interface StaleField {
  /** Member names and settings joined by dots, or the label of a PEM block. */
  readonly field: string;
  readonly what: string;
}

interface NextKey {
  readonly privateKey: KeyObject;
  /** If absent, the declared place of the ID stays empty. */
  readonly keyPairId?: string;
  /** The current key's IDs in the account, replaced wherever they occur. */
  readonly formerIds?: readonly string[];
  /** Write the ID into its declared place even if that is empty. */
  readonly fillsEmptyId?: boolean;
}

export interface SecretForm {
  /** In words, innermost first: `PKCS#8 PEM in base64 in JSON`. */
  readonly words: string;
  obstacles(type: KeyType): readonly FormObstacle[];
  stale(type: KeyType): readonly StaleField[];
  /** Throws ERR_SECRET_FORMAT rather than return a value that does not read back as this key. */
  write(next: NextKey): SecretValue;
}

const NODE_TYPE: Readonly<Record<KeyType, string>> = { "rsa-2048": "rsa", "ecdsa-p256": "ec" };
export const FORM_WORDS = {
  pkcs8: "PKCS#8",
  pkcs1: "PKCS#1",
  sec1: "SEC1",
  spki: "SPKI",
  "pkcs1-public": "PKCS#1",
};

interface Context {
  readonly secret: SecretShape;
  readonly seal: (text: string) => SecretValue;
  readonly verify: (value: SecretValue, key: KeyObject) => boolean;
}

export function textForm(
  places: SecretLocations,
  found: FoundKey,
  { secret, seal, verify }: Context,
): SecretForm & { readonly repaired: readonly PemRepair[] } {
  return {
    words: wordsFor(places, found),
    repaired: found.places.slice(0, 1).flatMap((place) => repairsAt(places, place)),
    obstacles: (type) => obstaclesOf(places, found, NODE_TYPE[type]),
    stale: (type) =>
      staleLocations(places, found.key, NODE_TYPE[type]).map(({ path, what }) => ({
        field: nameOf(path),
        what,
      })),
    write: ({ privateKey, keyPairId, formerIds = [], fillsEmptyId = false }) => {
      const idField = { name: secret.fields.keyPairId, id: keyPairId ?? "", fillsEmpty: fillsEmptyId };
      const next = seal(rewritten(places, { was: found.key, is: privateKey, idField, formerIds }));
      if (!verify(next, privateKey)) throw unwritableSecret(secret.id);
      return next;
    },
  };
}

export type BinaryForm = SecretForm & { readonly key: KeyObject };

/** A SecretBinary that is only the key's DER; undefined for other bytes. */
export function binaryForm(bytes: Uint8Array): BinaryForm | undefined {
  const found = keyInDer(bytes);
  if (found === undefined || !isPrivateForm(found.form)) return undefined;
  const { key, form } = found;
  return {
    key,
    words: `${FORM_WORDS[form]} DER`,
    obstacles: (type) => typeObstacle(form, NODE_TYPE[type]),
    stale: () => [],
    write: ({ privateKey }) => ({ binary: new Sealed(derOf(privateKey, form).der) }),
  };
}

/** Why a form can be read but not written: what was repaired to read it is no longer known. */
type Unwritable = "base64" | "bytes-behind" | "no-text" | "other";

const UNWRITABLE: Readonly<Record<Unwritable, { readonly words: string } & FormObstacle>> = {
  base64: {
    words: "PEM in base64 with lines of irregular width",
    message: "has base64 lines of irregular width",
    rewrite: "",
  },
  "bytes-behind": {
    words: "DER followed by other bytes",
    message: "has other bytes after the key",
    rewrite: "",
  },
  "no-text": {
    words: "PEM among bytes that are not text",
    message: "holds the key among bytes that are not text",
  },
  other: {
    words: "a form that keyturn can read but not write",
    message: "stores the key in a way that cannot be reproduced",
  },
};

export function unknownForm(secretId: string, why: Unwritable): SecretForm {
  const { words, ...obstacle } = UNWRITABLE[why];
  return {
    words,
    obstacles: () => [obstacle],
    stale: () => [],
    write: () => {
      throw unwritableSecret(secretId);
    },
  };
}

export function unwritableSecret(id: string): InputError {
  return new InputError("ERR_SECRET_FORMAT", `the secret ${id} cannot be written back in its current form`, [
    "keyturn help ERR_SECRET_FORMAT",
  ]);
}

function obstaclesOf(places: SecretLocations, found: FoundKey, type: string): FormObstacle[] {
  const duplicates = everyText(places).flatMap((each) => each.duplicates);
  const irregular = found.places.some(({ isRegular }) => !isRegular);
  const rewrite: FormObstacle["rewrite"] = duplicates.every(({ isSame }) => isSame)
    ? ""
    : "--duplicates last";
  return [
    ...duplicates.slice(0, 1).map(({ name }) => ({
      message: `has the member ${JSON.stringify(name)} twice: readers disagree about which one counts`,
      rewrite,
    })),
    ...(irregular ? [{ message: "has PEM lines of irregular width", rewrite }] : []),
    ...found.places.slice(0, 1).flatMap(({ form }) => typeObstacle(form, type)),
    ...(found.places.length === 0 && found.key.asymmetricKeyType !== type
      ? [
          {
            message: `holds a JWK of type ${found.key.asymmetricKeyType}`,
            keyType: keyTypeFor(found.key.asymmetricKeyType),
          },
        ]
      : []),
  ];
}

function typeObstacle(form: KeyLocation["form"], type: string): FormObstacle[] {
  if (canHold(form, type)) return [];
  const message = `holds the key as "${PEM_LABEL[form]}" (${FORM_WORDS[form]}), which cannot hold an ${type.toUpperCase()} key`;
  return [{ message, rewrite: "--form pkcs8", keyType: keyTypeFor(type === "rsa" ? "ec" : "rsa") }];
}

const keyTypeFor = (type: string | undefined): KeyType => (type === "ec" ? "ecdsa-p256" : "rsa-2048");

const nameOf = (path: LocationPath): string => path.join(".") || "value";

function wordsFor(places: SecretLocations, { key, places: [place] }: FoundKey): string {
  const inner =
    place === undefined
      ? `${key.asymmetricKeyType?.toUpperCase()} JWK`
      : `${FORM_WORDS[place.form]} ${place.spelled === "pem" ? "PEM" : "DER in base64"}`;
  const wrappings =
    place === undefined
      ? ["JSON"]
      : wrappingsTo(places, place).map((each) => (each === "json" ? "JSON" : each));
  return [inner, ...wrappings.toReversed()].join(" in ");
}

/** From the outside in. */
function wrappingsTo(places: SecretLocations, target: KeyLocation): string[] {
  for (const place of places.places) {
    if (place.at !== "text" || !everyText(place.inner).some((each) => each.places.includes(target))) continue;
    return [place.wrapping, ...wrappingsTo(place.inner, target)];
  }
  return [];
}

/** What a signer must undo to read the PEM. Only for a PEM alone in its text, because settings have their own escapes. */
export function repairsAt(places: SecretLocations, place: KeyLocation): PemRepair[] {
  const holder = everyText(places).find((each) => each.places.includes(place));
  const before = holder?.text.slice(0, place.from).trim() ?? "";
  if (place.spelled === "der" || !/^\ufeff?["']?$/.test(before)) return [];
  const isQuoted = /["']$/.test(before);
  const isEscaped = place.lineBreak.includes("\\");
  if (isEscaped) return isQuoted ? ["quotes", "escaped-newlines"] : ["escaped-newlines"];
  const isLost = !/^[ \t]*\r?\n$/.test(place.lineBreak);
  return [...(isQuoted ? (["quotes"] as const) : []), ...(isLost ? (["line-breaks"] as const) : [])];
}
