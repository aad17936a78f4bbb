/** Names the usual mistakes in a value that is not CloudFront's base64. */

/** One sentence, or undefined if nothing stands out. Looks at characters, and never shows any. */
export function describeMisencoding(value: string): string | undefined {
  if (/%(?:7E|2B|2F|3D|5F)/i.test(value)) {
    return "it is percent-encoded: cookies must be set raw (PHP: setrawcookie, not setcookie)";
  }
  if (/^".*"$/s.test(value)) return "it is in double quotes, which become part of the value";
  if (/[+/=]/.test(value)) return "it is ordinary base64: CloudFront needs - for +, _ for = and ~ for /";
  if (/[\s]/.test(value)) return "it holds whitespace: it was wrapped or copied in pieces";
  if (/_[^_]/.test(value) || (value.length % 4 !== 0 && !value.includes("~") && value.includes("_"))) {
    return "it looks like base64url: CloudFront uses _ for padding and ~ for /";
  }
  if (/^[A-Za-z0-9~_-]*$/.test(value) && value.length % 4 !== 0) {
    return `it is cut off or lost its padding: ${value.length} characters is not a multiple of 4`;
  }
  return undefined;
}
