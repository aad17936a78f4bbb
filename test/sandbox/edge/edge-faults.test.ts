/**
 * What a signed and an unsigned request to the same protected path get from each edge fault, and whether the origin saw
 * them.
 */
import { describe, expect, test } from "vitest";
import { EDGE_FAULTS, type EdgeFaultId } from "../../../src/sandbox/edge/edge-faults.ts";
import type { WireRequest, WireResponse } from "../../../src/sandbox/wire.ts";
import { header, type SmallSite, smallSite } from "./small-site.ts";

interface Row {
  readonly id: EdgeFaultId;
  readonly signed: readonly [status: number, marker: string | RegExp];
  readonly unsigned: readonly [status: number, marker: string | RegExp];
  /** Which of the two requests the origin saw; fetching its error page counts as a third. */
  readonly origin: number;
  readonly more?: Partial<WireRequest>;
}

const DENIED = [403, "<Code>MissingKey</Code>"] as const;
const ROWS: readonly Row[] = [
  {
    id: "error-page-same-status",
    signed: [200, "from the origin"],
    unsigned: [403, "error page"],
    origin: 2,
  },
  { id: "error-page-200", signed: [200, "from the origin"], unsigned: [200, "error page"], origin: 2 },
  {
    id: "behavior-unprotected",
    signed: [200, "from the origin"],
    unsigned: [200, "from the origin"],
    origin: 2,
  },
  {
    id: "behavior-shadowed",
    signed: [200, "from the origin"],
    unsigned: [200, "from the origin"],
    origin: 2,
  },
  {
    id: "methods-narrowed",
    signed: [403, "not configured to allow the HTTP request method"],
    unsigned: [403, "not configured to allow the HTTP request method"],
    origin: 0,
    more: { method: "POST" },
  },
  {
    id: "http-allowed",
    signed: [403, "<Code>AccessDenied</Code>"],
    unsigned: DENIED,
    origin: 0,
    more: { scheme: "http" },
  },
  {
    id: "http-refused",
    signed: [403, "could not be satisfied"],
    unsigned: [403, "could not be satisfied"],
    origin: 0,
    more: { scheme: "http" },
  },
  { id: "alias-missing", signed: [403, "Bad request"], unsigned: [403, "Bad request"], origin: 0 },
  { id: "multi-tenant", signed: [200, "from the origin"], unsigned: DENIED, origin: 1 },
  { id: "waf-block", signed: [403, "Request blocked"], unsigned: [403, "Request blocked"], origin: 0 },
  { id: "geo-block", signed: [403, "your country"], unsigned: [403, "your country"], origin: 0 },
  { id: "edge-function-403", signed: [403, "Forbidden"], unsigned: DENIED, origin: 0 },
  { id: "cached-403", signed: [403, "cached for somebody else"], unsigned: DENIED, origin: 0 },
  { id: "s3-403", signed: [403, "<Message>Access Denied</Message>"], unsigned: DENIED, origin: 0 },
  { id: "api-gateway-403", signed: [403, '{"message":"Forbidden"}'], unsigned: DENIED, origin: 0 },
  { id: "load-balancer-403", signed: [403, "<h1>403 Forbidden</h1>"], unsigned: DENIED, origin: 0 },
];

const errorPageOr = ({ target }: WireRequest): WireResponse => ({
  status: 200,
  headers: [["content-type", "text/plain"]],
  body: target.startsWith("/errors/") ? "error page" : "from the origin",
});

const ask = (site: SmallSite, more: Partial<WireRequest>, cookie?: string) =>
  site.ask("/api/reports", { ...more, headers: cookie === undefined ? {} : { cookie } });

test("every edge fault is in the table", () => {
  expect(ROWS.map(({ id }) => id).toSorted()).toEqual(Object.keys(EDGE_FAULTS).toSorted());
});

describe.each(ROWS)("$id", ({ id, signed, unsigned, origin, more = {} }) => {
  test("answers a signed and an unsigned request like the real service", async () => {
    const site = smallSite(undefined, errorPageOr);
    site.switches.turn(id, true);
    const answers = [
      [await ask(site, more, site.cookie("KOLD")), signed],
      [await ask(site, more), unsigned],
    ] as const;
    for (const [answer, [status, marker]] of answers) {
      expect(answer.status).toBe(status);
      expect(String(answer.body)).toContain(marker);
      expect(header(answer, "x-amz-cf-pop")).toBeDefined();
    }
    expect(site.originCalls).toHaveLength(origin);
  });

  test("has no effect once it is turned off", async () => {
    const site = smallSite(undefined, errorPageOr);
    site.switches.turn(id, true);
    await ask(site, {}, site.cookie("KOLD"));
    site.switches.turn(id, false);
    expect((await ask(site, {}, site.cookie("KOLD"))).body).toBe("from the origin");
    expect((await ask(site, {})).body).toContain("<Code>MissingKey</Code>");
  });
});

test("keeps the server header of anything but CloudFront, and names a function that answered", async () => {
  const site = smallSite();
  const signedWith = async (id: EdgeFaultId) => {
    site.switches.clear();
    site.switches.turn(id, true);
    return ask(site, {}, site.cookie("KOLD"));
  };
  expect(header(await signedWith("s3-403"), "server")).toBe("AmazonS3");
  expect(header(await signedWith("load-balancer-403"), "server")).toBe("awselb/2.0");
  expect(header(await signedWith("api-gateway-403"), "x-amzn-errortype")).toBe("ForbiddenException");
  expect(header(await signedWith("edge-function-403"), "x-cache")).toBe(
    "FunctionGeneratedResponse from cloudfront",
  );
  expect(header(await signedWith("cached-403"), "age")).toBe("7");
});

test("a multi-tenant distribution does not answer to its own domain name", async () => {
  const site = smallSite();
  site.switches.turn("multi-tenant", true);
  const refused = await site.ask("/", { headers: { host: "d111111abcdef8.cloudfront.net" } });
  expect(refused.body).toContain("Bad request");
});

test("a switch that does not exist is refused by name", () => {
  const { switches } = smallSite();
  expect(() => switches.turn("waf", true)).toThrow('no fault named "waf"');
});

test("no denial by the edge has CORS headers, whoever sends the request", async () => {
  const site = smallSite();
  const preflight = await site.ask("/api/reports", {
    method: "OPTIONS",
    headers: { origin: "https://app.example.com", "access-control-request-method": "GET" },
  });
  expect(preflight.status).toBe(403);
  expect(preflight.headers.filter(([name]) => name.startsWith("access-control"))).toEqual([]);
});
