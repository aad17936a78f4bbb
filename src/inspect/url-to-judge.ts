/** Which of two URLs a request is judged by, where the input carries one and a flag names another. */
import { splitUrl } from "../edge/credential.ts";
import type { Inquiry } from "./inquiry.ts";

/**
 * A signed URL's own query is its credential: it is judged as it stands. Cookies can be held against any URL: there the
 * flag's is. The other one is handed back where the two contradict each other, to be told.
 */
export function urlToJudge(
  carried: string | undefined,
  named: string | undefined,
): { readonly url?: string; readonly otherUrl?: NonNullable<Inquiry["otherUrl"]> } {
  if (carried === undefined || named === undefined) {
    const url = carried ?? named;
    return url === undefined ? {} : { url };
  }
  const own = splitUrl(carried);
  const wanted = splitUrl(named);
  const isSame = withPath(own.url) === withPath(wanted.url);
  if (own.signing.length > 0) {
    return isSame ? { url: carried } : { url: carried, otherUrl: { url: wanted.url, from: "flag" } };
  }
  return isSame ? { url: named } : { url: named, otherUrl: { url: own.url, from: "input" } };
}

/** Without a fragment; every client asks for / where there is no path. */
const withPath = (url: string): string =>
  (url.split("#", 1)[0] as string).replace(/^(https?:\/\/[^/?]+)(?=\?|$)/i, "$1/");
