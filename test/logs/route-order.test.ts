/** Which route a logged request counts for: the first matching behavior decides, in each distribution. */
import { describe, expect, it } from "vitest";
import type { CacheBehavior } from "../../src/cloudfront/distribution.ts";
import type { GateRoute } from "../../src/gates/gate.ts";
import { routesInOrder } from "../../src/logs/route-order.ts";
import { askLogs, logFile, rowsOf } from "./asked-logs.ts";
import { type LoggedRequest, v1Text } from "./lines.ts";
import { id, T0 } from "./planted.ts";

const behavior = (pathPattern: string): CacheBehavior => ({
  pathPattern,
  targetOriginId: "app",
  trustedKeyGroups: [],
  trustedSigners: [],
  viewerProtocolPolicy: "https-only",
  allowedMethods: ["GET"],
  viewerRequestFunctions: [],
});
const served = (name: string, patterns: readonly string[], aliases = [`${name}.example.com`]) => ({
  id: `E${name.toUpperCase()}000000`,
  domainName: `d${name}.cloudfront.net`,
  aliases,
  behaviors: [...patterns, "*"].map(behavior),
});
const route = (pattern: string, over: Partial<GateRoute> = {}): GateRoute => ({
  pattern,
  methods: ["GET"],
  layers: ["edge"],
  sample: pattern.replace("*", "sample"),
  safeMethods: [],
  ...over,
});
const patternsOf = (
  routes: readonly GateRoute[],
  distributions: readonly ReturnType<typeof served>[],
  given: readonly string[] = [],
) => routesInOrder({ routes }, distributions, given).map(({ pattern }) => pattern);

describe("the order of routes", () => {
  const both = [route("/api/*"), route("/api/public/*", { layers: [] })];

  it.each([
    ["a narrow behavior before a wide one", ["/api/public/*", "/api/*"], ["/api/public/*", "/api/*"]],
    ["a wide behavior that shadows a narrow one", ["/api/*", "/api/public/*"], ["/api/*", "/api/public/*"]],
    ["the longest pattern first, if one behavior serves both", ["/api/*"], ["/api/public/*", "/api/*"]],
    ["the longest pattern first, if the default behavior serves both", [], ["/api/public/*", "/api/*"]],
  ])("is the same for any order in the gate: %s", (_, behaviors, expected) => {
    const distribution = served("app", behaviors);
    expect(patternsOf(both, [distribution])).toEqual(expected);
    expect(patternsOf(both.toReversed(), [distribution])).toEqual(expected);
  });

  it("places a route without its own behavior where its sample is served", () => {
    const distribution = served("app", ["/media/*", "/api/*"]);
    const routes = [route("/api/v2/*"), route("/media/*"), route("/login", { layers: [] })];
    expect(patternsOf(routes, [distribution])).toEqual(["/media/*", "/api/v2/*", "/login"]);
  });

  it("starts with the patterns of --protected, the longest first, as protected", () => {
    const order = routesInOrder({ routes: both }, [served("app", ["/api/*"])], ["/a*", "/api/v1/*"]);
    expect(order.slice(0, 2)).toEqual([
      { pattern: "/api/v1/*", isProtected: true },
      { pattern: "/a*", isProtected: true },
    ]);
  });

  it("has the longest pattern first without an account", () => {
    expect(patternsOf(both, [])).toEqual(["/api/public/*", "/api/*"]);
    expect(routesInOrder(undefined, [], [])).toEqual([]);
  });

  it("marks a route as protected only if the edge must guard it", () => {
    const routes = [
      route("/api/*", { layers: ["edge", "application"] }),
      route("/admin/*", { layers: ["application"] }),
    ];
    const told = routesInOrder({ routes }, [], []).map((each) => [each.pattern, each.isProtected]);
    expect(Object.fromEntries(told)).toEqual({ "/api/*": true, "/admin/*": false });
  });

  it("is each distribution's own, by host", () => {
    const [one, other] = [
      served("one", ["/api/*", "/api/public/*"]),
      served("two", ["/api/public/*", "/api/*"]),
    ];
    const order = routesInOrder({ routes: both }, [one, other], []);
    const of = (host: string) =>
      order.filter(({ hosts }) => hosts?.includes(host)).map(({ pattern }) => pattern);
    expect(of("one.example.com")).toEqual(["/api/*", "/api/public/*"]);
    expect(of("done.cloudfront.net")).toEqual(["/api/*", "/api/public/*"]);
    expect(of("two.example.com")).toEqual(["/api/public/*", "/api/*"]);
  });

  it("limits a route of one distribution to its hosts", () => {
    const [one, other] = [served("one", ["/api/*"]), served("two", ["/api/*"])];
    const own = route("/api/*", { distributions: [one.id] });
    const order = routesInOrder({ routes: [own] }, [one, other], []);
    expect(order.map(({ pattern, hosts }) => [pattern, hosts])).toEqual([
      ["/api/*", ["done.cloudfront.net", "one.example.com"]],
    ]);
  });

  it("applies a wildcard alias's routes to every host", () => {
    const [one, other] = [served("one", ["/api/*"], ["*.example.com"]), served("two", ["/api/*"])];
    const order = routesInOrder({ routes: [route("/api/*", { distributions: [one.id] })] }, [one, other], []);
    expect(order).toEqual([{ pattern: "/api/*", isProtected: true }]);
  });
});

it("a line counts for the first route that matches", async () => {
  const lines = ["/api/items/1", "/api/items/2", "/api/other"].map(
    (path): LoggedRequest => ({
      at: T0,
      id: id(),
      status: 403,
      type: "application/json",
      length: 40,
      path,
    }),
  );
  const asked = await askLogs([
    ...["who", logFile(v1Text(lines)), "--protected", "/api/*", "--protected", "/api/items/*"],
  ]);
  const routes = rowsOf(asked, "who").filter(({ dimension }) => dimension === "route");
  expect(routes.map(({ value, requests }) => [value, requests])).toEqual([
    ["/api/items/*", 2],
    ["/api/*", 1],
  ]);
});

describe("the bucket of a row", () => {
  const HOUR = 3600;
  const lasting = (seconds: number) =>
    [0, seconds].map(
      (at): LoggedRequest => ({
        at: T0 + 90 + at,
        id: id(),
        status: 403,
        type: "text/xml",
        length: 146,
      }),
    );
  const startOf = (size: number) => new Date(Math.floor((T0 + 90) / size) * size * 1000).toISOString();
  const firstBucket = async (seconds: number, ...argv: string[]) => {
    const asked = await askLogs(["denials", logFile(v1Text(lasting(seconds))), ...argv]);
    return rowsOf(asked, "denials")[0]?.bucket;
  };

  it.each([
    ["a moment", 0, 60],
    ["an hour", HOUR, 60],
    ["more than an hour", HOUR + 1, HOUR],
    ["four days", 96 * HOUR, HOUR],
    ["more than four days", 96 * HOUR + 1, 24 * HOUR],
  ])("by default suits the period of the lines: %s", async (_, seconds, size) => {
    expect(await firstBucket(seconds)).toBe(startOf(size).replace(".000", ""));
  });

  it.each([
    ["minute", 60],
    ["hour", HOUR],
    ["day", 24 * HOUR],
  ])("is %s with --bucket, whatever the period", async (bucket, size) => {
    for (const seconds of [0, 100 * HOUR])
      expect(await firstBucket(seconds, "--bucket", bucket)).toBe(startOf(size).replace(".000", ""));
  });
});
