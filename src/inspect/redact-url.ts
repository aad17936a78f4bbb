/** Redacts signatures and policies in a URL, under CloudFront's five names and misspellings of them. */

/**
 * A parameter that holds a credential under a name that the edge does not read, so it stays in the URL:
 * after `&amp;`, in lower case, with a cookie's name, or in a URL inside another URL's query. Short values do not count.
 */
const CREDENTIAL =
  /((?:[?&;]|%3F|%26)(?:CloudFront-|X-Amz-)?(?:policy|signature)(?:=|%3D))(?:(?!%26)[^&#\s'"]){20,}/gi;

/** The text with such values replaced by `...`. */
export function redactCredentials(text: string): string {
  return text.replace(CREDENTIAL, "$1...");
}
