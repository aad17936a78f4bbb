/** Which behavior serves a path, and which distribution a host, by CloudFront's documentation. */
import { expect, it } from "vitest";
import type { CacheBehavior, DistributionSummary } from "../../src/cloudfront/distribution.ts";
import { behaviorFor, distributionFor, normalisePath } from "../../src/edge/behavior.ts";
import { matchesPathPattern } from "../../src/gates/path-pattern.ts";

const behavior = (pathPattern: string) => ({ pathPattern }) as CacheBehavior;
const behaviors = ["/api/public/*", "/api/*", "images/*.jpg", "/a?c", "*.m3u8", "*"].map(behavior);

it.each([
  ["/api/items", "/api/*"],
  ["/api/items?page=/api/public/x", "/api/*"],
  ["/api/public/x", "/api/public/*"],
  ["/api", "*"],
  ["/API/items", "*"],
  ["//api//items", "/api/*"],
  ["/x/../api/items", "/api/*"],
  ["/x/%2e%2e/api/items", "/api/*"],
  ["/api/public/../items", "/api/*"],
  ["/%61pi/items", "/api/*"],
  ["/api%2Fitems", "*"],
  ["/images/a/b.jpg", "images/*.jpg"],
  ["/abc", "/a?c"],
  ["/ac", "*"],
  ["/a/c", "/a?c"],
  ["/video/live.m3u8", "*.m3u8"],
  ["/", "*"],
  ["", "*"],
])("the path %s is served by the behavior %s", (path, pattern) => {
  expect(behaviorFor({ behaviors }, path)?.pathPattern).toBe(pattern);
});

it("a distribution without behaviors serves no path", () =>
  expect(behaviorFor({ behaviors: [] }, "/")).toBeUndefined());

it.each([
  ["/a/./b", "/a/b"],
  ["/a/b/..", "/a/"],
  ["/../../a", "/a"],
  ["/a//b/", "/a/b/"],
  ["/a%7Eb%2f%c3", "/a~b%2F%C3"],
  ["/a%zz", "/a%zz"],
  ["/.", "/"],
])("the path %s is normalized to %s", (raw, path) => expect(normalisePath(raw)).toBe(path));

it("a pattern built to be slow is matched quickly", () => {
  expect(matchesPathPattern(`/${"a*".repeat(120)}b`, `/${"a".repeat(8000)}`)).toBe(false);
});

const distributions = [
  { id: "E1", domainName: "d111111abcdef8.cloudfront.net", aliases: ["cdn.example.com"] },
  { id: "E2", domainName: "d222222abcdef8.cloudfront.net", aliases: ["*.example.com", "*.b.example.com"] },
  { id: "E3", domainName: "d333333abcdef8.cloudfront.net", aliases: ["*.a.b.example.com"] },
] as unknown as DistributionSummary[];

it.each([
  ["cdn.example.com", "E1"],
  ["CDN.example.com:443", "E1"],
  ["d222222abcdef8.cloudfront.net", "E2"],
  ["other.example.com", "E2"],
  ["x.a.b.example.com", "E3"],
  ["x.b.example.com", "E2"],
  ["example.com", undefined],
  ["cdn.example.com.evil.test", undefined],
])("the host %s is served by the distribution %s", (host, id) =>
  expect(distributionFor(distributions, host)?.id).toBe(id),
);
