/** A request to the edge and the verdict on it. Only `decide.ts` judges cookies. */
import type { KeyObject } from "node:crypto";
import type { HashAlgorithm, Policy } from "../policy/policy.ts";

export interface EdgeRequest {
  /** As the viewer sent it: scheme, host, raw path, raw query; never normalized, never with a fragment. */
  readonly url: string;
  /** In the order sent; names may repeat. */
  readonly cookies: readonly (readonly [name: string, value: string])[];
  /** The viewer's address: IPv4 or IPv6 text. */
  readonly ip: string;
}

/** Verifies a signature with one trusted key. */
export interface Verify {
  (hash: HashAlgorithm, signed: Uint8Array, signature: Uint8Array): boolean;
  /** The key itself, to find out why a signature does not verify. Absent if the check covers several keys. */
  readonly publicKey?: KeyObject;
}

/** The check for each trusted key pair ID; a Map is one. */
export type TrustedKeys = Pick<ReadonlyMap<string, Verify>, "get">;

/** What the matched cache behavior trusts. `undefined`: the behavior trusts no key group. */
export type Trust = TrustedKeys | undefined;

export type WireCode =
  | "MissingKey"
  | "InvalidKey"
  | "AccessDenied"
  | "MalformedPolicy"
  | "MalformedSignature";

/** The actual reason, which the wire code hides: `AccessDenied` covers half of these. */
export type DenialReason =
  | "key-pair-id-missing"
  | "key-pair-id-malformed"
  | "key-not-trusted"
  | "signature-missing"
  | "signature-undecodable"
  | "hash-algorithm-unsupported"
  | "policy-missing"
  | "policy-and-expires"
  | "policy-undecodable"
  | "policy-malformed"
  | "signature-mismatch"
  | "expired"
  | "not-yet-valid"
  | "ip-mismatch"
  | "resource-mismatch"
  | "cookie-duplicated";

/** How the request carried its signature. */
export type Carrier = "cookies" | "query" | "none";

export type PolicyKind = "canned" | "custom";

export interface Verdict {
  readonly allowed: boolean;
  readonly carrier: Carrier;
  /** Why an allowed request was allowed, or the code on the wire of a denied one. */
  readonly code?: WireCode;
  readonly reason?: DenialReason;
  readonly keyPairId?: string;
  readonly hash?: HashAlgorithm;
  /** Canned: rebuilt from the requested URL and Expires; custom: sent along. */
  readonly policyKind?: PolicyKind;
  readonly policy?: Policy;
  /** Undocumented rules (`rules.ts`) that this verdict depends on: another choice would change it. */
  readonly undocumented: readonly string[];
}
