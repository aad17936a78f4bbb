/**
 * CloudFront's base64: the ordinary, padded alphabet with `+` written `-`, `=` written `_` and `/` written `~`. It is
 * not RFC 4648 base64url, which drops the padding and writes `_` for `/` (DG:private-content-linux-openssl).
 */

/** How many bytes the last group of three lacks. */
const PADDING = ["", "__", "_"] as const;

export function encodeBase64(bytes: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = bytes;
  // base64url differs only in one character and the padding, so it needs the fewest replacements.
  const unpadded = Buffer.from(buffer, byteOffset, byteLength).toString("base64url").replaceAll("_", "~");
  return unpadded + PADDING[byteLength % 3];
}

/**
 * Strict: undefined for any other character, wrong padding, or bits set that no encoder sets. Each value has exactly
 * one encoding, so that no altered cookie decodes to the bytes of the original. Node's decoder skips unknown
 * characters, so the result counts only if it encodes to exactly the same text again.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  const end = text.endsWith("__") ? -2 : text.endsWith("_") ? -1 : text.length;
  const bytes = Buffer.from(text.slice(0, end).replaceAll("~", "_"), "base64url");
  return encodeBase64(bytes) === text ? bytes : undefined;
}
