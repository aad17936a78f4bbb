/**
 * The same key in a gate's secret, in a form that a rotation can write back, or that signers can read. Only the key's
 * spelling changes, and members whose name occurs twice; every other byte stays.
 */
import { InputError, UsageError } from "../errors.ts";
import { Sealed } from "../sealed.ts";
import type { SecretValue } from "../seams/cloud.ts";
import { type PrivateKeyForm, writePrivateKey } from "./any-key.ts";
import { isSameKey } from "./fingerprint.ts";
import { readPrivateKey } from "./pem.ts";
import { FORM_WORDS, repairsAt, type SecretShape, unwritableSecret } from "./secret-form.ts";
import { parseSecretValue, type SigningSecret } from "./secret-value.ts";
import { spliced, type TextEdit } from "./wrapping/edit.ts";
import { findKey, type Search } from "./wrapping/find-key.ts";
import { canHold, derOf } from "./wrapping/key-der.ts";
import { type KeyLocation, locationsIn, type SecretLocations, utf8TextIn } from "./wrapping/locations.ts";
import { isNamed } from "./wrapping/rewrite.ts";

export interface Rewrite {
  /** Absent: as it is. PEM alone in its text also gets its line breaks back. */
  readonly form?: PrivateKeyForm | undefined;
  /** Which of two members with the same name stays; needed only if their values differ. */
  readonly duplicates?: "first" | "last" | undefined;
}

export interface RewrittenSecret {
  /** Undefined if nothing needs to change. */
  readonly value?: SecretValue;
  /** Forms in words: `PKCS#8 PEM in JSON`. */
  readonly was: string;
  readonly form: string;
  /** What changes, as imperative sentences; names everything that goes. */
  readonly changes: readonly string[];
  readonly signing: SigningSecret;
}

/** What one step makes of the text. */
interface Step {
  readonly text: string;
  readonly changes: readonly string[];
}

/**
 * Throws ERR_SECRET_FORMAT for a value without a readable key, one where something would be lost, and one where only its
 * owner knows what to keep; ERR_USAGE for a form that cannot hold the key.
 */
export function rewrittenSecret(value: SecretValue, secret: SecretShape, how: Rewrite): RewrittenSecret {
  const before = parseSecretValue(value, secret);
  refuseForm(before, how);
  const text = "text" in value ? value.text.reveal() : utf8TextIn(value.binary.reveal());
  const made = text === undefined ? bytesRewritten(value, before, secret, how) : undefined;
  const steps = text === undefined ? undefined : textRewritten(text, before, secret, how);
  const { changes } = made ?? steps ?? { changes: [] };
  const unchanged = { was: before.form.words, form: before.form.words, changes: [], signing: before };
  if (changes.length === 0) return unchanged;
  const next = made?.value ?? sealedAs(value, steps?.text ?? "");
  const after = parseSecretValue(next, secret);
  const type = before.privateKey.asymmetricKeyType === "ec" ? "ecdsa-p256" : "rsa-2048";
  if (!isSameKey(after.privateKey, before.privateKey) || after.form.obstacles(type).length > 0) {
    throw unwritableSecret(secret.id);
  }
  return { value: next, was: before.form.words, form: after.form.words, changes, signing: after };
}

function refuseForm({ privateKey }: SigningSecret, { form }: Rewrite): void {
  if (form === undefined || canHold(form, privateKey.asymmetricKeyType)) return;
  throw new UsageError(
    "ERR_USAGE",
    form === "sec1" ? "SEC1 holds EC keys only, and this key is RSA" : "PKCS#1 holds RSA keys only",
    ["--form pkcs8"],
  );
}

function sealedAs(value: SecretValue, text: string): SecretValue {
  if ("text" in value) return { text: new Sealed(text) };
  return { binary: new Sealed<Uint8Array>(Buffer.from(text)) };
}

