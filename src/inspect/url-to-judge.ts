/** Chooses the URL to judge if both the input and a flag give one. */
import { splitSigningParameters } from "../edge/credential.ts";
import type { InspectionInput } from "./inspection-input.ts";

/**
 * A signed URL's query is its credential, so the input's URL wins. Cookies can be judged for any URL, so there the
 * flag wins. Returns the other one too if the two contradict each other, for a finding.
 */
export function urlToJudge(
  carried: string | undefined,
  named: string | undefined,
): { readonly url?: string; readonly otherUrl?: NonNullable<InspectionInput["otherUrl"]> } {
  if (carried === undefined || named === undefined) {
    const url = carried ?? named;
    return url === undefined ? {} : { url };
  }
  const own = splitSigningParameters(carried);
  const wanted = splitSigningParameters(named);
  const isSame = withPath(own.url) === withPath(wanted.url);
  if (own.signing.length > 0) {
    return isSame ? { url: carried } : { url: carried, otherUrl: { url: wanted.url, from: "flag" } };
  }
  return isSame ? { url: named } : { url: named, otherUrl: { url: own.url, from: "input" } };
}

/** Without a fragment; every client requests / if there is no path. */
const withPath = (url: string): string =>
  (url.split("#", 1)[0] as string).replace(/^(https?:\/\/[^/?]+)(?=\?|$)/i, "$1/");
