/**
 * Any minted set is allowed for its own request, denied for every other one, and unchanged by writing and reading it.
 */
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultAttributes } from "../../src/browser/attributes.ts";
import { readCapture } from "../../src/capture/read-capture.ts";
import { decide } from "../../src/edge/decide.ts";
import { verifierOf } from "../../src/edge/trusted-key.ts";
import type { EdgeRequest } from "../../src/edge/verdict.ts";
import { type MintRequest, mintCookies } from "../../src/mint/mint.ts";
import {
  cookiePairs,
  type ScopedCookieSet,
  writeCookieHeader,
  writeCookieJson,
  writeEnv,
  writeJar,
  writePlaywright,
  writeSetCookie,
  writeSignedUrl,
} from "../../src/mint/write.ts";
import { matchResource } from "../../src/policy/resource-pattern.ts";

const now = 1_800_000_000;
const KEY_ID = "K2JCJMDEHXQW5F";
const keys = [
  generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey,
  generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey,
];

const word = fc
  .string({ unit: fc.constantFrom(..."abcXYZ019-._~%"), minLength: 1, maxLength: 8 })
  .filter((each) => !/^\.+$/.test(each));
const path = fc.array(word, { maxLength: 4 }).map((words) => `/${words.join("/")}`);
const query = fc.option(
  fc
    .array(fc.tuple(word, word), { minLength: 1, maxLength: 3 })
    .map((pairs) => pairs.map((pair) => pair.join("=")).join("&")),
  { nil: undefined },
);
const scheme = fc.constantFrom("https", "http");

interface Sample {
  readonly url: string;
  readonly request: MintRequest;
  readonly key: (typeof keys)[number];
}
const sample: fc.Arbitrary<Sample> = fc
  .record({
    scheme,
    path,
    query,
    key: fc.constantFrom(...keys),
    hash: fc.constantFrom("SHA1" as const, "SHA256" as const),
    life: fc.integer({ min: 1, max: 86_400 }),
    start: fc.option(fc.integer({ min: 1, max: 600 }), { nil: undefined }),
    ip: fc.constantFrom(undefined, "203.0.113.9/32", "203.0.113.0/24"),
    grant: fc.constantFrom("url", "folder", "host"),
  })
  .map(({ scheme, path, query, key, hash, life, start, ip, grant }) => {
    const url = `${scheme}://h.example${path}${query === undefined ? "" : `?${query}`}`;
    const resources = { folder: `${scheme}://h.example${path}*`, host: `${scheme}://h.example/*` };
    const request: MintRequest = {
      ...(grant === "url" ? { url } : { resource: resources[grant as "folder" | "host"] }),
      expires: now + life,
      ...(start !== undefined && { notBefore: now - start }),
      ...(ip !== undefined && { ip }),
      hash,
      keyPairId: KEY_ID,
    };
    return { url, request, key };
  });

function ask(
  { url, key }: Sample,
  cookies: EdgeRequest["cookies"],
  at = now,
  changed: Partial<EdgeRequest> = {},
) {
  const trust = new Map([[KEY_ID, verifierOf(createPublicKey(key))]]);
  return decide({ url, cookies, ip: "203.0.113.9", ...changed }, trust, at);
}

describe("any minted set", () => {
  it("is allowed for its own request, up to its last second", () => {
    fc.assert(
      fc.property(sample, (each) => {
        const cookies = cookiePairs(mintCookies(each.request, each.key));
        expect(ask(each, cookies)).toMatchObject({ allowed: true });
        expect(ask(each, cookies, each.request.expires - 1)).toMatchObject({ allowed: true });
        expect(ask(each, cookies, each.request.expires + 1)).toMatchObject({
          allowed: false,
          reason: "expired",
        });
      }),
    );
  });

  it("is denied after one changed byte in any of its values", () => {
    const alphabet = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-~_"];
    fc.assert(
      fc.property(sample, fc.nat(), fc.nat(), fc.constantFrom(...alphabet), (each, which, at, other) => {
        const cookies = cookiePairs(mintCookies(each.request, each.key));
        const [name, value] = cookies[which % cookies.length] as readonly [string, string];
        const index = at % value.length;
        const altered = value.slice(0, index) + other + value.slice(index + 1);
        fc.pre(altered !== value);
        const tampered = cookies.map((pair) => (pair[0] === name ? ([name, altered] as const) : pair));
        expect(ask(each, tampered)).toMatchObject({ allowed: false });
      }),
      { numRuns: 400 },
    );
  });

  it("is denied for another host, another scheme, and any path or query that it does not cover", () => {
    fc.assert(
      fc.property(sample, path, query, (each, otherPath, otherQuery) => {
        const cookies = cookiePairs(mintCookies(each.request, each.key));
        const denied = { allowed: false };
        expect(ask(each, cookies, now, { url: each.url.replace("h.example", "i.example") })).toMatchObject(
          denied,
        );
        const swapped = each.url.replace(/^https?/, (scheme) => (scheme === "http" ? "https" : "http"));
        expect(ask(each, cookies, now, { url: swapped })).toMatchObject(denied);
        const url = each.url.replace(
          /example.*$/,
          `example${otherPath}${otherQuery === undefined ? "" : `?${otherQuery}`}`,
        );
        const covers = matchResource(each.request.url ?? (each.request.resource as string), url, {
          reading: "sectioned",
        });
        expect(ask(each, cookies, now, { url }).allowed).toBe(covers);
      }),
    );
  });

  it("is denied for another address if it names one", () => {
    fc.assert(
      fc.property(sample, (each) => {
        const cookies = cookiePairs(mintCookies(each.request, each.key));
        const isBound = each.request.ip !== undefined;
        expect(ask(each, cookies, now, { ip: "198.51.100.1" }).allowed).toBe(!isBound);
      }),
    );
  });

  it("is allowed as a signed URL too, whose own query is unchanged", () => {
    fc.assert(
      fc.property(sample, (each) => {
        const url = writeSignedUrl(each.url, mintCookies(each.request, each.key));
        expect(url.startsWith(each.url)).toBe(true);
        expect(ask(each, [], now, { url })).toMatchObject({ allowed: true, carrier: "query" });
      }),
    );
  });
});

describe("every output format round-trips", () => {
  const attributes = defaultAttributes("h.example", "/");
  const writers: [string, (placed: ScopedCookieSet) => string][] = [
    ["header", ({ set }) => writeCookieHeader(set)],
    ["set-cookie", writeSetCookie],
    ["jar", (placed) => writeJar([placed])],
    ["json", ({ set }) => writeCookieJson(set)],
    ["env", ({ set }) => writeEnv(set)],
    ["playwright", (placed) => writePlaywright([placed])],
  ];

  it.each(writers)("as %s", (_, write) => {
    fc.assert(
      fc.property(sample, (each) => {
        const set = mintCookies(each.request, each.key);
        const [capture] = readCapture(write({ set, attributes }), now);
        expect(capture?.cookies.map(({ name, value }) => [name, value])).toEqual(cookiePairs(set));
      }),
      { numRuns: 40 },
    );
  });

  it("as url", () => {
    fc.assert(
      fc.property(sample, (each) => {
        const url = writeSignedUrl(each.url, mintCookies(each.request, each.key));
        expect(readCapture(url, now)).toMatchObject([{ form: "signed-url", url }]);
      }),
    );
  });
});