/** A SecretBinary that is the key's DER, perhaps followed by something. */
function bytesRewritten(
  value: SecretValue,
  { privateKey }: SigningSecret,
  secret: SecretShape,
  { form }: Rewrite,
): { readonly value: SecretValue; readonly changes: readonly string[] } {
  const bytes = "binary" in value ? value.binary.reveal() : new Uint8Array();
  if (Buffer.from(bytes).includes("-----BEGIN")) throw unwritableSecret(secret.id);
  const was = readPrivateKey(bytes).form;
  const { der: now } = derOf(privateKey, was);
  const behind = bytes.subarray(now.length);
  if (
    !Buffer.from(bytes).subarray(0, now.length).equals(now) ||
    !/^[\s\0]*$/.test(`${Buffer.from(behind)}`)
  ) {
    throw lossy(
      secret,
      `has ${behind.length} bytes after the key, and only their owner knows what they are for`,
    );
  }
  const { der } = derOf(privateKey, form ?? was);
  return {
    value: { binary: new Sealed<Uint8Array>(der) },
    changes: [
      ...(behind.length > 0 ? [`drop ${behind.length} bytes of white space after the key`] : []),
      ...(Buffer.from(der).equals(now)
        ? []
        : [`write the key as ${FORM_WORDS[form ?? was]} instead of ${FORM_WORDS[was]}`]),
    ],
  };
}

function textRewritten(text: string, before: SigningSecret, secret: SecretShape, how: Rewrite): Step {
  const steps = [
    (now: string) => withoutDuplicates(now, secret, how),
    (now: string) => withBase64OnOneLine(now, secret),
    (now: string) => withEvenKey(now, before, secret, how),
  ];
  return steps.reduce<Step>(
    (done, step) => {
      const { text: next, changes } = step(done.text);
      return { text: next, changes: [...done.changes, ...changes] };
    },
    { text, changes: [] },
  );
}

interface EditsWithWords {
  readonly edits: readonly TextEdit[];
  readonly changes: readonly string[];
}

/** Edits in this text and in each text inside it, as edits of this text. */
function editsIn(places: SecretLocations, own: (each: SecretLocations) => EditsWithWords): EditsWithWords {
  const inner = places.places.flatMap((place) => {
    if (place.at !== "text") return [];
    const { edits, changes } = editsIn(place.inner, own);
    return [{ edits: place.lift(edits), changes }];
  });
  const all = [own(places), ...inner];
  const edits = all.flatMap((each) => each.edits);
  const isInside = (edit: TextEdit) =>
    edits.some((other) => other !== edit && other.from <= edit.from && edit.to <= other.to);
  return { edits: edits.filter((edit) => !isInside(edit)), changes: all.flatMap((each) => each.changes) };
}

function stepOf(places: SecretLocations, own: (each: SecretLocations) => EditsWithWords): Step {
  const { edits, changes } = editsIn(places, own);
  return { text: spliced(places.text, edits), changes };
}

function withoutDuplicates(text: string, secret: SecretShape, { duplicates: which }: Rewrite): Step {
  return stepOf(locationsIn(text), ({ duplicates }) => {
    const differing = duplicates.find(({ isSame }) => !isSame);
    if (differing !== undefined && which === undefined) {
      throw new InputError(
        "ERR_SECRET_FORMAT",
        `the secret ${secret.id} has the member ${JSON.stringify(differing.name)} twice, with different values: one of them must be removed`,
        [
          "--duplicates last, if signers read the last one, as JavaScript, Python, Go and jq do",
          "--duplicates first, if they read the first one",
        ],
      );
    }
    return {
      edits: duplicates.map((each) => (which === "first" ? each.withoutLater : each.withoutEarlier)),
      changes: duplicates.map(({ name, isSame }) => {
        const gone = which === "first" ? "later" : "earlier";
        return `remove the ${gone} of two members ${JSON.stringify(name)}, whose values ${isSame ? "are the same" : "differ"}`;
      }),
    };
  });
}

