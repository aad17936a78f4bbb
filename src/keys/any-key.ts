/**
 * Reads and writes keys in every common form: all PEM labels, DER, and PEM mangled by an environment variable. pem.ts also
 * says what an unreadable input is.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { InputError } from "../errors.ts";
import type { Sealed } from "../sealed.ts";
import { publicHalf } from "./fingerprint.ts";
import { type PemRepair, repairPem } from "./pem-repair.ts";

export interface ReadPrivateKey {
  readonly privateKey: KeyObject;
  readonly repaired: readonly PemRepair[];
  /** The original form, so that a new key can be written the same way. */
  readonly form: PrivateKeyForm;
}
export type PrivateKeyForm = "pkcs8" | "pkcs1" | "sec1";

const LABEL = /-----BEGIN ([A-Z0-9 ]+)-----/g;

/**
 * Reads PKCS#8, PKCS#1 and SEC1, PEM or DER, encrypted ones with `passphrase`. Not checked: type and size, which
 * matter to upload and signing (key-pair.ts). Throws ERR_KEY_UNREADABLE, ERR_PASSPHRASE; never shows any of the input.
 */
export function readAnyPrivateKey(input: string | Uint8Array, passphrase?: Sealed<string>): ReadPrivateKey {
  const text = typeof input === "string" ? input : pemIn(input);
  if (text === undefined) return readPrivateDer(input as Uint8Array);
  const { pem, repaired } = repairPem(text);
  const labels = labelsOf(pem);
  const label = labels.find((each) => each.endsWith("PRIVATE KEY"));
  if (label === undefined) throw notPrivate(labels);
  if (label === "OPENSSH PRIVATE KEY") {
    throw unreadable("this is OpenSSH's own key format", [
      "on a copy, since it overwrites the file:",
      "ssh-keygen -p -m PKCS8 -f KEYFILE",
    ]);
  }
  const encrypted = label.startsWith("ENCRYPTED") || pem.includes("Proc-Type: 4,ENCRYPTED");
  if (encrypted && passphrase === undefined) {
    throw new InputError("ERR_PASSPHRASE", "the private key is encrypted and no passphrase was given", [
      "add --passphrase-file FILE",
    ]);
  }
  const block = blockOf(pem, label);
  if (hasAnother(pem, block)) {
    // Which of them signs would be a guess.
    throw unreadable("this is a file of several private keys", [
      "keep the one you need; this writes the first:",
      "openssl pkey -in KEYFILE -out first.pem",
    ]);
  }
  try {
    const privateKey = createPrivateKey(
      passphrase === undefined ? block : { key: block, passphrase: passphrase.reveal() },
    );
    return { privateKey, repaired, form: formOf(label) };
  } catch (cause) {
    // OpenSSL's own message never quotes the input, so it may be the cause.
    if (encrypted)
      throw new InputError(
        "ERR_PASSPHRASE",
        "the passphrase does not open the key",
        ["only the file's trailing line break is ignored: every other character counts"],
        cause,
      );
    throw unreadable(`the PEM block "${label}" does not hold a key that OpenSSL can read`, [], cause);
  }
}

/**
 * The public half from SPKI or PKCS#1 PEM, a certificate, DER, or a private key's own PEM. Throws
 * ERR_KEY_UNREADABLE, ERR_PASSPHRASE.
 */
export function readAnyPublicKey(input: string | Uint8Array, passphrase?: Sealed<string>): KeyObject {
  const text = typeof input === "string" ? input : pemIn(input);
  try {
    if (text === undefined)
      return createPublicKey({ key: Buffer.from(input as Uint8Array), format: "der", type: "spki" });
    const { pem } = repairPem(text);
    const label = labelsOf(pem).find((each) => /^(?:(?:RSA )?PUBLIC KEY|CERTIFICATE)$/.test(each));
    if (label !== undefined) return createPublicKey(blockOf(pem, label));
  } catch (cause) {
    throw unreadable("there is no public key that OpenSSL can read", [], cause);
  }
  return publicHalf(readAnyPrivateKey(input, passphrase).privateKey);
}

/** PKCS#8 by default. The result is the key itself: write it only to a file or a secret. */
export function writePrivateKey(key: KeyObject, form?: PrivateKeyForm): string {
  return key.export({ type: formFor(key, form), format: "pem" }) as string;
}

/** SPKI with real line breaks, as CreatePublicKey's EncodedKey requires. */
export function writePublicKey(key: KeyObject): string {
  return publicHalf(key).export({ type: "spki", format: "pem" }) as string;
}

function readPrivateDer(der: Uint8Array): ReadPrivateKey {
  for (const type of ["pkcs8", "pkcs1", "sec1"] as const) {
    try {
      return {
        privateKey: createPrivateKey({ key: Buffer.from(der), format: "der", type }),
        repaired: [],
        form: type,
      };
    } catch {
      // DER does not name its structure, so try each; the last line reports that none fits.
    }
  }
  throw unreadable("it is neither PEM nor the DER of a private key");
}

/** The bytes as text if they hold PEM, however mangled; undefined for DER. */
function pemIn(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes).toString("utf8");
  return text.includes("-----BEGIN") || !bytes.some((byte) => byte >= 0x7f) ? text : undefined;
}

const labelsOf = (pem: string): string[] => [...pem.matchAll(LABEL)].map(([, label]) => label as string);

function blockOf(pem: string, label: string): string {
  const from = pem.indexOf(`-----BEGIN ${label}-----`);
  const end = `-----END ${label}-----`;
  const until = pem.indexOf(end, from);
  return until === -1 ? pem.slice(from) : `${pem.slice(from, until + end.length)}\n`;
}

/** Another private key than this block; the same one twice is no contradiction. */
const hasAnother = (pem: string, block: string): boolean =>
  labelsOf(pem.replaceAll(block.trimEnd(), "")).some((label) => label.endsWith("PRIVATE KEY"));

function formOf(label: string): PrivateKeyForm {
  if (label === "RSA PRIVATE KEY") return "pkcs1";
  return label === "EC PRIVATE KEY" ? "sec1" : "pkcs8";
}

/** PKCS#1 is for RSA only and SEC1 for EC only; a key of the other type falls back to PKCS#8. */
function formFor(key: KeyObject, form: PrivateKeyForm = "pkcs8"): PrivateKeyForm {
  return form === "pkcs8" || (form === "pkcs1") === (key.asymmetricKeyType === "rsa") ? form : "pkcs8";
}

function notPrivate(labels: readonly string[]): InputError {
  const [first] = labels;
  if (first === undefined) return unreadable("there is no PEM block of a key in it");
  return unreadable(`it holds "${first}", not a private key`, [
    "give the private half: `keyturn keys generate --out FILE` writes it beside FILE's .pub.pem",
  ]);
}

export function unreadable(message: string, hints: readonly string[] = [], cause?: unknown): InputError {
  return new InputError("ERR_KEY_UNREADABLE", message, hints, cause);
}
