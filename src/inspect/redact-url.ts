/** Signatures and policies taken out of a URL that is shown: the edge reads five names, people misspell them. */

/**
 * A parameter that holds a credential under a name that the edge does not read, and that therefore stays in the URL:
 * after `&amp;`, in lower case, with a cookie's name, or in a URL inside another one's query. Short values are none.
 */
const CREDENTIAL =
  /((?:[?&;]|%3F|%26)(?:CloudFront-|X-Amz-)?(?:policy|signature)(?:=|%3D))(?:(?!%26)[^&#\s'"]){20,}/gi;

/** The text with `...` in the place of such values. */
export function redactCredentials(text: string): string {
  return text.replace(CREDENTIAL, "$1...");
}
