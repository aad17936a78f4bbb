/** Credentials that are there, and not where the edge looks: absence is explained by what is there. */
import type { Finding } from "../finding.ts";
import { COOKIE_NAMES } from "../policy/cookie-set.ts";
import { foreignSignature } from "./foreign-credentials.ts";
import { cause, type Inquiry } from "./inquiry.ts";
import { misspelledNames } from "./misspelled-names.ts";

/** In the order of what each proves. Empty where nothing of CloudFront's, or like it, is to be seen. */
export function misplacedCredentials(inquiry: Inquiry): Finding[] {
  return [
    ...foreignSignature(inquiry),
    ...misspelledNames(inquiry),
    ...joinedSetCookie(inquiry),
    ...insideAnotherCookie(inquiry),
    ...asHeaders(inquiry),
    ...inAuthorization(inquiry),
    ...inFragment(inquiry),
    ...inPath(inquiry),
    ...inPlainParameters(inquiry),
  ];
}

const PART = /(?:CloudFront[-_])(?:Policy|Signature|Key[-_]Pair[-_]Id|Expires)/i;
const OURS: ReadonlySet<string> = new Set(Object.values(COOKIE_NAMES));

/** `Set-Cookie: CloudFront-Policy=..., CloudFront-Signature=...`, or all three before one list of attributes. */
function joinedSetCookie({ capture }: Inquiry): Finding[] {
  if (capture.form !== "set-cookie" && !capture.cookies.some(({ stored }) => stored !== undefined)) return [];
  const joined = capture.cookies.filter(
    ({ name, value, stored }) =>
      OURS.has(name) &&
      (/[,;]\s*CloudFront-[\w-]+=/i.test(value) || stored?.ignored?.some((each) => PART.test(each))),
  );
  if (joined.length === 0) return [];
  return [
    cause(
      "set-cookie-joined",
      "observed",
      "several cookies stand in one Set-Cookie line: a browser stores the first name and takes the rest for its value or its attributes",
      "write one Set-Cookie header for each cookie",
      [joined.map(({ name }) => name).join(", ")],
    ),
  ];
}

function insideAnotherCookie({ capture }: Inquiry): Finding[] {
  const holders = capture.cookies.filter(({ name, value }) => !OURS.has(name) && holdsPart(value));
  if (holders.length === 0) return [];
  return [
    cause(
      "set-in-another-cookie",
      "observed",
      `CloudFront's values stand inside the value of the cookie ${holders[0]?.name}: the edge reads cookies of its own names only`,
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

function asHeaders({ capture }: Inquiry): Finding[] {
  const names = (capture.headers ?? [])
    .map(([name]) => name.toLowerCase())
    .filter((name) => HEADER.test(name));
  // `Expires` and `Signature` alone are headers of their own right.
  if (!names.some((name) => /key-pair-id|cloudfront|policy/.test(name))) return [];
  return [
    cause(
      "set-as-headers",
      "observed",
      "the values are sent as headers of their own: the edge reads them from the Cookie header or from the query only",
      "send one header: Cookie: CloudFront-Policy=...; CloudFront-Signature=...; CloudFront-Key-Pair-Id=...",
      [names.join(", ")],
    ),
  ];
}

function inAuthorization({ capture }: Inquiry): Finding[] {
  const value = (capture.headers ?? []).find(([name]) => name.toLowerCase() === "authorization")?.[1] ?? "";
  const isOurs = PART.test(value) || /(?:Key-Pair-Id|Policy=|eyJTdGF0ZW1lbnQi)/.test(value);
  if (!isOurs) return [];
  return [
    cause(
      "set-in-authorization",
      "observed",
      "the values stand in the Authorization header, which the edge's signature check does not read",
      "send them as cookies or as parameters of a signed URL",
    ),
  ];
}

function inFragment({ capture }: Inquiry): Finding[] {
  const { fragment = "" } = capture;
  if (!/(?:^|[?&#/])(?:CloudFront-)?(?:Policy|Signature|Key-Pair-Id)=/i.test(fragment)) return [];
  return [
    cause(
      "set-in-fragment",
      "observed",
      "the parameters stand behind #, in the fragment, which no client sends: they belong before it, behind ?",
      "put the query before the fragment: https://HOST/PATH?Policy=...#...",
    ),
  ];
}

function inPath({ url = "" }: Inquiry): Finding[] {
  const path = url.split("?", 1)[0] ?? "";
  const isMatrix = /[;&/](?:Policy|Signature|Key-Pair-Id)=/.test(path);
  const isEncoded = /%3F(?:Policy|Expires|Signature|Key-Pair-Id)(?:=|%3D)/i.test(url);
  if (!isMatrix && !isEncoded) return [];
  return [
    cause(
      "set-in-path",
      "observed",
      isEncoded
        ? "the question mark before the parameters is encoded (%3F): the edge takes them for a part of the path"
        : "the parameters stand in the path, without a question mark before them: the edge reads the query only",
      "begin the query with ?, once, and part its parameters with &",
    ),
  ];
}

/** A second `?` hides the parameters behind it in the value of the one before. */
function inPlainParameters({ url = "" }: Inquiry): Finding[] {
  const query = url.slice(url.indexOf("?") + 1);
  if (!url.includes("?") || !/\?(?:Policy|Expires|Signature|Key-Pair-Id)=/.test(query)) return [];
  return [
    cause(
      "second-question-mark",
      "observed",
      "a second ? stands before the signing parameters: the first of them belongs to the value before it",
      "join them with &: the URL had a query already",
    ),
  ];
}
