/** Finds the signing key in a value: in the place that the gate names, or the only one there is. */
import { createPrivateKey, type KeyObject } from "node:crypto";
import { fingerprint } from "../fingerprint.ts";
import type { KeyLocation, LocationPath, SecretLocations, TextLocation } from "./locations.ts";
import { isNamed, keysIn } from "./rewrite.ts";

export interface FoundKey {
  readonly key: KeyObject;
  readonly path: LocationPath;
  /** Where it is written, once or more; empty for a JWK, which consists of numbers. */
  readonly places: readonly KeyLocation[];
}

/** `none`: no private key that could be written back. `several`: different keys, and none declared. */
export type Search = FoundKey | "none" | "several";

/** The private keys at or under the place with that name; anywhere if no name is given. */
export function findKey(places: SecretLocations, name?: string): Search {
  const isMeant = ({ path }: { readonly path: LocationPath }) =>
    name === undefined || path.some((_, at) => isNamed(path.slice(0, at + 1), name));
  const found = privateKeysIn(places).filter(isMeant);
  const [first, ...rest] = found;
  if (first === undefined) return "none";
  const mark = fingerprint(first.key);
  if (rest.some(({ key }) => fingerprint(key) !== mark)) return "several";
  return { ...first, places: found.flatMap((each) => each.places) };
}

/** Every private key in any form, including duplicates. */
export function privateKeysIn(places: SecretLocations): FoundKey[] {
  const written = keysIn(places).filter(({ isPrivate }) => isPrivate);
  return [
    ...written.map((place) => ({ key: place.key, path: place.path, places: [place] })),
    ...jwksIn(places),
  ];
}

/** Private keys as JSON Web Keys (RFC 7517): objects whose members are the key's numbers. */
function jwksIn(places: SecretLocations): FoundKey[] {
  const members = new Map<string, { readonly path: LocationPath; readonly jwk: Record<string, string> }>();
  for (const { path, inner } of textsIn(places)) {
    const parent = path.slice(0, -1);
    const id = JSON.stringify(parent);
    const object = members.get(id) ?? { path: parent, jwk: {} };
    object.jwk[path.at(-1) ?? ""] = inner.text;
    members.set(id, object);
  }
  return [...members.values()].flatMap(({ path, jwk }) => {
    if (jwk.kty === undefined || jwk.d === undefined) return [];
    try {
      return [{ key: createPrivateKey({ key: jwk, format: "jwk" }), path, places: [] }];
    } catch {
      // Not a JWK, or of a type unknown to OpenSSL.
      return [];
    }
  });
}

/** The strings of every JSON text in the value. */
export function textsIn(places: SecretLocations): TextLocation[] {
  return places.places.flatMap((place) => {
    if (place.at !== "text") return [];
    return place.wrapping === "json" ? [place, ...textsIn(place.inner)] : textsIn(place.inner);
  });
}

/** This text and every text in it. */
export function everyText(places: SecretLocations): SecretLocations[] {
  return [places, ...places.places.flatMap((place) => (place.at === "text" ? everyText(place.inner) : []))];
}
