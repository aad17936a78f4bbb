/** Which stored cookies a browser sends: the rules of RFC 6265, compared with tough-cookie's own jar. */
import fc from "fast-check";
import { CookieJar } from "tough-cookie";
import { describe, expect, it } from "vitest";
import { selectCookies } from "../../src/browser/sent-cookies.ts";
import type { StoredAttributes } from "../../src/capture/capture.ts";
import { parseSetCookie } from "../../src/capture/read-set-cookie.ts";

const NOW = 1_800_000_000;
const URL = "https://cdn.example.com/api/items";
const told = (stored: StoredAttributes, over: { url?: string; from?: string; value?: string } = {}) => {
  const cookie = { name: "CloudFront-Policy", value: over.value ?? "eyJ_", stored };
  const { sent, withheld } = selectCookies([cookie], {
    url: over.url ?? URL,
    now: NOW,
    ...(over.from && { from: over.from }),
  });
  return withheld[0]?.obstacle ?? (sent.length === 1 ? "sent" : "lost");
};
const shared: StoredAttributes = { domain: "example.com", hostOnly: false, path: "/", secure: true };

describe("a stored cookie", () => {
  it.each<[string, StoredAttributes, Parameters<typeof told>[1], string]>([
    ["goes to a host inside its Domain", shared, {}, "sent"],
    ["goes to the Domain itself", shared, { url: "https://example.com/" }, "sent"],
    ["stays away from another host", shared, { url: "https://example.org/" }, "domain"],
    ["stays away from a host that only ends alike", shared, { url: "https://badexample.com/" }, "domain"],
    [
      "without Domain, goes back to its host only",
      { ...shared, domain: "app.example.com", hostOnly: true },
      {},
      "host-only",
    ],
    ["without Domain, and nobody says who set it", { hostOnly: true, secure: true }, {}, "sent"],
    [
      "without Domain, set by another host",
      { hostOnly: true, setBy: "https://app.example.com/login" },
      {},
      "host-only",
    ],
    [
      "is refused for a public suffix",
      { ...shared, domain: "cloudfront.net" },
      { url: "https://d1.cloudfront.net/" },
      "public-suffix",
    ],
    ["is refused for a top-level domain", { ...shared, domain: "com" }, {}, "public-suffix"],
    [
      "is refused for a Domain of somebody else",
      { ...shared, setBy: "https://app.example.org/" },
      {},
      "foreign-domain",
    ],
    ["goes to paths below its Path", { ...shared, path: "/api" }, {}, "sent"],
    ["stays away from other paths", { ...shared, path: "/images" }, {}, "path"],
    ["takes Path as a prefix of whole segments", { ...shared, path: "/ap" }, {}, "path"],
    ["takes a * in Path for itself", { ...shared, path: "/api/*" }, {}, "path"],
    [
      "gets the folder of the URL that set it for a Path",
      { hostOnly: false, domain: "example.com", setBy: "https://cdn.example.com/auth/login" },
      {},
      "path",
    ],
    ["stays away from http when Secure", shared, { url: "http://cdn.example.com/" }, "secure"],
    [
      "goes to http on this machine",
      { ...shared, domain: "localhost", hostOnly: true },
      { url: "http://localhost/" },
      "sent",
    ],
    ["ends one second after its last", { ...shared, expires: NOW }, {}, "expired"],
    ["lives in its last second", { ...shared, expires: NOW + 1 }, {}, "sent"],
    [
      "is refused when it is SameSite=None without Secure",
      { ...shared, secure: false, sameSite: "None" },
      {},
      "same-site-none-insecure",
    ],
    [
      "is refused when it is Partitioned without Secure",
      { ...shared, secure: false, partitioned: true },
      {},
      "partitioned-insecure",
    ],
    ["is refused above 4,096 bytes", shared, { value: "x".repeat(4080) }, "too-large"],
    ["is kept at 4,096 bytes", shared, { value: "x".repeat(4096 - "CloudFront-Policy".length) }, "sent"],
    [
      "goes along from a page of the same site",
      { ...shared, sameSite: "Strict" },
      { from: "https://app.example.com/" },
      "sent",
    ],
    [
      "stays away from another site when Lax",
      { ...shared, sameSite: "Lax" },
      { from: "https://player.example.org/" },
      "same-site",
    ],
    [
      "stays away from another site when nothing is said",
      shared,
      { from: "https://player.example.org/" },
      "same-site",
    ],
    [
      "goes along from another site when None",
      { ...shared, sameSite: "None" },
      { from: "https://player.example.org/" },
      "sent",
    ],
    [
      "counts http and https as two sites",
      { ...shared, sameSite: "Lax" },
      { from: "http://app.example.com/" },
      "same-site",
    ],
    [
      "counts two customers of one public suffix as two sites",
      { ...shared, domain: "d1.cloudfront.net", sameSite: "Lax" },
      { url: "https://d1.cloudfront.net/", from: "https://d2.cloudfront.net/" },
      "same-site",
    ],
  ])("%s", (_, stored, over, expected) => expect(told(stored, over)).toBe(expected));

  it.each([
    ["a later one of the same scope takes its place", { Path: "/" }, { Path: "/" }, ["new"]],
    ["a later one that is over removes it", { Path: "/" }, { Path: "/", "Max-Age": "0" }, []],
    ["a later one that is refused does not", { Path: "/" }, { Path: "/", SameSite: "None" }, ["old"]],
    ["one of another Path is beside it", { Path: "/" }, { Path: "/api" }, ["new", "old"]],
    ["one with a Domain is beside it", { Path: "/" }, { Path: "/", Domain: "example.com" }, ["old", "new"]],
  ])("%s", (_, earlier, later, expected) => {
    const line = (value: string, attributes: object) =>
      [`a=${value}`, ...Object.entries(attributes).map((pair) => pair.join("="))].join("; ");
    const cookies = [line("old", earlier), line("new", later)].map((text) => parseSetCookie(text, NOW));
    const { sent } = selectCookies(
      cookies.filter((cookie) => cookie !== undefined),
      { url: URL, now: NOW },
    );
    expect(sent.map(({ value }) => value)).toEqual(expected);
  });

  it("comes before one with a shorter Path", () => {
    const cookies = ["/", "/api/items", "/api"].map((path) => ({
      name: "a",
      value: path,
      stored: { ...shared, path },
    }));
    const { sent } = selectCookies(cookies, { url: URL, now: NOW });
    expect(sent.map(({ value }) => value)).toEqual(["/api/items", "/api", "/"]);
  });
});

