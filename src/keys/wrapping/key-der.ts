/** A key as DER: which half, in which structure; and another key in the same structure. */
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { publicHalf } from "../fingerprint.ts";

export type DerForm = "pkcs8" | "pkcs1" | "sec1" | "spki" | "pkcs1-public";

export interface KeyInDer {
  readonly key: KeyObject;
  readonly form: DerForm;
}

export const PEM_LABEL: Readonly<Record<DerForm, string>> = {
  pkcs8: "PRIVATE KEY",
  pkcs1: "RSA PRIVATE KEY",
  sec1: "EC PRIVATE KEY",
  spki: "PUBLIC KEY",
  "pkcs1-public": "RSA PUBLIC KEY",
};
const FORMS = Object.keys(PEM_LABEL) as DerForm[];

/** Undefined unless it is the DER of exactly one unencrypted key. */
export function keyInDer(der: Uint8Array): KeyInDer | undefined {
  // OpenSSL ignores what follows the key, which may be the next setting.
  if (!isOneSequence(der)) return undefined;
  for (const form of FORMS) {
    try {
      return { key: keyOf(Buffer.from(der), form), form };
    } catch {
      // Not this structure: try the next, since DER does not say which it is.
    }
  }
  return undefined;
}

/** X.690, 8.1.3: a single SEQUENCE over all bytes. Keys need at most two bytes of length. */
function isOneSequence(der: Uint8Array): boolean {
  const [tag, first = 0, second = 0, third = 0] = der;
  if (tag !== 0x30) return false;
  if (first < 0x80) return der.length === 2 + first;
  if (first === 0x81) return der.length === 3 + second;
  return first === 0x82 && der.length === 4 + second * 256 + third;
}

/** Undefined unless label and body are an unencrypted key. */
export function keyInPem(label: string, body: Uint8Array): KeyInDer | undefined {
  const form = FORMS.find((each) => PEM_LABEL[each] === label);
  if (form === undefined) return undefined;
  try {
    return { key: keyOf(Buffer.from(body), form), form };
  } catch {
    // The block is damaged; whoever needs the key reports it.
    return undefined;
  }
}

function keyOf(key: Buffer, form: DerForm): KeyObject {
  if (form === "spki") return createPublicKey({ key, format: "der", type: "spki" });
  if (form === "pkcs1-public") return createPublicKey({ key, format: "der", type: "pkcs1" });
  return createPrivateKey({ key, format: "der", type: form });
}

export const isPrivateForm = (form: DerForm): boolean => form !== "spki" && form !== "pkcs1-public";

/** PKCS#1 holds RSA only and SEC1 EC only. `type`: a KeyObject's asymmetricKeyType. */
export function canHold(form: DerForm, type: string | undefined): boolean {
  if (form === "sec1") return type === "ec";
  return form === "pkcs8" || form === "spki" || type === "rsa";
}

/** The half of `key` that this form holds. A form that cannot hold this type of key becomes PKCS#8 or SPKI. */
export function derOf(key: KeyObject, form: DerForm): { readonly der: Uint8Array; readonly form: DerForm } {
  const isPrivate = isPrivateForm(form);
  const fitting = canHold(form, key.asymmetricKeyType) ? form : isPrivate ? "pkcs8" : "spki";
  const half = isPrivate ? key : publicHalf(key);
  const type = fitting === "pkcs1-public" ? "pkcs1" : fitting;
  return { der: half.export({ type: type as "pkcs8", format: "der" }), form: fitting };
}
