/** Credentials sent where the edge does not look. */
import type { Finding } from "../finding.ts";
import { COOKIE_NAMES } from "../policy/cookie-set.ts";
import { brokenCookieHeader } from "./broken-cookie-header.ts";
import { foreignSignature } from "./foreign-credentials.ts";
import { causeFinding, type InspectionInput } from "./inspection-input.ts";
import { misspelledNames } from "./misspelled-names.ts";
import { signedElsewhere } from "./signed-elsewhere.ts";

/** The strongest evidence first. Empty if nothing resembles a CloudFront credential. */
export function misplacedCredentials(input: InspectionInput): Finding[] {
  return [
    ...foreignSignature(input),
    ...misspelledNames(input),
    ...joinedSetCookie(input),
    ...brokenCookieHeader(input),
    ...insideAnotherCookie(input),
    ...asHeaders(input),
    ...inAuthorization(input),
    ...inFragment(input),
    ...inPath(input),
    ...inPlainParameters(input),
    ...signedElsewhere(input),
  ];
}

const PART = /(?:CloudFront[-_])(?:Policy|Signature|Key[-_]Pair[-_]Id|Expires)/i;
const OURS: ReadonlySet<string> = new Set(Object.values(COOKIE_NAMES));

/** `Set-Cookie: CloudFront-Policy=..., CloudFront-Signature=...`, or all three before one list of attributes. */
function joinedSetCookie({ capture }: InspectionInput): Finding[] {
  if (capture.form !== "set-cookie" && !capture.cookies.some(({ stored }) => stored !== undefined)) return [];
  const joined = capture.cookies.filter(
    ({ name, value, stored }) =>
      OURS.has(name) &&
      (/[,;]\s*CloudFront-[\w-]+=/i.test(value) || stored?.ignored?.some((each) => PART.test(each))),
  );
  if (joined.length === 0) return [];
  return [
    causeFinding(
      "set-cookie-joined",
      "observed",
      "one Set-Cookie line holds several cookies: a browser stores the first and takes the rest as its value or attributes",
      "write one Set-Cookie header for each cookie",
      [joined.map(({ name }) => name).join(", ")],
    ),
  ];
}

function insideAnotherCookie({ capture }: InspectionInput): Finding[] {
  const holders = capture.cookies.filter(({ name, value }) => !OURS.has(name) && holdsPart(value));
  if (holders.length === 0) return [];
  return [
    causeFinding(
      "set-in-another-cookie",
      "observed",
      `CloudFront's values are inside the value of the cookie ${holders[0]?.name}: the edge reads only cookies with CloudFront's names`,
      "set CloudFront-Policy, CloudFront-Signature and CloudFront-Key-Pair-Id as three cookies",
      [holders.map(({ name }) => name).join(", ")],
    ),
  ];
}

/** As text, percent-encoded, or as base64 of JSON. */
function holdsPart(value: string): boolean {
  if (PART.test(value)) return true;
  if (/%22|%3D|%7B/i.test(value) && PART.test(attempt(value))) return true;
  if (/(?:^|[^\w])(?:Key-Pair-Id|keyPairId)(?:=|":)/i.test(attempt(value))) return true;
  if (!/^[\w+/=-]{80,}$/.test(value)) return false;
  return PART.test(Buffer.from(value, "base64").toString("latin1"));
}

function attempt(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const HEADER = /^(?:x-)?(?:(?:amz-)?cloudfront-)?(?:policy|signature|key-pair-id|expires|hash-algorithm)$/;

function asHeaders({ capture }: InspectionInput): Finding[] {
  const names = (capture.headers ?? [])
    .map(([name]) => name.toLowerCase())
    .filter((name) => HEADER.test(name));
  // `Expires` and `Signature` are also ordinary headers.
  if (!names.some((name) => /key-pair-id|cloudfront|policy/.test(name))) return [];
  return [
    causeFinding(
      "set-as-headers",
      "observed",
      "the values are sent as separate headers: the edge reads only the Cookie header and the query",
      "send one header: Cookie: CloudFront-Policy=...; CloudFront-Signature=...; CloudFront-Key-Pair-Id=...",
      [names.join(", ")],
    ),
  ];
}

function inAuthorization({ capture }: InspectionInput): Finding[] {
  const value = (capture.headers ?? []).find(([name]) => name.toLowerCase() === "authorization")?.[1] ?? "";
  const isOurs = PART.test(value) || /(?:Key-Pair-Id|Policy=|eyJTdGF0ZW1lbnQi)/.test(value);
  if (!isOurs) return [];
  return [
    causeFinding(
      "set-in-authorization",
      "observed",
      "the values are in the Authorization header, which the edge's signature check does not read",
      "send them as cookies or as parameters of a signed URL",
    ),
  ];
}

function inFragment({ capture }: InspectionInput): Finding[] {
  const { fragment = "" } = capture;
  if (!/(?:^|[?&#/])(?:CloudFront-)?(?:Policy|Signature|Key-Pair-Id)=/i.test(fragment)) return [];
  return [
    causeFinding(
      "set-in-fragment",
      "observed",
      "the parameters are after the #, in the fragment, which clients never send: put them in the query, after the ?",
      "put the query before the fragment: https://HOST/PATH?Policy=...#...",
    ),
  ];
}

function inPath({ url = "" }: InspectionInput): Finding[] {
  const path = url.split("?", 1)[0] ?? "";
  const isMatrix = /[;&/](?:Policy|Signature|Key-Pair-Id)=/.test(path);
  const isEncoded = /%3F(?:Policy|Expires|Signature|Key-Pair-Id)(?:=|%3D)/i.test(path);
  if (!isMatrix && !isEncoded) return [];
  return [
    causeFinding(
      "set-in-path",
      "observed",
      isEncoded
        ? "the question mark before the parameters is encoded (%3F), so the edge reads them as part of the path"
        : "the parameters are in the path, without a question mark before them: the edge reads only the query",
      "begin the query with a single ?, and separate parameters with &",
    ),
  ];
}

/** A second `?` hides the parameters after it in the value before it. */
function inPlainParameters({ url = "" }: InspectionInput): Finding[] {
  const query = url.slice(url.indexOf("?") + 1);
  if (!url.includes("?") || !/\?(?:Policy|Expires|Signature|Key-Pair-Id)=/.test(query)) return [];
  return [
    causeFinding(
      "second-question-mark",
      "observed",
      "the signing parameters follow a second ?, so the first of them becomes part of the value before it",
      "append them with &: the URL already has a query",
    ),
  ];
}
