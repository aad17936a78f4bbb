/** Names the usual mistakes in a value that is not CloudFront's base64. */

/** Stars, dots, or a word where people, browsers and log filters removed a value. */
const REDACTED =
  /\.\.\.|\u2026|^[[<({]*(?:\*{2,}|\u2022{2,}|x{4,}|redacted|filtered|masked|hidden|removed|snip(?:ped)?|sanitized|scrubbed|secret)[\]>)}]*$|^\w{0,8}\*{3,}\w{0,8}$/i;

/** Was the value replaced or shortened before it was pasted? */
export const isRedacted = (value: string): boolean => REDACTED.test(value);

/** One sentence, or undefined if nothing stands out. Looks at characters, and never shows any. */
export function describeMisencoding(value: string, isInUrl = false): string | undefined {
  if (/%(?:7E|2B|2F|3D|5F)/i.test(value)) {
    return isInUrl
      ? "it is percent-encoded: append it to the URL as it is, without encodeURIComponent or URLSearchParams"
      : "it is percent-encoded: cookies must be set raw (PHP: setrawcookie, not setcookie)";
  }
  if (/^".*"$/s.test(value)) return "it is in double quotes, which become part of the value";
  if (/[+/=]/.test(value)) return "it is ordinary base64: CloudFront needs - for +, _ for = and ~ for /";
  if (/[\s]/.test(value)) return "it contains whitespace: it was wrapped or copied in pieces";
  if (/_[^_]/.test(value) || (value.length % 4 !== 0 && !value.includes("~") && value.includes("_"))) {
    return "it looks like base64url: CloudFront uses _ for padding and ~ for /";
  }
  if (/^[A-Za-z0-9~_-]*$/.test(value) && value.length % 4 !== 0) {
    return `it is cut off or lost its padding: ${value.length} characters is not a multiple of 4`;
  }
  return undefined;
}
