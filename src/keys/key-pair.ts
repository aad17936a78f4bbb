/** Key pairs as values. CloudFront takes RSA 2048 and ECDSA P-256, nothing else (DG:private-content-trusted-signers). */
import type { KeyObject } from "node:crypto";
import { InputError } from "../errors.ts";

export const KEY_TYPES = ["rsa-2048", "ecdsa-p256"] as const;
export type KeyType = (typeof KEY_TYPES)[number];

export interface KeyPair {
  readonly type: KeyType;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A private key, and the ID under which CloudFront knows its public half. */
export interface SigningKey {
  readonly keyPairId: string;
  readonly privateKey: KeyObject;
}

/** The key type that CloudFront accepts it as, or undefined if it refuses it. */
export function keyTypeOf(key: KeyObject): KeyType | undefined {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "rsa" && modulusLength === 2048) return "rsa-2048";
  if (key.asymmetricKeyType === "ec" && namedCurve === "prime256v1") return "ecdsa-p256";
  return undefined;
}

/** `RSA 1024`, `EC secp384r1`, `ed25519`: for messages. */
export function describeKey(key: KeyObject): string {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  const kind = key.asymmetricKeyType ?? key.type;
  if (modulusLength !== undefined) return `${kind.toUpperCase()} ${modulusLength}`;
  return namedCurve === undefined ? kind : `${kind.toUpperCase()} ${namedCurve}`;
}

/** Whether this key can sign for CloudFront: RSA of any size (legacy trusted signers vary) and P-256. */
export function canSign(key: KeyObject): boolean {
  return key.asymmetricKeyType === "rsa" || keyTypeOf(key) === "ecdsa-p256";
}

/** For upload. Throws ERR_KEY_KIND: a trusted key group takes RSA 2048 and P-256 only. */
export function requireKeyType(key: KeyObject): KeyType {
  const type = keyTypeOf(key);
  if (type !== undefined) return type;
  throw new InputError(
    "ERR_KEY_KIND",
    `the key is ${describeKey(key)}; CloudFront key groups take RSA 2048 and ECDSA P-256 only`,
    ["keyturn keys generate --out signing-key.pem"],
  );
}

/** For signing. Throws ERR_KEY_KIND. */
export function requireSigningKey(key: KeyObject): KeyObject {
  if (canSign(key)) return key;
  throw new InputError(
    "ERR_KEY_KIND",
    `the key is ${describeKey(key)}; CloudFront checks RSA and ECDSA P-256 signatures only`,
    ["keyturn keys generate --out signing-key.pem"],
  );
}
