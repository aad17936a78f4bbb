/** What reaches the origin under AWS's published policies (DG:using-managed-origin-request-policies). */
import { describe, expect, it } from "vitest";
import type { CacheBehavior } from "../../../src/cloudfront/distribution.ts";
import { DEFAULT_RULES } from "../../../src/edge/rules.ts";
import { ORIGIN_REQUEST_POLICY_IDS } from "../../../src/sandbox/cloudfront/origin-request-policy-ids.ts";
import { forwardingRulesOf } from "../../../src/sandbox/proxy/forwarding-rules.ts";
import {
  originRequestHeaders,
  originRequestTarget,
  type ViewerRequestHead,
} from "../../../src/sandbox/proxy/origin-request.ts";
import { managedPolicies } from "../../../src/sandbox/proxy/proxy-config.ts";

const CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
const viewer: ViewerRequestHead = {
  method: "GET",
  target: "/api/x?a=1&Expires=1&Signature=s&Key-Pair-Id=K&Policy=p&Hash-Algorithm=SHA256&b=%2F",
  headers: [
    ["Host", "app.localhost:8443"],
    ["User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Mobile"],
    ["Accept", "text/html"],
    ["Accept-Encoding", "gzip, br"],
    ["Authorization", "Bearer token"],
    ["Range", "bytes=0-1"],
    ["Origin", "https://other.example"],
    ["X-Own", "kept"],
    ["CloudFront-Viewer-Country", "XX"],
    ["X-Forwarded-For", "192.0.2.4"],
    ["X-Forwarded-Proto", "https"],
    ["x-origin-verify", "guessed"],
    ["Connection", "close"],
    ["x-keyturn-location", "GRU3-P1"],
  ],
  cookies: [
    ["session", "s"],
    ["CloudFront-Signature", "planted"],
    ["$Version", "1"],
    ["a", "1"],
  ],
  viewer: {
    scheme: "https",
    address: "127.0.0.1",
    port: 5000,
    httpVersion: "1.1",
    userAgent: "iPhone Mobile",
  },
  requestId: "id==",
  via: "1.1 edge.cloudfront.net (CloudFront)",
  isWebSocket: false,
  isProtected: true,
};
const origin = {
  host: "127.0.0.1:3000",
  path: "/base",
  customHeaders: [["x-origin-verify", "real"]] as const,
};

function sent(behavior: Partial<CacheBehavior>, head: Partial<ViewerRequestHead> = {}) {
  const forwarding = forwardingRulesOf(behavior as CacheBehavior, managedPolicies);
  const whole = { ...viewer, ...head };
  const pairs = originRequestHeaders(whole, forwarding, origin);
  return {
    target: originRequestTarget(whole, forwarding, origin.path, DEFAULT_RULES),
    headers: Object.fromEntries(pairs.map(([name, value]) => [name.toLowerCase(), value])),
    pairs,
  };
}
const policy = (name: keyof typeof ORIGIN_REQUEST_POLICY_IDS) => ({
  cachePolicyId: CACHING_DISABLED,
  originRequestPolicyId: ORIGIN_REQUEST_POLICY_IDS[name],
});

describe("AllViewer", () => {
  it("forwards the viewer's headers, cookies and query, but not the signature", () => {
    const { target, headers } = sent(policy("AllViewer"));
    expect(target).toBe("/base/api/x?a=1&b=%2F");
    expect(headers).toMatchObject({
      host: "app.localhost:8443",
      accept: "text/html",
      authorization: "Bearer token",
      "x-own": "kept",
      cookie: "a=1; session=s",
    });
    expect(JSON.stringify(headers)).not.toContain("planted");
  });

  it("adds what CloudFront adds, and removes headers that a viewer must not set", () => {
    const { headers, pairs } = sent(policy("AllViewer"));
    expect(headers).toMatchObject({
      "x-forwarded-for": "192.0.2.4, 127.0.0.1",
      via: viewer.via,
      "x-amz-cf-id": "id==",
      connection: "Keep-Alive",
      "x-origin-verify": "real",
    });
    expect(pairs.filter(([name]) => name.toLowerCase() === "x-origin-verify")).toHaveLength(1);
    for (const name of ["cloudfront-viewer-country", "x-forwarded-proto", "x-keyturn-location"]) {
      expect(headers).not.toHaveProperty(name);
    }
  });

  it("keeps parameters named like CloudFront's if no signature is required", () => {
    expect(sent(policy("AllViewer"), { isProtected: false }).target).toBe(`/base${viewer.target}`);
  });
});

it("AllViewerExceptHostHeader sends the origin's own Host", () => {
  const { headers } = sent(policy("AllViewerExceptHostHeader"));
  expect(headers).toMatchObject({ host: "127.0.0.1:3000", "x-own": "kept", cookie: "a=1; session=s" });
});

it("AllViewerAndCloudFrontHeaders-2022-06 adds CloudFront's headers", () => {
  const { headers } = sent(policy("AllViewerAndCloudFrontHeaders-2022-06"));
  expect(headers).toMatchObject({
    "cloudfront-forwarded-proto": "https",
    "cloudfront-viewer-address": "127.0.0.1:5000",
    "cloudfront-is-mobile-viewer": "true",
    "cloudfront-is-desktop-viewer": "false",
    "cloudfront-viewer-country": "US",
    "x-own": "kept",
  });
});

it("without an origin request policy, no cookie and no query is forwarded, and User-Agent is CloudFront's own", () => {
  const { target, headers } = sent({ cachePolicyId: CACHING_DISABLED });
  expect(target).toBe("/base/api/x");
  expect(headers).toMatchObject({
    host: "127.0.0.1:3000",
    "user-agent": "Amazon CloudFront",
    range: "bytes=0-1",
  });
  for (const name of ["cookie", "authorization", "x-own", "accept", "origin"]) {
    expect(headers).not.toHaveProperty(name);
  }
});

it("CORS-S3Origin forwards only the headers for CORS", () => {
  const { headers } = sent(policy("CORS-S3Origin"));
  expect(headers.origin).toBe("https://other.example");
  expect(headers).not.toHaveProperty("x-own");
});

describe("legacy ForwardedValues", () => {
  const values = {
    queryString: false,
    cookies: "whitelist",
    cookieNames: ["session"],
    queryStringKeys: [],
  } as const;
  it("forward other headers, but no Authorization on a GET", () => {
    const { target, headers } = sent({ forwardedValues: values });
    expect(target).toBe("/base/api/x");
    expect(headers).toMatchObject({
      "x-own": "kept",
      cookie: "session=s",
      "user-agent": "Amazon CloudFront",
    });
    for (const name of ["authorization", "accept", "accept-encoding"])
      expect(headers).not.toHaveProperty(name);
  });
  it("forward Authorization on a POST", () => {
    expect(sent({ forwardedValues: values }, { method: "POST" }).headers.authorization).toBe("Bearer token");
  });
});

it("a WebSocket request keeps its Upgrade header", () => {
  const { headers } = sent(policy("AllViewer"), { isWebSocket: true });
  expect(headers).toMatchObject({ connection: "Upgrade", upgrade: "websocket" });
});
