/** Which stored cookies a browser sends, by the rules of RFC 6265, and compared with tough-cookie's jar. */
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
    ["is sent to a host inside its Domain", shared, {}, "sent"],
    ["is sent to the Domain itself", shared, { url: "https://example.com/" }, "sent"],
    ["is not sent to another host", shared, { url: "https://example.org/" }, "domain"],
    ["is not sent to a host that only ends alike", shared, { url: "https://badexample.com/" }, "domain"],
    [
      "without Domain is sent only to its host",
      { ...shared, domain: "app.example.com", hostOnly: true },
      {},
      "host-only",
    ],
    ["without Domain is sent if its host is unknown", { hostOnly: true, secure: true }, {}, "sent"],
    [
      "without Domain is not sent to another host",
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
      "is refused for somebody else's Domain",
      { ...shared, setBy: "https://app.example.org/" },
      {},
      "foreign-domain",
    ],
    ["is sent to paths below its Path", { ...shared, path: "/api" }, {}, "sent"],
    ["is not sent to other paths", { ...shared, path: "/images" }, {}, "path"],
    ["matches Path by whole segments", { ...shared, path: "/ap" }, {}, "path"],
    ["matches a * in Path literally", { ...shared, path: "/api/*" }, {}, "path"],
    [
      "has the folder of the URL that set it as its default Path",
      { hostOnly: false, domain: "example.com", setBy: "https://cdn.example.com/auth/login" },
      {},
      "path",
    ],
    ["is not sent over http if it is Secure", shared, { url: "http://cdn.example.com/" }, "secure"],
    [
      "is sent over http on this machine even if it is Secure",
      { ...shared, domain: "localhost", hostOnly: true },
      { url: "http://localhost/" },
      "sent",
    ],
    ["is not sent one second after its last", { ...shared, expires: NOW }, {}, "expired"],
    ["is sent in its last second", { ...shared, expires: NOW + 1 }, {}, "sent"],
    [
      "is refused if it is SameSite=None without Secure",
      { ...shared, secure: false, sameSite: "None" },
      {},
      "same-site-none-insecure",
    ],
    [
      "is refused if it is Partitioned without Secure",
      { ...shared, secure: false, partitioned: true },
      {},
      "partitioned-insecure",
    ],
    ["is refused above 4,096 bytes", shared, { value: "x".repeat(4080) }, "too-large"],
    ["is kept at 4,096 bytes", shared, { value: "x".repeat(4096 - "CloudFront-Policy".length) }, "sent"],
    [
      "is sent from a page of the same site",
      { ...shared, sameSite: "Strict" },
      { from: "https://app.example.com/" },
      "sent",
    ],
    [
      "is not sent from another site if it is Lax",
      { ...shared, sameSite: "Lax" },
      { from: "https://player.example.org/" },
      "same-site",
    ],
    [
      "is not sent from another site by default",
      shared,
      { from: "https://player.example.org/" },
      "same-site",
    ],
    [
      "is sent from another site if it is None",
      { ...shared, sameSite: "None" },
      { from: "https://player.example.org/" },
      "sent",
    ],
    [
      "is not sent from the same host over http, which is another site",
      { ...shared, sameSite: "Lax" },
      { from: "http://app.example.com/" },
      "same-site",
    ],
    [
      "is not sent between two names under one public suffix, which are two sites",
      { ...shared, domain: "d1.cloudfront.net", sameSite: "Lax" },
      { url: "https://d1.cloudfront.net/", from: "https://d2.cloudfront.net/" },
      "same-site",
    ],
  ])("%s", (_, stored, over, expected) => expect(told(stored, over)).toBe(expected));

  it.each([
    ["is replaced by a later one with the same scope", { Path: "/" }, { Path: "/" }, ["new"]],
    ["is removed by a later one that has expired", { Path: "/" }, { Path: "/", "Max-Age": "0" }, []],
    ["is kept if a later one is refused", { Path: "/" }, { Path: "/", SameSite: "None" }, ["old"]],
    ["is kept beside one with another Path", { Path: "/" }, { Path: "/api" }, ["new", "old"]],
    ["is kept beside one with a Domain", { Path: "/" }, { Path: "/", Domain: "example.com" }, ["old", "new"]],
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

  it("is sent before one with a shorter Path", () => {
    const cookies = ["/", "/api/items", "/api"].map((path) => ({
      name: "a",
      value: path,
      stored: { ...shared, path },
    }));
    const { sent } = selectCookies(cookies, { url: URL, now: NOW });
    expect(sent.map(({ value }) => value)).toEqual(["/api/items", "/api", "/"]);
  });
});

it("keeps cookies that were already sent, and all of them without a valid URL", () => {
  const plain = [{ name: "a", value: "b" }];
  expect(selectCookies(plain, { url: URL, now: NOW })).toEqual({ sent: plain, withheld: [] });
  const placed = [{ name: "a", value: "b", stored: shared }];
  expect(selectCookies(placed, { url: "nonsense", now: NOW }).sent).toEqual(placed);
});

it("agrees with tough-cookie's jar for any attributes", () => {
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
      // Browsers keep a host-only cookie apart from one whose Domain is its host (RFC 6265bis), but that jar does not.
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