it("passes on cookies that were already sent, and all of them if there is no URL", () => {
  const plain = [{ name: "a", value: "b" }];
  expect(selectCookies(plain, { url: URL, now: NOW })).toEqual({ sent: plain, withheld: [] });
  const placed = [{ name: "a", value: "b", stored: shared }];
  expect(selectCookies(placed, { url: "nonsense", now: NOW }).sent).toEqual(placed);
});

it("agrees with tough-cookie's jar on lines of any attributes", () => {
  const some = <T>(...values: T[]) => fc.constantFrom(undefined, ...values);
  const line = fc.record({
    Domain: some("example.com", ".example.com", "cdn.example.com", "example.org", "com", "cloudfront.net"),
    Path: some("/", "/api", "/api/", "/api/items", "/api/items/", "/x"),
    Secure: fc.boolean(),
    "Max-Age": some("60", "0"),
  });
  const urls = fc.constantFrom(
    URL,
    "http://cdn.example.com/api/items",
    "https://example.com/",
    "https://cdn.example.com/x/y",
    "https://d1.cloudfront.net/",
  );
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 3 }), urls, urls, (lines, setBy, url) => {
      const now = Date.now() / 1000;
      // Browsers keep a host-only cookie and one with its host for Domain apart (RFC 6265bis); that jar does not.
      const ownHost = lines.map(({ Domain = "" }) => setBy.includes(`//${Domain.replace(/^\./, "")}/`));
      fc.pre(lines.every(({ Domain }) => Domain === undefined) || !ownHost.includes(true));
      const values = lines.map(({ Domain, Path, Secure, "Max-Age": maxAge }, index) =>
        [
          `a=${index}`,
          Domain && `Domain=${Domain}`,
          Path && `Path=${Path}`,
          Secure && "Secure",
          maxAge && `Max-Age=${maxAge}`,
        ]
          .filter(Boolean)
          .join("; "),
      );
      const jar = new CookieJar();
      for (const value of values) jar.setCookieSync(value, setBy, { ignoreError: true });
      const cookies = values.flatMap((value) => parseSetCookie(value, now, setBy) ?? []);
      const { sent } = selectCookies(cookies, { url, now });
      expect(
        sent.map(({ value }) => value).sort(),
        `${values.join(", then ")} set by ${setBy}, sent to ${url}`,
      ).toEqual(
        jar
          .getCookiesSync(url)
          .map(({ value }) => value)
          .sort(),
      );
    }),
    { numRuns: 500 },
  );
});
