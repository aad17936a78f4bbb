/** Settings as lines for infrastructure code. Every audit finding about a distribution has both forms. */
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { policyLinesWithout } from "../../src/cloudfront/policy-lines.ts";
import {
  behaviorLines,
  type DistributionSetting,
  distributionLines,
  settingLines,
} from "../../src/cloudfront/setting-lines.ts";
import type { Finding } from "../../src/finding.ts";
import { findingList } from "../../src/pictures/finding-list.ts";
import { findingsMarkdown } from "../../src/report/markdown.ts";

const SETTINGS: readonly DistributionSetting[] = [
  { CacheBehaviors: [{ PathPattern: "/api/*", TrustedKeyGroups: ["g1", "g2"] }] },
  { DefaultCacheBehavior: { ViewerProtocolPolicy: "redirect-to-https" } },
  { Enabled: true, Aliases: [] },
  { Restrictions: { GeoRestriction: { RestrictionType: "none", Locations: [] } } },
  { CustomErrorResponses: [{ ErrorCode: 403, ErrorCachingMinTTL: 0 }] },
  { Rules: [{ Name: "r", Action: { Count: {} } }, { Name: "s" }] },
  { CookiesConfig: { CookieBehavior: "allExcept", Cookies: ["a"] } },
];

describe("a setting as code", () => {
  it.each(SETTINGS)("is read back from the CloudFormation form by a YAML reader: %j", (setting) => {
    expect(parse(distributionLines("E1", setting).cloudFormation)).toEqual(setting);
  });

  it("has Terraform's names, blocks and alignment", () => {
    expect(behaviorLines("E1", "/api/*", { TrustedKeyGroups: ["g1"] }).terraform).toBe(
      [
        "# aws_cloudfront_distribution E1",
        "ordered_cache_behavior {",
        '  path_pattern       = "/api/*"',
        '  trusted_key_groups = ["g1"]',
        "}",
      ].join("\n"),
    );
    expect(behaviorLines(undefined, "*", { ViewerProtocolPolicy: "https-only" }).terraform).toBe(
      [
        "# aws_cloudfront_distribution",
        "default_cache_behavior {",
        '  viewer_protocol_policy = "https-only"',
        "}",
      ].join("\n"),
    );
    const rule = settingLines("t", "c", { Rules: [{ Name: "r", Action: { Count: {} } }] }).terraform;
    expect(rule).toContain('rule {\n  name = "r"\n  action {\n    count {}\n  }\n}');
    const names = distributionLines(undefined, {
      IPV6Enabled: false,
      Logging: { IncludeCookies: true },
      Origins: [{ Id: "o", OriginCustomHeaders: [{ HeaderName: "h", HeaderValue: "v" }] }],
    }).terraform;
    for (const name of [
      "is_ipv6_enabled",
      "logging_config {",
      "include_cookies",
      "origin {",
      "origin_id",
      "custom_header {",
      'name  = "h"',
      'value = "v"',
    ])
      expect(names).toContain(name);
  });

  it("names the distribution in a comment, and says what to remove", () => {
    const { terraform, cloudFormation } = distributionLines("E1", { Enabled: true }, "remove");
    expect(terraform).toContain("# aws_cloudfront_distribution E1: remove\n");
    expect(cloudFormation).toContain("# AWS::CloudFront::Distribution E1, in DistributionConfig: remove\n");
  });

  it("is escaped, so that a pattern from the account cannot end a string or a comment", () => {
    const { terraform } = behaviorLines("E1\nowned = true", `/$${'{file("x")}'}/\u001b[31m`, {
      Enabled: true,
    });
    expect(terraform).not.toMatch(/^owned/m);
    expect(terraform).toContain(`$$${"{file("}`);
    expect(terraform).not.toContain("\u001b");
  });
});

describe("a finding's setting", () => {
  const finding: Finding = {
    id: "http-allowed",
    severity: "error",
    message: "m",
    basis: "observed",
    evidence: [],
    remedy: "set it",
    setting: behaviorLines("E1", "/<b>*", { ViewerProtocolPolicy: "https-only" }),
  };
  it("is shown in Markdown as two blocks to copy", () => {
    const text = findingsMarkdown([finding]);
    expect(text).toContain("  ```hcl\n  # aws_cloudfront_distribution E1\n");
    expect(text).toContain("  ```yaml\n  # AWS::CloudFront::Distribution E1");
    expect(text.match(/^ {2}```$/gm)).toHaveLength(2);
  });
  it("is escaped in HTML", () => {
    const text = findingList([finding], "none").toString();
    expect(text).toContain("path_pattern           = &quot;/&lt;b&gt;*&quot;");
    expect(text).not.toContain("<b>*");
  });
});

describe("the settings of a policy without some names", () => {
  const policy = (which: "all" | "all-except" | "named" | "none", names: readonly string[] = []) => ({
    id: "p",
    name: "mine",
    cookies: { which, names },
    queryStrings: { which, names },
    headers: { which: "none" as const, names: [] },
  });
  it.each([
    ["all", [], { CookieBehavior: "allExcept", Cookies: ["x", "y"] }],
    ["all-except", ["z"], { CookieBehavior: "allExcept", Cookies: ["z", "x", "y"] }],
    ["named", ["x", "own"], { CookieBehavior: "whitelist", Cookies: ["own"] }],
    ["named", ["x"], { CookieBehavior: "none" }],
  ] as const)("leave them out of %s %j", (which, names, config) => {
    const lines = policyLinesWithout("origin request policy", policy(which, names), "cookies", ["x", "y"]);
    expect(parse(lines.cloudFormation)).toEqual({ CookiesConfig: config });
    expect(lines.terraform).toContain("# aws_cloudfront_origin_request_policy mine");
  });
  it("have a block of their own for a cache policy, and a new policy in place of a managed one", () => {
    const managed = { ...policy("all"), name: "Managed-AllViewer" };
    const { terraform } = policyLinesWithout("cache policy", managed, "queryStrings", ["x"]);
    expect(terraform).toContain("# aws_cloudfront_cache_policy your own, instead of Managed-AllViewer");
    expect(terraform).toContain("parameters_in_cache_key_and_forwarded_to_origin {");
    expect(terraform).toContain("query_strings {");
    expect(terraform).toContain('items = ["x"]');
  });
});
