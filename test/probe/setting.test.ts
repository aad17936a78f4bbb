/**
 * A probe's finding about a setting includes the lines to change in Terraform and CloudFormation, in every report
 * format.
 */
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Finding } from "../../src/finding.ts";
import { checkGates } from "../../src/gates/read.ts";
import { faultLines } from "../../src/probe/setting.ts";
import { targetsOfGate, targetsOfUrls } from "../../src/probe/target.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import { type ProbedSite, probedSite, turnOn } from "./fault-site.ts";

const LINE = "probe --http-port 8080";

async function probed(fault: string, options = "", yaml = (text: string) => text) {
  const site = await probedSite({ yaml });
  await turnOn(site.site, fault);
  const ran = await site.run(`${LINE}${options}`);
  expect(ran.exitCode, ran.stderr).toBe(1);
  return { ...ran, site };
}

const found = (stdout: string, id: string): Finding =>
  JSON.parse(stdout).findings.find((each: Finding) => each.id === id);

const SETTINGS: readonly (readonly [string, string, (site: ProbedSite) => object])[] = [
  ["behavior-unprotected", "unsigned-allowed", ({ site }) => ({ TrustedKeyGroups: [site.ids.keyGroupId] })],
  ["http-allowed", "http-allowed", () => ({ ViewerProtocolPolicy: "redirect-to-https" })],
];

describe("a probe's finding about a setting", () => {
  it.each(SETTINGS)("for %s names each behavior and the setting to change", async (fault, id, setting) => {
    const { stdout, site } = await probed(fault, " --json");
    const { setting: lines, where = "" } = found(stdout, id);
    const { cloudFormation = "", terraform = "" } = lines ?? {};
    expect(cloudFormation).toContain(`# AWS::CloudFront::Distribution ${site.site.ids.distributionId}`);
    const behaviors = where.split(", ").map((pattern) => ({ PathPattern: pattern, ...setting(site) }));
    expect(parse(cloudFormation)).toEqual({ CacheBehaviors: behaviors });
    for (const { PathPattern } of behaviors) expect(terraform).toContain(`= "${PathPattern}"`);
  });

  it.each([
    [
      "waf-block",
      "blocked-by-waf",
      { DefaultAction: { Allow: {} }, Rules: [{ Name: "THE-RULE", Action: { Count: {} } }] },
    ],
    [
      "geo-block",
      "blocked-by-geo",
      { Restrictions: { GeoRestriction: { RestrictionType: "none", Locations: [] } } },
    ],
    ["error-page-200", "denial-masked", { CustomErrorResponses: [{ ErrorCode: 403 }] }],
    [
      "cached-403",
      "refusal-from-cache",
      { CustomErrorResponses: [{ ErrorCode: 403, ErrorCachingMinTTL: 0 }] },
    ],
  ] as const)("for %s contains the lines for the distribution", async (fault, id, lines) => {
    const { stdout } = await probed(fault, " --json");
    expect(parse(found(stdout, id).setting?.cloudFormation ?? "")).toEqual(lines);
  });

  it("keeps the comments about a web ACL within 80 columns", async () => {
    const { stdout } = await probed("waf-block");
    const comments = stdout.split("\n").filter((line) => line.startsWith("    # "));
    expect(comments.length).toBeGreaterThan(1);
    for (const comment of comments) expect(comment.length, comment).toBeLessThanOrEqual(80);
  });

  it("shows both forms in the text, Markdown and HTML reports, ready to copy", async () => {
    const { stdout, site } = await probed(
      "behavior-unprotected",
      " --report md=probe.md --report html=probe.html",
    );
    const { keyGroupId } = site.site.ids;
    const md = site.world.files.text("probe.md");
    const html = site.world.files.text("probe.html").replaceAll("&quot;", '"').replaceAll("&#34;", '"');
    for (const report of [stdout, md, html]) {
      expect(report).toContain(`trusted_key_groups = ["${keyGroupId}"]`);
      expect(report).toContain(`TrustedKeyGroups: ["${keyGroupId}"]`);
    }
    expect(stdout).toMatch(/^ {2}Terraform:$/m);
    expect(md).toContain("```hcl");
  });
});

describe("settings named without access to the account", () => {
  const yaml = `gates:
  app:
    distributions: [E1A2B3C4D5E6F7, E7F6E5D4C3B2A1]
    keyGroups: [b1f9a5a0-5a3a-4f0e-9d0f-3a1f5e6c7d88]
    secret: app/key
    cookie: { resource: "https://app.example.com/*", ttl: 15m }
    canaries: { E1A2B3C4D5E6F7: "https://app.example.com/a/x", E7F6E5D4C3B2A1: "https://b.example.com/a/x" }
    routes: [{ pattern: /a/*, sample: /a/x, layers: [edge] }]
`;

  it("the distribution is the one whose canary is on that host", () => {
    const gate = checkGates(yaml).gates?.get("app");
    const targets = gate === undefined ? [] : targetsOfGate(gate);
    const named = targets.map((target) => faultLines("unsigned-allowed", [target])?.terraform.split("\n")[0]);
    expect(named).toEqual([
      "# aws_cloudfront_distribution E1A2B3C4D5E6F7",
      "# aws_cloudfront_distribution E7F6E5D4C3B2A1",
    ]);
  });

  it("a bare URL does not reveal the behavior, and no ID is invented", () => {
    const [target] = targetsOfUrls([`https://${DEMO.domainName}/media/film.txt`]);
    if (target === undefined) throw new Error("no target");
    expect(faultLines("unsigned-allowed", [target])).toBeUndefined();
    expect(faultLines("http-allowed", [target])).toBeUndefined();
    expect(faultLines("denial-masked", [target])?.terraform).toMatch(
      /^# aws_cloudfront_distribution: remove\n/,
    );
  });
});
