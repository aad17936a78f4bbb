/** The sandbox's faults of configuration: its API shows what its edge does wrong, so the audit finds it. */
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/finding.ts";
import { LOOKALIKES, type Lookalike } from "../../src/sandbox/edge/lookalikes.ts";
import { probedSite, turnOn } from "../probe/fault-site.ts";

/** The findings expected for the demo gate; none if the settings are still good. */
const SAID: Readonly<Record<string, readonly string[]>> = {
  "error-page-same-status": ["error-page-masks-denial"],
  "error-page-200": ["error-page-masks-denial"],
  "behavior-unprotected": ["route-unprotected", "canary-unprotected"],
  "behavior-shadowed": ["route-unprotected", "route-shadowed"],
  "http-allowed": ["http-allowed"],
  "alias-missing": ["canary-host-foreign"],
  // The gate declares GET and HEAD only.
  "methods-narrowed": [],
  "http-refused": [],
  // Which tenants there are, and what a web ACL or a function does, is not in a distribution's configuration.
  "multi-tenant": [],
  "waf-block": [],
  "geo-block": [],
  "edge-function-403": [],
};

const CONFIGURED = Object.entries<Lookalike>(LOOKALIKES)
  .filter(([, { configure }]) => configure !== undefined)
  .map(([id]) => id);

/** Their fix is in keyturn.yaml too, or nowhere else. */
const WITHOUT_SETTING: ReadonlySet<string> = new Set(["canary-unprotected"]);

describe("audit of the sandbox with a fault of configuration switched on", () => {
  it("has an expectation for each", () => {
    expect(Object.keys(SAID).toSorted()).toEqual(CONFIGURED.toSorted());
  });

  it.each(CONFIGURED)("%s", async (id) => {
    const ill = await probedSite();
    turnOn(ill.site, id);
    const said = SAID[id] ?? [];
    for (const line of ["audit --gate demo --json", "audit --all --json"]) {
      const { stdout, exitCode } = await ill.run(line);
      const { findings } = JSON.parse(stdout) as { findings: Finding[] };
      expect([...new Set(findings.map((finding) => finding.id))]).toEqual(said);
      expect(exitCode).toBe(said.length > 0 ? 1 : 0);
      for (const { id: of, setting } of findings.filter(({ id: of }) => !WITHOUT_SETTING.has(of))) {
        expect(setting?.terraform, of).toMatch(/^# aws_cloudfront_distribution E\w+/);
        expect(setting?.cloudFormation, of).toMatch(
          /^# AWS::CloudFront::Distribution E\w+, in DistributionConfig/,
        );
      }
    }
  });
});
