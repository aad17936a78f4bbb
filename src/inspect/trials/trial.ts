/** One signature held against many texts, cheaply and never without end. */
import { createHash } from "node:crypto";
import { openSignature } from "../../edge/opened-signature.ts";
import type { Verify } from "../../edge/verdict.ts";
import type { HashAlgorithm } from "../../policy/policy.ts";

const HASHES = ["SHA1", "SHA256"] as const;
/**
 * Hashing half a kilobyte takes microseconds, and counts as one; verifying a signature takes a tenth of a millisecond:
 * half a second at the most.
 */
const MOST_DIGESTS = 60_000;
const MOST_VERIFICATIONS = 3000;
/** From here on only the hash that the request names is tried. */
const MOST_IN_BOTH_HASHES = 400;

/**
 * An RSA signature is opened once, and each text is hashed and compared; an ECDSA signature is verified anew for each.
 * `named` is the hash that the request names: others are tried as well while the budget lasts.
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

  /** The hash with which the signature covers exactly this. */
  fits(signed: Uint8Array): HashAlgorithm | undefined {
    return HASHES.find((hash) => this.#verify(hash, signed, this.#signature));
  }

  get isSpent(): boolean {
    return this.#left <= 0;
  }

  /** As `fits`, counted: undefined from the bound on. */
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

  /** Of these, as many as this kind of trial can afford beside others: a third of what is left. */
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
