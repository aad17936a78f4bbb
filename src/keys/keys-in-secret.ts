/** The private keys in a secret without a gate, each with the declaration that finds it. */
import type { KeyObject } from "node:crypto";
import type { SecretValue } from "../seams/cloud.ts";
import { canNameId, type GateSecret, type SecretFormat } from "./gate-secret.ts";
import { rootIn } from "./secret-value.ts";
import { everyText, privateKeysIn, textsIn } from "./wrapping/find-key.ts";
import { isPrivateForm, keyInDer } from "./wrapping/key-der.ts";
import { locationsIn, type SecretLocations, utf8TextIn } from "./wrapping/locations.ts";
import { nameBefore } from "./wrapping/setting-name.ts";

export interface KeyInSecret {
  readonly privateKey: KeyObject;
  readonly format: SecretFormat;
  /** The field with the key; undefined if its format needs none. */
  readonly field?: string;
  /** The member or setting that holds one of these key pair IDs. */
  readonly idField: (ids: readonly string[]) => string | undefined;
}

/** In reading order; empty if none could be written back. */
export function keysInSecret(value: SecretValue): readonly KeyInSecret[] {
  const bytes = "binary" in value ? value.binary.reveal() : undefined;
  const text = "text" in value ? value.text.reveal() : utf8TextIn(value.binary.reveal());
  if (text === undefined) {
    const found = bytes === undefined ? undefined : keyInDer(bytes);
    if (found === undefined || !isPrivateForm(found.form)) return [];
    return [{ privateKey: found.key, format: "binary", idField: () => undefined }];
  }
  const places = locationsIn(text);
  const isJson = rootIn(places) !== undefined;
  return privateKeysIn(places).map(({ key, path }) => {
    const field = path.join(".");
    const named = { field: field || undefined, privateKey: key };
    if (isJson) return { ...named, format: "json", idField: (ids) => memberWith(places, ids) };
    const idField = (ids: readonly string[]) => settingWith(places, ids) ?? memberWith(places, ids);
    return { ...named, format: bytes === undefined ? "pem" : "binary", idField };
  });
}

/** Is there a private key, or what looks like one that cannot be read? */
export function mayHoldKey(value: SecretValue): boolean {
  const text = "text" in value ? value.text.reveal() : utf8TextIn(value.binary.reveal());
  if (text === undefined || keysInSecret(value).length > 0) return true;
  return everyText(locationsIn(text)).some((each) => each.text.includes("PRIVATE KEY"));
}

/** The keyturn.yaml declaration of such a secret. `ids`: the key's ids in the account. */
export function declarationOf(
  { format, field, idField }: KeyInSecret,
  ids: readonly string[],
): Pick<GateSecret, "format" | "fields"> & { readonly namesId: boolean } {
  const keyPairId = idField(ids);
  const fields = { privateKey: field ?? "privateKey", keyPairId: keyPairId ?? "keyPairId" };
  return { format, fields, namesId: keyPairId !== undefined && canNameId({ format, fields }) };
}

function memberWith(places: SecretLocations, ids: readonly string[]): string | undefined {
  return textsIn(places)
    .find(({ inner }) => ids.includes(inner.text))
    ?.path.join(".");
}

function settingWith(places: SecretLocations, ids: readonly string[]): string | undefined {
  for (const { text, isJson, places: inside } of everyText(places)) {
    if (isJson) continue;
    const encoded = inside.find((place) => place.at === "text" && ids.includes(place.inner.text.trim()));
    if (encoded !== undefined && encoded.path.length > 0) return encoded.path.join(".");
    for (const id of ids) {
      const at = text.indexOf(id);
      const [name] = at === -1 ? [] : nameBefore(text, at);
      if (name !== undefined) return name;
    }
  }
  return undefined;
}
