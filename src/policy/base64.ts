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
 * Strict: undefined for any other character, wrong padding, or bits set that no encoder sets. The text of a value is
 * unique, so that no altered cookie decodes to the bytes of the true one. Node's decoder skips what it does not know;
 * only what encodes to the very same text again was encoded so.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  const end = text.endsWith("__") ? -2 : text.endsWith("_") ? -1 : text.length;
  const bytes = Buffer.from(text.slice(0, end).replaceAll("~", "_"), "base64url");
  return encodeBase64(bytes) === text ? bytes : undefined;
}
