/** Rewrites a value for another key: the key, copies of its public half, and its ID; every other byte stays. */
import type { KeyObject } from "node:crypto";
import { isSameKey } from "../fingerprint.ts";
import { spliced, type TextEdit } from "./edit.ts";
import { canHold } from "./key-der.ts";
import type { BytesLocation, KeyLocation, LocationPath, SecretLocations } from "./locations.ts";
import { wordOf } from "./setting-name.ts";
import { publicNumberOf, spellingsOf } from "./spellings.ts";

export interface Replacement {
  readonly was: KeyObject;
  readonly is: KeyObject;
  /** The member or setting that is declared to hold the key pair ID, and what to write there. */
  readonly idField: { readonly name: string; readonly id: string; readonly fillsEmpty?: boolean };
  /** Key pair IDs of the replaced key; the new ID replaces them wherever they occur. */
  readonly formerIds: readonly string[];
}

/** A place that still contains the old key, and why it cannot be rewritten. */
export interface StaleField {
  readonly path: LocationPath;
  readonly what: string;
}

/** Shorter texts would match inside other words. */
const SHORTEST_ID = 10;

export function rewritten(places: SecretLocations, replacement: Replacement): string {
  return spliced(places.text, editsOf(places, replacement, wordsOf(replacement)));
}

function editsOf(places: SecretLocations, replacement: Replacement, words: Words): TextEdit[] {
  const { was, is, idField } = replacement;
  const edits = places.places.flatMap((place): readonly TextEdit[] => {
    if (place.at === "text" && place.wrapping === "json" && isNamed(place.path, idField.name)) {
      return place.lift(idEdits({ from: 0, to: place.inner.text.length }, idField));
    }
    if (place.at === "text") return place.lift(editsOf(place.inner, replacement, words));
    // The same key: only the ID changes, and a key that follows no rule keeps its bytes too.
    if (place.at === "bytes" || is === was || !isSameKey(place.key, was)) return [];
    return [{ from: place.from, to: place.to, text: place.spell(is) }];
  });
  if (places.isJson) return edits;
  const taken = places.places.filter(({ at }) => at !== "bytes");
  const isFree = (stretch: Pick<TextEdit, "from" | "to">) => !taken.some((each) => overlap(stretch, each));
  const word = wordOf(places.text, idField.name);
  const declared = word !== undefined && isFree(word) ? word : undefined;
  const found = words
    .in(places.text)
    .filter((edit) => isFree(edit) && !(declared !== undefined && overlap(edit, declared)));
  return [...edits, ...found, ...(declared ? idEdits(declared, idField) : [])];
}

const overlap = (one: Pick<TextEdit, "from" | "to">, other: Pick<TextEdit, "from" | "to">) =>
  one.from < other.to && other.from < one.to;

function idEdits(
  place: Pick<TextEdit, "from" | "to">,
  { id, fillsEmpty }: Replacement["idField"],
): TextEdit[] {
  return place.from < place.to || fillsEmpty ? [{ ...place, text: id }] : [];
}

/** Is it the place that keyturn.yaml names: its member names joined by dots, or as a JSON Pointer? */
export function isNamed(path: LocationPath, name: string): boolean {
  return path.length > 0 && (path.join(".") === name || `/${path.join("/")}` === name);
}

interface Words {
  in(text: string): TextEdit[];
}

function wordsOf({ was, is, idField, formerIds }: Replacement): Words {
  const next = spellingsOf(is);
  const words = new Map<string, string>();
  for (const [how, text] of spellingsOf(was)) {
    const spelled = next.get(how);
    if (spelled !== undefined && !words.has(text)) words.set(text, spelled);
  }
  for (const id of formerIds) if (id.length >= SHORTEST_ID && idField.id !== "") words.set(id, idField.id);
  const longestFirst = [...words.keys()].toSorted((one, other) => other.length - one.length);
  const pattern = new RegExp(
    `(?<![A-Za-z0-9])(?:${longestFirst.map((word) => word.replace(/[+/]/g, "\\$&")).join("|")})(?![A-Za-z0-9])`,
    "g",
  );
  return {
    in: (text) =>
      [...text.matchAll(pattern)].map(
        ({ 0: word, index }): TextEdit => ({
          from: index,
          to: index + word.length,
          text: words.get(word) as string,
        }),
      ),
  };
}

/** Every key of the value, in reading order. */
export function keysIn(places: SecretLocations): KeyLocation[] {
  return places.places.flatMap((place) =>
    place.at === "text" ? keysIn(place.inner) : place.at === "key" ? [place] : [],
  );
}

/** Places that repeat `was` and would still do so next to a key of this type (asymmetricKeyType). */
export function staleLocations(places: SecretLocations, was: KeyObject, type: string): StaleField[] {
  const mark = publicNumberOf(was);
  const words = was.asymmetricKeyType === type ? new Set(spellingsOf(was).values()) : undefined;
  const staleOf = (place: KeyLocation | BytesLocation, text: string): StaleField | undefined => {
    if (place.at === "key") {
      if (place.isPrivate || !isSameKey(place.key, was)) return undefined;
      if (place.isRegular && canHold(place.form, type)) return undefined;
      return { path: place.path, what: "its public key, in a form that the new key cannot have" };
    }
    if (!Buffer.from(place.bytes).includes(mark)) return undefined;
    if (words?.has(text.slice(place.from, place.to))) return undefined;
    return {
      path: pathOrLabel(place),
      what: place.label === "CERTIFICATE" ? "a certificate of it" : "its public half",
    };
  };
  return places.places.flatMap((place) => {
    if (place.at === "text") return staleLocations(place.inner, was, type);
    return staleOf(place, places.text) ?? [];
  });
}

const pathOrLabel = ({ path, label }: BytesLocation): LocationPath =>
  path.length > 0 || label === undefined ? path : [label];
