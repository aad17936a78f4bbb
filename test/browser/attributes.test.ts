import { CookieJar } from "tough-cookie";
import { describe, expect, it } from "vitest";
import { cookiePathOf, defaultAttributes, setCookieValue } from "../../src/browser/attributes.ts";
import { type LintedCookies, lintAttributes, pathCovers } from "../../src/browser/attributes-lint.ts";
import { clearingSetCookies } from "../../src/browser/clear.ts";
import { COOKIE_NAMES } from "../../src/policy/cookie-set.ts";

const now = 1_800_000_000;
const good = defaultAttributes("app.example.com", "/api/");

describe("a Set-Cookie line", () => {
  it("has every attribute", () => {
    const attributes = {
      ...good,
      domain: "example.com",
      sameSite: "None" as const,
      partitioned: true,
      maxAge: 60.9,
    };
    expect(setCookieValue("a", "b", attributes)).toBe(
      "a=b; Domain=example.com; Path=/api/; Max-Age=60; Secure; HttpOnly; SameSite=None; Partitioned",
    );
  });
  it("is for its host and the session by default", () => {
    expect(setCookieValue("a", "b", good)).toBe("a=b; Path=/api/; Secure; HttpOnly; SameSite=Lax");
  });
});

describe("the Path of a cookie set", () => {
  it.each([
    [{ url: "https://h/a/b" }, "/a/b"],
    [{ url: "https://h/a/b?c=/d/" }, "/a/b"],
    [{ url: "https://h" }, "/"],
    [{ url: "https://h/a*b" }, "/"],
    [{ resource: "https://h/api/*" }, "/api/"],
    [{ resource: "https://h/api/v?/x" }, "/api/"],
    [{ resource: "https://h/hello*" }, "/"],
    [{ resource: "https://*/a/*" }, "/a/"],
    [{ resource: "https://h*" }, "/"],
    [{ resource: "*" }, "/"],
    [{ url: "https://h/a/b;v=1?c" }, "/a/"],
    [{ resource: "https://h/a/b;v=1/*" }, "/a/"],
    [{}, "/"],
  ])("for %j is %s", (grant, path) => {
    expect(cookiePathOf(grant)).toBe(path);
  });
});

describe("the clearing set", () => {
  const places = [
    good,
    { ...good, domain: "example.com", path: "/" },
    { ...good, sameSite: "None" as const, partitioned: true },
  ];

  it.each(places)("makes a browser forget all five cookies set as %j", async (place) => {
    const jar = new CookieJar();
    const url = `https://app.example.com${place.path}x`;
    for (const name of Object.values(COOKIE_NAMES))
      await jar.setCookie(setCookieValue(name, "v", place), url);
    expect(await jar.getCookies(url)).toHaveLength(5);
    for (const line of clearingSetCookies(place)) await jar.setCookie(line, url);
    expect(await jar.getCookies(url)).toEqual([]);
  });

  it("does not clear a cookie with another Path or Domain", async () => {
    for (const other of [
      { ...good, path: "/" },
      { ...good, domain: "example.com" },
    ]) {
      const jar = new CookieJar();
      const url = "https://app.example.com/api/x";
      await jar.setCookie(setCookieValue("CloudFront-Signature", "v", good), url);
      for (const line of clearingSetCookies(other)) await jar.setCookie(line, url);
      expect(await jar.getCookies(url)).toHaveLength(1);
    }
  });
});

