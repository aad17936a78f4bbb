/** Tries one signature against many texts, cheaply and with a limit. */
import { createHash } from "node:crypto";
import { openSignature } from "../../edge/opened-signature.ts";
import type { Verify } from "../../edge/verdict.ts";
import type { HashAlgorithm } from "../../policy/policy.ts";

const HASHES = ["SHA1", "SHA256"] as const;
/**
 * The budget in hashes. Hashing half a kilobyte takes microseconds and counts as one; verifying a signature takes a
 * tenth of a millisecond. At most half a second in all.
 */
const MOST_DIGESTS = 60_000;
const MOST_VERIFICATIONS = 3000;
/** Beyond this, tries only the hash that the request names. */
const MOST_IN_BOTH_HASHES = 400;

/**
 * Opens an RSA signature once, then hashes and compares each text; verifies an ECDSA signature for each text.
 * `named` is the hash that the request names; others are tried too while the budget lasts.
 */
export class Trial {
  readonly #verify: Verify;
  readonly #signature: Uint8Array;
  readonly #digest: { readonly hash: HashAlgorithm; readonly bytes: Uint8Array } | undefined;
  readonly #hashes: readonly HashAlgorithm[];
  #left: number;
  #tried = 0;

  constructor(verify: Verify, signature: Uint8Array, named: HashAlgorithm) {
    const opened = verify.publicKey && openSignature(verify.publicKey, signature);
    this.#verify = verify;
    this.#signature = signature;
    const hash = typeof opened === "object" ? HASHES.find((each) => each === opened.hash) : undefined;
    this.#digest =
      hash === undefined || typeof opened !== "object" ? undefined : { hash, bytes: opened.digest };
    this.#left = this.#digest === undefined ? MOST_VERIFICATIONS : MOST_DIGESTS;
    this.#hashes = [named, ...HASHES.filter((each) => each !== named)];
  }

  /** The hash with which the signature covers exactly this text. */
  fits(signed: Uint8Array): HashAlgorithm | undefined {
    return HASHES.find((hash) => this.#verify(hash, signed, this.#signature));
  }

  get isSpent(): boolean {
    return this.#left <= 0;
  }

  /** Like `fits`, but counted: undefined once the limit is reached. */
  tries(text: string | Uint8Array): HashAlgorithm | undefined {
    if (this.#left <= 0) return undefined;
    const signed = typeof text === "string" ? Buffer.from(text) : text;
    if (this.#digest !== undefined) {
      this.#left -= 1 + (signed.length >> 9);
      const { hash, bytes } = this.#digest;
      return Trial.digest(hash, signed).equals(bytes) ? hash : undefined;
    }
    this.#tried += 1;
    const hashes = this.#tried > MOST_IN_BOTH_HASHES ? this.#hashes.slice(0, 1) : this.#hashes;
    this.#left -= hashes.length;
    return hashes.find((hash) => this.#verify(hash, signed, this.#signature));
  }

  /** As many of these as this kind of trial may use: a third of what is left. */
  *affordable<Item>(items: Iterable<Item>): Generator<Item> {
    const until = Math.floor((this.#left * 2) / 3);
    for (const item of items) {
      if (this.#left <= until) return;
      yield item;
    }
  }

  static digest(hash: HashAlgorithm, text: string | Uint8Array): Buffer {
    return createHash(hash).update(text).digest();
  }
}
