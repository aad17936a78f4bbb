/**
 * Splits a text into places: keys in PEM or DER, and ranges that encode another text (the strings of JSON, base64),
 * to any depth up to eight. Each place knows how an edit inside it becomes an edit of the text around it.
 */
import type { KeyObject } from "node:crypto";
import { type Base64Run, base64Runs } from "./base64.ts";
import { spliced, type TextEdit } from "./edit.ts";
import { embeddedIn } from "./embedded.ts";
import { type Duplicate, type JsonString, jsonStringsIn } from "./json-strings.ts";
import {
  type DerForm,
  derOf,
  isPrivateForm,
  type KeyInDer,
  keyInDer,
  keyInPem,
  PEM_LABEL,
} from "./key-der.ts";
import { pemBlocksIn } from "./pem-block.ts";
import { nameBefore } from "./setting-name.ts";

type WrappingName = "json" | "base64";

/** Where a place is: member names of JSON and names of settings, from the outside in. */
export type LocationPath = readonly string[];

/** A key written in the text. */
export interface KeyLocation extends KeyInDer {
  readonly at: "key";
  readonly path: LocationPath;
  readonly from: number;
  readonly to: number;
  readonly spelled: "pem" | "der";
  /** How the PEM spells line breaks; empty if it is on one line. */
  readonly lineBreak: string;
  /** False: its spelling is irregular, so another key cannot be written the same way. */
  readonly isRegular: boolean;
  readonly isPrivate: boolean;
  spell(key: KeyObject): string;
  /** The same key in this structure; a PEM with lines of 64 characters. */
  respell(form: DerForm): string;
}

/** A range that encodes another text. */
export interface TextLocation {
  readonly at: "text";
  readonly path: LocationPath;
  readonly wrapping: WrappingName;
  readonly from: number;
  readonly to: number;
  readonly inner: SecretLocations;
  lift(edits: readonly TextEdit[]): readonly TextEdit[];
}

/** Bytes that are neither a text nor one plain key: a certificate, a number, an OpenSSH key, an encrypted key. */
export interface BytesLocation {
  readonly at: "bytes";
  readonly path: LocationPath;
  readonly from: number;
  readonly to: number;
  readonly bytes: Uint8Array;
  /** The PEM block's label. */
  readonly label?: string;
}

export interface SecretLocations {
  readonly text: string;
  readonly path: LocationPath;
  readonly isJson: boolean;
  readonly places: readonly (KeyLocation | TextLocation | BytesLocation)[];
  /** JSON only: members that are not text, and members whose name occurs again. */
  readonly others: readonly LocationPath[];
  readonly duplicates: readonly Duplicate[];
}

const DEEPEST = 8;

export function locationsIn(text: string, path: LocationPath = [], depth = 0): SecretLocations {
  const json = depth < DEEPEST ? jsonStringsIn(text) : undefined;
  if (json !== undefined) {
    const places = json.strings.map((each) => jsonPlace(each, [...path, ...each.path], depth));
    const others = json.others.map((each) => [...path, ...each]);
    return { text, path, isJson: true, places, others, duplicates: json.duplicates };
  }
  const embedded = depth < DEEPEST ? embeddedIn(text) : [];
  const named = embedded.map((each) => ({ ...each, path: [...path, ...nameBefore(text, each.from)] }));
  return {
    text,
    path,
    isJson: false,
    places: [
      ...named.flatMap((each) =>
        each.strings.map((one) => jsonPlace(one, [...each.path, ...one.path], depth)),
      ),
      ...inText(covered(text, embedded), path, depth),
    ],
    others: named.flatMap((each) => each.others.map((one) => [...each.path, ...one])),
    duplicates: named.flatMap((each) => each.duplicates),
  };
}

/** As long as the text that it masks, so that offsets stay valid, and without any character that is searched for. */
function covered(text: string, stretches: readonly { readonly from: number; readonly to: number }[]): string {
  return spliced(
    text,
    stretches.map(({ from, to }) => ({ from, to, text: "\0".repeat(to - from) })),
  );
}

function jsonPlace({ from, to, value, lift }: JsonString, path: LocationPath, depth: number): TextLocation {
  return { at: "text", path, wrapping: "json", from, to, inner: locationsIn(value, path, depth + 1), lift };
}

function inText(text: string, path: LocationPath, depth: number): SecretLocations["places"] {
  const pathTo = (at: number) => [...path, ...nameBefore(text, at)];
  const blocks = pemBlocksIn(text).map((block): KeyLocation | BytesLocation => {
    const { from, to, label, body, lineBreak, isRegular, spell, even } = block;
    const found = keyInPem(label, body);
    const where = { path: pathTo(from), from, to };
    if (found === undefined) return { at: "bytes", ...where, bytes: body, label };
    const spellKey = (key: KeyObject) => {
      const next = derOf(key, found.form);
      return spell(next.der, PEM_LABEL[next.form]);
    };
    const respell = (form: DerForm) => {
      const next = derOf(found.key, form);
      return even(next.der, PEM_LABEL[next.form]);
    };
    return keyPlace(found, { ...where, spelled: "pem", lineBreak, isRegular, spell: spellKey, respell });
  });
  const runs = base64Runs(
    covered(text, blocks),
    (bytes) => keyInDer(bytes) !== undefined || utf8TextIn(bytes) !== undefined,
  );
  return [...blocks, ...runs.map((run) => runPlace(run, pathTo(run.from), depth))];
}

function runPlace(run: Base64Run, path: LocationPath, depth: number): SecretLocations["places"][number] {
  const { from, to, bytes, spell } = run;
  const found = keyInDer(bytes);
  if (found !== undefined) {
    const spellKey = (key: KeyObject) => spell(derOf(key, found.form).der);
    return keyPlace(found, {
      path,
      from,
      to,
      spelled: "der",
      lineBreak: "",
      isRegular: true,
      spell: spellKey,
      respell: (form) => spell(derOf(found.key, form).der),
    });
  }
  const text = depth < DEEPEST ? utf8TextIn(bytes) : undefined;
  if (text === undefined) return { at: "bytes", path, from, to, bytes };
  const lift = (edits: readonly TextEdit[]) =>
    edits.length === 0 ? [] : [{ from, to, text: spell(Buffer.from(spliced(text, edits))) }];
  return { at: "text", path, wrapping: "base64", from, to, inner: locationsIn(text, path, depth + 1), lift };
}

function keyPlace(
  found: KeyInDer,
  place: Omit<KeyLocation, "at" | "isPrivate" | keyof KeyInDer>,
): KeyLocation {
  return { at: "key", ...found, ...place, isPrivate: isPrivateForm(found.form) };
}

/** Undefined unless the bytes are UTF-8 text without control characters. A byte order mark stays. */
export function utf8TextIn(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return /[^\P{C}\t\n\r\f\ufeff]/u.test(text) ? undefined : text;
  } catch {
    // Not UTF-8.
    return undefined;
  }
}