describe("the lint of attributes", () => {
  const lint = async (cookies: Partial<LintedCookies>) =>
    (await lintAttributes({ attributes: good, sizes: [400], ...cookies }, now)).map(
      ({ id, severity }) => `${severity} ${id}`,
    );
  const set = (changed: object): Partial<LintedCookies> => ({ attributes: { ...good, ...changed } });

  it.each([
    ["valid attributes", {}, []],
    ["a parent domain as Domain", set({ domain: "example.com" }), []],
    ["a dotted Domain", set({ domain: ".example.com" }), []],
    ["a Domain in capitals", set({ domain: "EXAMPLE.com" }), []],
    ["a public suffix", set({ domain: "com" }), ["error cookie-domain-public-suffix"]],
    [
      "a public suffix of two labels",
      set({ host: "a.example.co.uk", domain: "co.uk" }),
      ["error cookie-domain-public-suffix"],
    ],
    [
      "CloudFront's own domain",
      set({ host: "d111111abcdef8.cloudfront.net", domain: "cloudfront.net" }),
      ["error cookie-domain-public-suffix"],
    ],
    ["another domain", set({ domain: "example.org" }), ["error cookie-domain-mismatch"]],
    [
      "a Domain that only ends alike",
      set({ host: "anexample.com", domain: "example.com" }),
      ["error cookie-domain-mismatch"],
    ],
    [
      "a subdomain as Domain",
      set({ host: "example.com", domain: "app.example.com" }),
      ["error cookie-domain-mismatch"],
    ],
    ["another host, no Domain", { sentTo: "cdn.example.com" }, ["error cookie-host-only"]],
    ["another host under the Domain", { ...set({ domain: "example.com" }), sentTo: "cdn.example.com" }, []],
    [
      "another host outside the Domain",
      { ...set({ domain: "app.example.com" }), sentTo: "cdn.example.com" },
      ["error cookie-domain-mismatch"],
    ],
    [
      "a Domain with more than a name",
      set({ host: "", domain: "example.com; x" }),
      ["error cookie-domain-malformed"],
    ],
    ["a Path that ends the attribute", set({ path: "/a; HttpOnly" }), ["error cookie-path-malformed"]],
    ["a Path that ends a jar's field", set({ path: "/a\tb" }), ["error cookie-path-malformed"]],
    ["a glob as Path", set({ path: "/images/*" }), ["error cookie-path-wildcard"]],
    ["a relative Path", set({ path: "images" }), ["error cookie-path-relative"]],
    ["no Path", set({ path: undefined }), ["warning cookie-path-absent"]],
    [
      "a Path that the request is not below",
      { ...set({ path: "/images" }), usedAt: "/api/x" },
      ["error cookie-path-mismatch"],
    ],
    ["a Path above the request", { ...set({ path: "/" }), usedAt: "/api/x" }, []],
    ["None without Secure", set({ sameSite: "None", secure: false }), ["error cookie-none-without-secure"]],
    [
      "Partitioned without Secure",
      set({ partitioned: true, secure: false }),
      ["error cookie-none-without-secure"],
    ],
    ["no Secure", set({ secure: false }), ["warning cookie-not-secure"]],
    ["no HttpOnly", set({ httpOnly: false }), ["warning cookie-not-http-only"]],
    ["no SameSite", set({ sameSite: undefined }), ["warning cookie-same-site-absent"]],
    ["4,096 bytes", { sizes: [4096] }, []],
    ["4,097 bytes", { sizes: [4097] }, ["error cookie-too-large"]],
    ["the lifetime of the policy", { ...set({ maxAge: 600 }), policyEnds: now + 600 }, []],
    ["a lifetime two seconds longer", { ...set({ maxAge: 602 }), policyEnds: now + 600 }, []],
    [
      "a lifetime three seconds longer",
      { ...set({ maxAge: 603 }), policyEnds: now + 600 },
      ["warning cookie-outlives-policy"],
    ],
  ] as [string, Partial<LintedCookies>, string[]][])(
    "for %s (%j) reports %j",
    async (_, cookies, expected) => {
      expect(await lint(cookies)).toEqual(expected);
    },
  );

  it("reports as an error exactly what a browser refuses (tough-cookie)", async () => {
    for (const [host, domain] of [
      ["a.example.co.uk", "co.uk"],
      ["a.example.co.uk", "example.co.uk"],
      ["anexample.com", "example.com"],
      ["example.com", "app.example.com"],
      ["app.example.com", "example.com"],
      ["d1.cloudfront.net", "cloudfront.net"],
    ] as const) {
      const jar = new CookieJar(undefined, { rejectPublicSuffixes: true });
      const attributes = { ...good, host, domain };
      const stored = await jar
        .setCookie(setCookieValue("a", "b", attributes), `https://${host}/api/x`)
        .then((cookie) => cookie !== undefined)
        .catch(() => false);
      expect([host, domain, (await lint({ attributes })).length === 0]).toEqual([host, domain, stored]);
    }
  });

  it.each([
    ["/", "/anything", true],
    ["/api", "/api", true],
    ["/api", "/api/x", true],
    ["/api", "/apix", false],
    ["/api/", "/api/x", true],
    ["/api/", "/api", false],
  ])("with Path=%s and the request %s answers covered: %s", (cookiePath, requestPath, isCovered) => {
    expect(pathCovers(cookiePath, requestPath)).toBe(isCovered);
  });
});
