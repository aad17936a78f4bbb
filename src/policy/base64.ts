/**
 * CloudFront's base64: the ordinary, padded alphabet with `+` written `-`, `=` written `_` and `/` written `~`. It is
 * not RFC 4648 base64url, which swaps other characters and drops the padding (DG:private-content-linux-openssl).
 */

const CLOUDFRONT: Readonly<Record<string, string>> = { "+": "-", "=": "_", "/": "~" };
const ORDINARY: Readonly<Record<string, string>> = { "-": "+", _: "=", "~": "/" };
const SHAPE = /^[A-Za-z0-9~-]*_{0,2}$/;

export function encodeBase64(bytes: Uint8Array): string {
  const ordinary = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  return ordinary.replace(/[+=/]/g, (character) => CLOUDFRONT[character] as string);
}

/**
 * Strict: undefined for any other character, wrong padding, or bits set that no encoder sets. The last rule makes
 * the text of a value unique, so that no altered cookie decodes to the bytes of the true one.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !SHAPE.test(text)) return undefined;
  const bytes = Buffer.from(
    text.replace(/[-_~]/g, (character) => ORDINARY[character] as string),
    "base64",
  );
  return encodeBase64(bytes) === text ? bytes : undefined;
}
