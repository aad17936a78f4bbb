/** CloudFront's cookies in a header that no server parses as three cookies. */
import type { Finding } from "../finding.ts";
import { COOKIE_NAMES } from "../policy/cookie-set.ts";
import { causeFinding, type InspectionInput } from "./inspection-input.ts";

const PAIR = /CloudFront-(?:Policy|Signature|Key-Pair-Id|Expires)=/i;
const OURS: ReadonlySet<string> = new Set(Object.values(COOKIE_NAMES));
const ONE_HEADER =
  "send one header: Cookie: CloudFront-Policy=...; CloudFront-Signature=...; CloudFront-Key-Pair-Id=...";

export function brokenCookieHeader(input: InspectionInput): Finding[] {
  return [...joinedByComma(input), ...nameTwice(input), ...inOtherHeader(input)];
}

/** Frameworks that print several headers with one name join them with a comma. */
function joinedByComma({ capture }: InspectionInput): Finding[] {
  const isSetCookie = capture.cookies.some(({ stored }) => stored !== undefined);
  const joined = capture.cookies.filter(
    ({ name, value }) => OURS.has(name) && /[,&]\s*CloudFront-/i.test(value),
  );
  if (isSetCookie || capture.form === "set-cookie" || joined.length === 0) return [];
  return [
    causeFinding(
      "cookies-joined",
      "observed",
      "the cookies are not separated by ; so the first one's value swallows the others",
      ONE_HEADER,
      [joined.map(({ name }) => name).join(", ")],
    ),
  ];
}

/** `Cookie: Cookie: ...`: code that sets a whole header line as the header's value. */
function nameTwice({ capture }: InspectionInput): Finding[] {
  const named = capture.cookies.find(({ name }) => /^(?:set-)?cookie\s*:\s*CloudFront-/i.test(name));
  if (named === undefined) return [];
  return [
    causeFinding(
      "cookies-joined",
      "observed",
      `the header's name is also in its value, so the edge reads a cookie called "${named.name}"`,
      ONE_HEADER,
    ),
  ];
}

/** A response header in a request, or a misspelled one. */
function inOtherHeader({ capture }: InspectionInput): Finding[] {
  const found = (capture.headers ?? []).find(
    ([name, value]) => name.toLowerCase() !== "cookie" && /cookie/i.test(name) && PAIR.test(value),
  );
  if (found === undefined) return [];
  return [
    causeFinding(
      "set-as-headers",
      "observed",
      `the cookies are in a header called ${found[0]}: the edge reads only Cookie${
        /^set-cookie2?$/i.test(found[0]) ? "; Set-Cookie belongs in a response" : ""
      }`,
      ONE_HEADER,
    ),
  ];
}
