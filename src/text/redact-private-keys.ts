/** Removes private keys from a text: messages repeat what people type, which may be a key instead of a file or a name. */

/** Whole, or torn off; with its line breaks, without, or written `\n`. */
const PRIVATE_KEY =
  /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?:[^-]{0,20000}-----END (?:[A-Z]+ )*PRIVATE KEY-----|(?:(?:\s|\\[nr])*[A-Za-z0-9+/=]{16,})*)/g;

/** The text with `(a private key)` in place of each. Recognizes keys only by their PEM header. */
export function redactPrivateKeys(text: string): string {
  return text.includes("PRIVATE KEY-----") ? text.replace(PRIVATE_KEY, "(a private key)") : text;
}
