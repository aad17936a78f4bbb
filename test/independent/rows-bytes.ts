/** Bytes of the URL: the edge compares what was sent, without decoding, encoding or normalizing it first. */
import type { SigningKeys } from "./openssl-signer.ts";
import {
  asCookies,
  HOST as H,
  NOW,
  partsOf,
  type Row,
  requestOf,
  trustedKeys,
  VIEWER,
} from "./signed-request.ts";

/** Signed and requested identically, so allowed. */
const SAME = [
  "/",
  "/a%20b.jpg",
  "/a+b.jpg",
  "/it's.jpg?it's=1",
  "/%27.jpg?%27=1",
  "/[a].jpg?b[]=1",
  "/%5Ba%5D.jpg",
  "/caf%C3%A9.jpg",
  "/caf%c3%a9.jpg",
  "/a/./b/../c.jpg",
  "//double//slash",
  "/a;b,c=d.jpg",
  "/p?a=1&b=2",
  "/p?a=",
  "/p?a",
  "/p?a=1=2",
  "/p?q=x?y",
  "/p?u=https://other.example.com/z",
];

/** Signed one way and requested another, so refused. */
const DIFFERENT: readonly (readonly [signed: string, requested: string])[] = [
  ["/it's.jpg", "/it%27s.jpg"],
  ["/p?q='a'", "/p?q=%27a%27"],
  ["/a%20b.jpg", "/a+b.jpg"],
  ["/[a].jpg", "/%5Ba%5D.jpg"],
  ["/caf%C3%A9.jpg", "/caf%c3%a9.jpg"],
  ["/~a", "/%7Ea"],
  ["/a/../c.jpg", "/c.jpg"],
  ["/c.jpg", "/a/../c.jpg"],
  ["/a.jpg", "//a.jpg"],
  ["/A.jpg", "/a.jpg"],
  ["/index.html", "/"],
  ["/dir", "/dir/"],
  ["/p?a=1&b=2", "/p?b=2&a=1"],
  ["/p?a=1", "/p?a=1&b=2"],
  ["/p?a=1&b=2", "/p?a=1"],
  ["/p?a=1", "/p"],
  ["/p", "/p?utm_source=x"],
];

export function bytes(keys: SigningKeys): Row[] {
  const trusted = trustedKeys(keys);
  const key = keys.ecdsa;
  const rows: Row[] = [];
  for (const via of ["cookies", "url"] as const) {
    for (const path of SAME) {
      const request = requestOf({ key, via, url: H + path }, trusted);
      rows.push({ name: `canned ${via} for ${path}`, request, expect: "allowed" });
    }
    for (const [signed, requested] of DIFFERENT) {
      const request = requestOf({ key, via, url: H + requested, signedUrl: H + signed }, trusted);
      rows.push({
        name: `canned ${via} for ${signed}, requested ${requested}`,
        request,
        expect: "AccessDenied",
      });
    }
    rows.push(
      {
        name: `canned ${via} for https, requested over http`,
        request: requestOf({ key, via, url: "http://cdn.example.com/a", signedUrl: `${H}/a` }, trusted),
        expect: "AccessDenied",
      },
      {
        name: `canned ${via} for the distribution's own name, requested by its alternate one`,
        request: requestOf(
          { key, via, url: `${H}/a`, signedUrl: "https://d111111abcdef8.cloudfront.net/a" },
          trusted,
        ),
        expect: "AccessDenied",
      },
    );
  }
  const parts = partsOf({ key, url: `${H}/p?a=1&b=2` });
  const query = parts.map(([name, value]) => `${name}=${value}`);
  const rest = { ip: VIEWER, now: NOW, keys: trusted };
  const own = (name: string, url: string, expect: Row["expect"], unknown?: string): Row => ({
    name,
    request: { url: H + url, ...rest },
    expect,
    ...(unknown !== undefined && { unknown }),
  });
  rows.push(
    own("signing parameters first", `/p?${query.join("&")}&a=1&b=2`, "allowed"),
    own(
      "signing parameters among one's own",
      `/p?${query[0]}&a=1&${query.slice(1).join("&")}&b=2`,
      "allowed",
    ),
    own("signing parameters in another order", `/p?a=1&b=2&${[...query].reverse().join("&")}`, "allowed"),
    own("one's own parameters swapped", `/p?b=2&${query.join("&")}&a=1`, "AccessDenied"),
    own("an empty pair", `/p?a=1&b=2&&${query.join("&")}`, "AccessDenied", "empty pairs"),
    {
      name: "canned cookies, requested with a lone question mark",
      request: { url: `${H}/p?`, cookies: asCookies(partsOf({ key, url: `${H}/p` })), ...rest },
      expect: "allowed",
      unknown: "a lone question mark",
    },
    {
      name: "valid cookies beside ?expires=1 in lower case",
      request: requestOf({ key, url: `${H}/p?expires=1` }, trusted),
      expect: "allowed",
      unknown: "a signing parameter in another case",
    },
    {
      name: "valid cookies beside a percent-encoded Expires",
      request: requestOf({ key, url: `${H}/p?%45xpires=1` }, trusted),
      expect: "allowed",
      unknown: "a percent-encoded name",
    },
  );
  return rows;
}
