/** What a value is that is not in CloudFront's base64: the usual ways to get it wrong, named. */

/** One sentence, or undefined when nothing telling is seen. Looks at characters only; shows none of them. */
export function describeMisencoding(value: string): string | undefined {
  if (/%(?:7E|2B|2F|3D|5F)/i.test(value)) {
    return "it is percent-encoded: cookies must be set raw (PHP: setrawcookie, not setcookie)";
  }
  if (/^".*"$/s.test(value)) return "it is in double quotes, which are part of the value";
  if (/[+/=]/.test(value)) return "it is ordinary base64: CloudFront wants - for +, _ for = and ~ for /";
  if (/[\s]/.test(value)) return "it holds whitespace: it was wrapped or copied in pieces";
  if (/_[^_]/.test(value) || (value.length % 4 !== 0 && !value.includes("~") && value.includes("_"))) {
    return "it looks like base64url: CloudFront's _ is the padding, and ~ stands for /";
  }
  if (/^[A-Za-z0-9~_-]*$/.test(value) && value.length % 4 !== 0) {
    return `it is cut off or lost its padding: ${value.length} characters are no multiple of 4`;
  }
  return undefined;
}
