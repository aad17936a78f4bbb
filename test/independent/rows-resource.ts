/**
 * Resource and its wildcards: the rules of the signed-URL page and of the signed-cookie page, in cookies and in the
 * query.
 */
import type { SigningKeys } from "./openssl-signer.ts";
import { customPolicy, HOST as H, type Row, requestOf, trustedKeys } from "./signed-request.ts";

type Told = readonly [resource: string | undefined, url: string, allowed: boolean];
const sections = "by section, or over the whole string";
const begins = "how a cookie's Resource may begin";

/** Both pages agree. */
const AGREED: readonly Told[] = [
  [`${H}/private/film.mp4`, `${H}/private/film.mp4`, true],
  [`${H}/private/film.mp4`, `${H}/private/film.mp5`, false],
  [`${H}/private/film.mp4`, `${H}/private/film.mp4?x=1`, false],
  [`${H}/private/film.mp4?x=1`, `${H}/private/film.mp4`, false],
  [`${H}/private/*`, `${H}/private/a/b/c.jpg`, true],
  [`${H}/private/*`, `${H}/private/a?x=1&y=2`, true],
  [`${H}/private/*`, `${H}/private/`, true],
  [`${H}/private/*`, `${H}/private`, false],
  [`${H}/private/*`, `${H}/public/a`, false],
  [`${H}/*.jpg`, `${H}/a/b.jpg`, true],
  [`${H}/*.jpg`, `${H}/a.jpg?x=1`, false],
  [`${H}/*.jpg`, `${H}/a.png`, false],
  [`${H}/a?c.jpg`, `${H}/abc.jpg`, true],
  [`${H}/a?c.jpg`, `${H}/ac.jpg`, false],
  [`${H}/a?c.jpg`, `${H}/abbc.jpg`, false],
  [`${H}/a??.jpg`, `${H}/abc.jpg`, true],
  [`${H}/a*c*e`, `${H}/abcde`, true],
  [`${H}/a*c*e`, `${H}/abdce`, true],
  [`${H}/a*c*e`, `${H}/abde`, false],
  [`${H}/file?x=1`, `${H}/file?x=1`, true],
  [`${H}/file?x=1`, `${H}/file?x=2`, false],
  [`${H}/file?x=*`, `${H}/file?x=1&y=2`, true],
  [`${H}/film?*`, `${H}/film?x=1`, true],
  [`${H}/hello*world`, `${H}/helloworld`, true],
  [`${H}/hello*world`, `${H}/hello/x/world`, true],
  [`${H}/hello*`, `${H}/hello?x=1`, true],
  [`${H}/hello*`, `${H}/hello`, true],
  [`${H}/*?x=1`, `${H}/a/b?x=1`, true],
  [`${H}/*?x=1`, `${H}/a/b`, false],
  [`${H}/*/film.mp4`, `${H}/a/b/film.mp4`, true],
  ["https://*.example.com/*", `${H}/a/b`, true],
  ["https://*.example.com/*", "https://a.b.example.com/", true],
  ["https://*.example.com/*", "https://example.com/a", false],
  ["https://c?n.example.com/*", `${H}/a`, true],
  ["https://c?n.example.com/*", "https://cn.example.com/a", false],
  ["http://cdn.example.com/*", `${H}/a`, false],
  ["http://cdn.example.com/*", "http://cdn.example.com/a", true],
  ["https://*", `${H}/a/b?x=1`, true],
  ["https://*", "http://cdn.example.com/a", false],
  ["https://cdn.example.com*", `${H}/a/b?x=1`, true],
  ["https://cdn.example.com*", "https://cdn.example.com.test/", true],
  ["https://d111111abcdef8.cloudfront.net/*", `${H}/a`, false],
  [`${H}/PRIVATE/*`, `${H}/private/a`, false],
  [`${H}/a.b`, `${H}/axb`, false],
  [`${H}/[ab]`, `${H}/[ab]`, true],
  [`${H}/[ab]`, `${H}/a`, false],
  [`${H}/a+b`, `${H}/a+b`, true],
  [`${H}/a+b`, `${H}/aab`, false],
  [`${H}/(a|b)$`, `${H}/(a|b)$`, true],
  [undefined, `${H}/anything?at=all`, true],
  [undefined, "http://other.example.net/", true],
];

/** From the signed-URL page. The signed-cookie page contradicts it or does not mention it. */
const URL_PAGE_ONLY: readonly (readonly [...Told, unknownInCookies: string])[] = [
  [`${H}/hello*world`, `${H}/hello?world`, false, sections],
  [`${H}/a*z`, `${H}/a?x=z`, false, sections],
  ["https://*.example.com/*", "https://evil.test/x.example.com/a", false, sections],
  ["https://c*m/film", "https://cdn.example.com/a.com/film", false, sections],
  ["*://cdn.example.com/*", `${H}/a`, true, begins],
  ["*://cdn.example.com/*", "http://cdn.example.com/a", true, begins],
  ["*://cdn.example.com/*", "https://www.example.com/a", false, begins],
  ["*example.com", `${H}/`, true, begins],
  ["*example.com", `${H}/a`, false, begins],
  ["*example.com/*", `${H}/a/b`, true, begins],
  ["*", `${H}/a/b?x=1`, true, begins],
  ["*", "http://cdn.example.com/", true, begins],
];

/** Undocumented or contradictory. The outcome is the chosen interpretation, listed separately. */
const NOWHERE: readonly (readonly [...Told, unknown: string])[] = [
  ["http*://cdn.example.com/*", `${H}/a`, true, "http*:// is widely used, and not described"],
  ["http*://cdn.example.com/*", "http://cdn.example.com/a", true, "http*:// is widely used"],
  ["https://CDN.example.com/*", `${H}/a`, true, "the case of the host"],
  ["https://cdn.example.com:443/*", `${H}/a`, false, "a port"],
  ["cdn.example.com/*", `${H}/a`, false, "a Resource without a protocol"],
  ["https://cdn.example.com", `${H}/`, true, "a Resource without a path"],
  [`${H}/file\\?x=1`, `${H}/file?x=1`, true, "an escaped question mark"],
  [`${H}/hello*\\?*`, `${H}/hello?x=1`, true, "an escaped question mark"],
];

export function resources(keys: SigningKeys): Row[] {
  const trusted = trustedKeys(keys);
  const row = (told: Told, via: "url" | "cookies", unknown: string | undefined): Row => {
    const [resource, url, allowed] = told;
    return {
      name: `Resource ${resource ?? "left out"} in ${via}, requested ${url}`,
      request: requestOf({ key: keys.rsa, via, url, policy: customPolicy({ resource }) }, trusted),
      expect: allowed ? "allowed" : "AccessDenied",
      ...(unknown !== undefined && { unknown }),
    };
  };
  return [
    ...AGREED.flatMap((told) => [row(told, "url", undefined), row(told, "cookies", undefined)]),
    ...URL_PAGE_ONLY.flatMap(([resource, url, allowed, unknown]) => [
      row([resource, url, allowed], "url", undefined),
      row([resource, url, allowed], "cookies", unknown),
    ]),
    ...NOWHERE.flatMap(([resource, url, allowed, unknown]) => [
      row([resource, url, allowed], "url", unknown),
      row([resource, url, allowed], "cookies", unknown),
    ]),
  ];
}
