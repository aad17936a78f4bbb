/** Our jar compared with tough-cookie's: the same lines in, the same Cookie header out, for every URL in the table. */
import { Cookie, CookieJar as ToughJar } from "tough-cookie";
import { expect, test } from "vitest";
import { CookieJar } from "../../src/browser/cookie-jar.ts";

const SET_AT = "https://app.keyturn.localhost:8443/edge/session";
const NOW = Math.floor(Date.now() / 1000);

const LINES: readonly (readonly string[])[] = [
  ["a=1"],
  ["a=1; Path=/"],
  ["a=1; Path=/api", "a=2; Path=/"],
  ["a=1; Path=/; Secure; HttpOnly; SameSite=Lax"],
  ["a=1; Domain=keyturn.localhost; Path=/"],
  ["a=1; Domain=.keyturn.localhost; Path=/; Max-Age=60"],
  ["a=1; Domain=other.localhost; Path=/"],
  ["a=1; Domain=app.keyturn.localhost; Path=/api/"],
  ["a=1; Path=/; Max-Age=0"],
  ["a=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
  ["a=1; Path=/; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
  ["a=1; Path=/", "a=; Path=/; Max-Age=0"],
  ["a=1; Path=/", "a=; Path=/account; Max-Age=0"],
  ["a=1; Domain=keyturn.localhost; Path=/", "a=; Path=/; Max-Age=0"],
  ["a=b=c; Path=/"],
  ["a=1; path=/; SECURE"],
  ["a=1; Path=relative"],
];
const URLS = [
  "https://app.keyturn.localhost:8443/",
  "https://app.keyturn.localhost:8443/api",
  "https://app.keyturn.localhost:8443/api/reports",
  "https://app.keyturn.localhost:8443/apix",
  "https://app.keyturn.localhost:8443/edge/x",
  "http://app.keyturn.localhost:8080/api/reports",
  "https://alt.keyturn.localhost:8443/api/reports",
  "https://keyturn.localhost:8443/",
  "https://stranger.localhost:8443/",
];

test.each(LINES.map((lines) => [lines.join("  then  "), lines] as const))(
  "sends what tough-cookie sends after %s",
  async (_title, lines) => {
    const jar = new CookieJar();
    const tough = new ToughJar();
    for (const line of lines) {
      jar.store([line], SET_AT, NOW);
      await tough.setCookie(Cookie.parse(line) as Cookie, SET_AT, { ignoreError: true });
    }
    for (const url of URLS) {
      expect([url, jar.header(url, NOW) ?? ""]).toEqual([url, await tough.getCookieString(url)]);
    }
  },
);

test("a cookie is sent in its last second and not in the next", () => {
  const jar = new CookieJar();
  jar.store(["a=1; Path=/; Max-Age=30"], SET_AT, 1000);
  const sent = (now: number) => jar.header(SET_AT, now);
  expect([sent(1029), sent(1030), sent(1031)]).toEqual(["a=1", undefined, undefined]);
});

test("a cookie that browsers refuse replaces no other, and is reported with the reason", () => {
  const jar = new CookieJar();
  jar.store(["a=1; Path=/; Secure", "a=2; Path=/; SameSite=None"], SET_AT, NOW);
  expect(jar.header(SET_AT, NOW)).toBe("a=1");
  expect(jar.sending(SET_AT, NOW).withheld).toMatchObject([{ obstacle: "same-site-none-insecure" }]);
  expect(jar.names(NOW)).toEqual(["a"]);
});

test("a cookie that is set again keeps its position", () => {
  const jar = new CookieJar();
  jar.store(["a=1; Path=/", "b=1; Path=/", "a=2; Path=/"], SET_AT, NOW);
  expect(jar.header(SET_AT, NOW)).toBe("a=2; b=1");
});
