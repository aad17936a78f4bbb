/** Private keys taken out of a text: what people type where a file or a name was meant comes back in messages. */

/** Whole, or torn off; with its line breaks, without, or written `\n`. */
const PRIVATE_KEY =
  /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?:[^-]{0,20000}-----END (?:[A-Z]+ )*PRIVATE KEY-----|(?:(?:\s|\\[nr])*[A-Za-z0-9+/=]{16,})*)/g;

/** The text with `(a private key)` where one stood. Knows keys by their PEM header alone. */
export function redactPrivateKeys(text: string): string {
  return text.includes("PRIVATE KEY-----") ? text.replace(PRIVATE_KEY, "(a private key)") : text;
}
