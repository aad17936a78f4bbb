/** Set-Cookie lines, with or without the header's name (RFC 6265, 5.2). */
import type { EpochSeconds } from "../time.ts";
import type { CapturedCookie, CapturedRequest, StoredAttributes } from "./capture.ts";

const ATTRIBUTE =
  /;\s*(?:path|domain|max-age|expires|samesite)\s*=|;\s*(?:secure|httponly|partitioned)\s*(?:;|$)/im;

export const looksLikeSetCookie = (text: string): boolean =>
  /^set-cookie2?:/im.test(text) || ATTRIBUTE.test(text);

/** Skips other header lines, so a whole response may be pasted. Undefined if no line holds a cookie. */
export function readSetCookie(text: string, now: EpochSeconds): CapturedRequest | undefined {
  const lines = text.split(/\r?\n/);
  const isNamed = lines.some((line) => /^set-cookie:/i.test(line));
  const cookies: CapturedCookie[] = [];
  for (const line of lines) {
    const value = isNamed ? /^set-cookie:\s*(.*)$/i.exec(line)?.[1] : line.trim();
    const cookie = value && parseSetCookie(value, now);
    if (cookie) cookies.push(cookie);
  }
  if (cookies.length === 0) return undefined;
  return { form: "set-cookie", source: `${cookies.length} Set-Cookie lines`, cookies, remarks: [] };
}

/** The value of one Set-Cookie header; undefined if the cookie has no name. */
export function parseSetCookie(value: string, now: EpochSeconds, setBy?: string): CapturedCookie | undefined {
  const [pair = "", ...attributes] = value.split(";");
  const equals = pair.indexOf("=");
  const name = pair.slice(0, equals).trim();
  if (equals < 0 || name === "") return undefined;
  const given = new Map(
    attributes.map((attribute): [string, string] => {
      const at = attribute.indexOf("=");
      const key = (at < 0 ? attribute : attribute.slice(0, at)).trim().toLowerCase();
      return [key, at < 0 ? "" : attribute.slice(at + 1).trim()];
    }),
  );
  const domain = given.get("domain")?.replace(/^\./, "").toLowerCase();
  const path = given.get("path");
  const sameSite = SAME_SITE[given.get("samesite")?.toLowerCase() ?? ""];
  const expires = expiryOf(given, now);
  // If joined by commas, the next cookie is inside an attribute's value.
  const joined = [...attributes.join(";").matchAll(/,\s*(CloudFront-[\w-]+)=/gi)].map(
    ([, next = ""]) => next,
  );
  const unknown = attributes
    .map((attribute) => attribute.split("=", 1)[0]?.trim() ?? "")
    .filter((attribute) => attribute !== "" && !KNOWN.has(attribute.toLowerCase()));
  const stored: StoredAttributes = {
    domain: domain || undefined,
    hostOnly: !domain,
    path: path?.startsWith("/") ? path : undefined,
    secure: given.has("secure"),
    sameSite,
    expires,
    partitioned: given.has("partitioned") ? true : undefined,
    setBy,
    ignored: joined.length + unknown.length > 0 ? [...joined, ...unknown] : undefined,
  };
  return { name, value: pair.slice(equals + 1).trim(), stored };
}

const KNOWN: ReadonlySet<string> = new Set([
  "domain",
  "path",
  "expires",
  "max-age",
  "secure",
  "httponly",
  "samesite",
  "partitioned",
  "priority",
]);

const SAME_SITE: Readonly<Record<string, NonNullable<StoredAttributes["sameSite"]>>> = {
  strict: "Strict",
  lax: "Lax",
  none: "None",
};

/** Max-Age wins over Expires; neither: a session cookie. */
function expiryOf(given: ReadonlyMap<string, string>, now: EpochSeconds): EpochSeconds | undefined {
  const maxAge = given.get("max-age");
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return now + Number(maxAge);
  const date = Date.parse(given.get("expires") ?? "");
  return Number.isNaN(date) ? undefined : date / 1000;
}
