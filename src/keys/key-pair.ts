/** Key pairs as values. CloudFront takes RSA 2048 and ECDSA P-256, nothing else (facts 1.1). */
import type { KeyObject } from "node:crypto";

export type KeyType = "rsa-2048" | "ecdsa-p256";

export interface KeyPair {
  readonly type: KeyType;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}
