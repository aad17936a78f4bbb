/**
 * What a policy forwards, read from each value that the API has for it (OriginRequestPolicyHeadersConfig and similar).
 */
import { describe, expect, it } from "vitest";
import { fromCachePolicy, fromOriginRequestPolicy } from "../../src/adapters/aws/forwarding-policy.ts";

const headers = (HeaderBehavior: string, ...Items: string[]) =>
  fromOriginRequestPolicy({
    Id: "P",
    LastModifiedTime: undefined,
    OriginRequestPolicyConfig: {
      Name: "n",
      HeadersConfig: {
        HeaderBehavior: HeaderBehavior as "none",
        Headers: { Quantity: Items.length, Items },
      },
      CookiesConfig: { CookieBehavior: "none" },
      QueryStringsConfig: { QueryStringBehavior: "none" },
    },
  }).headers;

describe("an origin request policy's headers", () => {
  it.each([
    ["none", { which: "none", names: [] }],
    ["whitelist", { which: "named", names: ["CloudFront-Viewer-Country"] }],
    ["allExcept", { which: "all-except", names: ["CloudFront-Viewer-Country"] }],
    ["allViewer", { which: "all", names: [] }],
    ["allViewerAndWhitelistCloudFront", { which: "all", names: ["CloudFront-Viewer-Country"] }],
  ])("for %s are read correctly", (behavior, expected) => {
    expect(headers(behavior, "CloudFront-Viewer-Country")).toEqual(expected);
  });
});

it("a policy that could not be read forwards nothing", () => {
  expect(fromCachePolicy(undefined)).toMatchObject({
    cookies: { which: "none" },
    queryStrings: { which: "none" },
    headers: { which: "none" },
  });
});
