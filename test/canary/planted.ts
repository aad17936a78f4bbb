/** Secrets that must never appear, in every likely encoding, and the search for them. */
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";

export type SecretKind = "private key" | "cookie" | "password" | "session" | "origin header" | "AWS key";

/** Long enough never to occur by chance, short enough that half a line of a key is found. */
const PIECE = 24;
/** The head of a PKCS #8 body is the same for every key of its kind. */
const COMMON_HEAD = 48;

export class Planted {
  /** Searched for verbatim. */
  readonly #values = new Map<string, SecretKind>();
  /** All of the same length, so that one pass over a text finds any of them. */
  readonly #pieces = new Map<string, SecretKind>();
  readonly #known = new Set<string>();

  /** Plants a password, a token or a header's value, which is short and searched for verbatim. */
  value(text: string | undefined, kind: SecretKind): void {
    if (text !== undefined && text.length >= 12) this.#values.set(text, kind);
  }

  /** Plants a cookie's signature: every piece of it is searched for. */
  signature(text: string): void {
    if (text.length > PIECE) this.#cut(text, "cookie");
  }

  /**
   * Plants a key as PEM, the lines of its body, DER in base64 and hex, its numbers, and the base64 of the whole PEM.
   */
  key(given: KeyObject | string): void {
    const key = typeof given === "string" ? createPrivateKey(given) : given;
    const pem = key.export({ type: "pkcs8", format: "pem" }) as string;
    if (this.#known.has(pem)) return;
    this.#known.add(pem);
    // Values that are also in the public key are not secret.
    const spki = createPublicKey(key).export({ type: "spki", format: "der" });
    const publicTexts = [spki.toString("base64"), spki.toString("hex")];
    const isPublic = (piece: string) => publicTexts.some((text) => text.includes(piece));
    const der = key.export({ type: "pkcs8", format: "der" });
    this.#cut(der.toString("base64").slice(COMMON_HEAD), "private key", isPublic);
    this.#cut(
      Buffer.from(pem)
        .toString("base64")
        .slice(2 * COMMON_HEAD),
      "private key",
    );
    const { d, p, q, dp, dq, qi } = key.export({ format: "jwk" });
    for (const number of [d, p, q, dp, dq, qi]) {
      if (number === undefined) continue;
      const bytes = Buffer.from(number, "base64url");
      this.#cut(number, "private key");
      this.#cut(bytes.toString("base64"), "private key");
      this.#cut(bytes.toString("hex"), "private key");
      this.#cut(BigInt(`0x${bytes.toString("hex")}`).toString(), "private key");
    }
  }

  /** Plants every private key in a text. */
  keysIn(text: string): void {
    for (const [pem] of text.matchAll(/-----BEGIN (?:RSA |EC )?PRIVATE KEY-----[^-]+-----END[^-]+-----/g)) {
      try {
        this.key(pem);
      } catch {
        // A key that was damaged on purpose. Its pieces were planted while it was intact.
      }
    }
  }

  /** What was found and where, but not the secret itself, because a failing test prints this. */
  foundIn(places: Readonly<Record<string, string>>, allowed: readonly SecretKind[] = []): string[] {
    const found = new Set<string>();
    for (const [place, text] of Object.entries(places)) {
      for (const kind of this.#kindsIn(text)) {
        if (!allowed.includes(kind)) found.add(`${kind} in ${place}`);
      }
    }
    return [...found];
  }

  *#kindsIn(text: string): Iterable<SecretKind> {
    for (const variant of waysToRead(text)) {
      for (const [value, kind] of this.#values) if (variant.includes(value)) yield kind;
      for (let at = 0; at + PIECE <= variant.length; at += 1) {
        const kind = this.#pieces.get(variant.slice(at, at + PIECE));
        if (kind !== undefined) yield kind;
      }
    }
  }

  #cut(text: string, kind: SecretKind, isPublic: (piece: string) => boolean = () => false): void {
    for (let at = 0; at + PIECE <= text.length; at += PIECE) {
      const piece = text.slice(at, at + PIECE);
      if (!isPublic(piece)) this.#pieces.set(piece, kind);
    }
  }
}

/** The text verbatim, without line breaks, and percent-decoded. */
function waysToRead(text: string): string[] {
  const joined = text.replace(/\s+|\\n/g, "");
  const decoded = text.replaceAll(/%[0-9A-Fa-f]{2}/g, (byte) =>
    String.fromCharCode(Number.parseInt(byte.slice(1), 16)),
  );
  return [...new Set([text, joined, decoded])];
}
