/** Fields that the edge does not recognize because their names are not exactly CloudFront's. */

import type { Finding } from "../finding.ts";
import { COOKIE_NAMES, QUERY_NAMES } from "../policy/cookie-set.ts";
import { causeFinding, type InspectionInput } from "./inspection-input.ts";

/** For a request that lacks a field: one finding per misspelled name under which it was sent. */
export function misspelledNames({ capture, url = "" }: InspectionInput): Finding[] {
  const parameters = (url.split("?", 2)[1] ?? "").split("&").map((each) => each.split("=", 1)[0] as string);
  const escaped = parameters.filter((name) => name.startsWith("amp;") && QUERY.has(name.slice(4)));
  if (escaped.length > 0) {
    return [
      causeFinding(
        "html-escaped-url",
        "observed",
        "the URL was copied from HTML: it has &amp; instead of &, so the edge reads different parameter names",
        "write & for &amp;",
        [escaped.join(", ")],
      ),
    ];
  }
  const names = [
    ...parameters.filter((name) => !QUERY.has(name) && isLike(name)),
    ...namesOf(capture).filter((name) => !COOKIES.has(name) && isLike(name)),
  ];
  if (names.length === 0) return [];
  return [
    causeFinding(
      "name-spelling",
      "observed",
      "names are case-sensitive: the edge reads CloudFront-Policy, -Expires, -Signature and -Key-Pair-Id, or the same without CloudFront- in a signed URL, spelled exactly like that",
      undefined,
      [[...new Set(names)].join(", ")],
    ),
  ];
}

const QUERY: ReadonlySet<string> = new Set(Object.values(QUERY_NAMES));
const COOKIES: ReadonlySet<string> = new Set(Object.values(COOKIE_NAMES));

const namesOf = ({ cookies }: InspectionInput["capture"]): string[] => cookies.map(({ name }) => name);

/** Letters only, without the prefixes that browsers know. `expires` is too common to count. */
const LIKE =
  /^(?:(?:host|secure))?(?:(?:aws)?(?:cloudfront|cf)(?:policy|signature|keypairid|keypair|keyid|expires|hashalgorithm)|policy|signature|keypairid|hashalgorithm)$/;

const isLike = (name: string): boolean => LIKE.test(name.toLowerCase().replace(/[^a-z]/g, ""));