/** A PEM in base64 whose lines follow no rule: the same bytes on one line. */
function withBase64OnOneLine(text: string, secret: SecretShape): Step {
  const places = locationsIn(text);
  if (signingKeyIn(places, secret) !== "none") return { text, changes: [] };
  return stepOf(places, (each) => {
    const isMeant = secret.format !== "json" || isNamed(each.path, secret.fields.privateKey);
    const encoded = each.text.trim();
    const bytes = Buffer.from(encoded, "base64");
    const isPem = /^[A-Za-z0-9+/\s]{40,}={0,2}$/.test(encoded) && bytes.includes("PRIVATE KEY-----");
    if (!isMeant || !isPem) return { edits: [], changes: [] };
    const from = each.text.indexOf(encoded);
    const edit = { from, to: from + encoded.length, text: bytes.toString("base64") };
    return { edits: [edit], changes: ["write the base64 on one line"] };
  });
}

function signingKeyIn(places: SecretLocations, { format, fields }: SecretShape): Search {
  const found = findKey(places, format === "json" ? fields.privateKey : undefined);
  // As when reading a secret: several keys in a text are distinguished by the names of their settings.
  return found === "several" ? findKey(places, fields.privateKey) : found;
}

function withEvenKey(text: string, { privateKey }: SigningSecret, secret: SecretShape, how: Rewrite): Step {
  const places = locationsIn(text);
  const found = signingKeyIn(places, secret);
  const isWritten = typeof found !== "string" && found.places.length > 0;
  if (!isWritten && how.form !== undefined) {
    throw lossy(secret, "holds the key as numbers (JWK): --form is for PEM and DER");
  }
  const targets = isWritten && isSameKey(found.key, privateKey) ? found.places : [];
  return stepOf(places, (each) => {
    const changed = each.places.flatMap((place) =>
      place.at === "key" && targets.includes(place) ? keyEdit(places, each.text, place, how) : [],
    );
    return { edits: changed.map(({ edit }) => edit), changes: changed.flatMap(({ changes }) => changes) };
  });
}

function keyEdit(places: SecretLocations, text: string, place: KeyLocation, { form }: Rewrite) {
  const alone = form === undefined ? undefined : aloneAt(places, text, place);
  const edit = alone ?? { from: place.from, to: place.to, text: place.respell(form ?? place.form) };
  if ((form === undefined && place.isRegular) || text.slice(edit.from, edit.to) === edit.text) return [];
  const written = alone === undefined ? edit : { ...edit, text: writePrivateKey(place.key, form).trimEnd() };
  const repaired = alone === undefined ? [] : repairsAt(places, place);
  const changes = [
    ...(form === undefined || form === place.form
      ? []
      : [`write the key as ${FORM_WORDS[form]} instead of ${FORM_WORDS[place.form]}`]),
    ...(place.isRegular ? [] : ["write the PEM with lines of 64 characters"]),
    ...(repaired.includes("quotes") ? ["remove the quotes around the PEM"] : []),
    ...(repaired.includes("escaped-newlines") || repaired.includes("line-breaks")
      ? ["give the PEM real line breaks"]
      : []),
  ];
  return changes.length === 0 ? [] : [{ edit: written, changes }];
}

/** The stretch of a PEM that lost its line breaks and is all that its text holds, with its quotes. */
function aloneAt(places: SecretLocations, text: string, place: KeyLocation): TextEdit | undefined {
  if (repairsAt(places, place).length === 0) return undefined;
  const behind = /^(?:(?:\\+r)?\\+n)*\s*["']?/.exec(text.slice(place.to))?.[0] ?? "";
  const before = /["']?\s*$/.exec(text.slice(0, place.from))?.[0] ?? "";
  const isAlone = text.slice(place.to + behind.length).trim() === "";
  if (!isAlone || /["']/.test(before) !== /["']/.test(behind)) return undefined;
  return { from: place.from - before.length, to: place.to + behind.length, text: "" };
}

function lossy(secret: SecretShape, message: string): InputError {
  return new InputError("ERR_SECRET_FORMAT", `the secret ${secret.id} ${message}`, [
    "keyturn help ERR_SECRET_FORMAT",
  ]);
}
