/** The sandbox's configuration faults: its API shows the wrong settings, so the audit finds them. */
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/finding.ts";
import { EDGE_FAULTS, type EdgeFault } from "../../src/sandbox/edge/edge-faults.ts";
import { probedSite, turnOn } from "../probe/fault-site.ts";

/** The findings expected for the demo gate; none if the settings are still good. */
const SAID: Readonly<Record<string, readonly string[]>> = {
  "error-page-same-status": ["error-page-masks-denial"],
  "error-page-200": ["error-page-masks-denial"],
  "behavior-unprotected": ["route-unprotected", "canary-unprotected"],
  "behavior-shadowed": ["route-unprotected", "route-shadowed"],
  "http-allowed": ["http-allowed"],
  "alias-missing": ["canary-host-foreign"],
  // The gate declares only GET and HEAD.
  "methods-narrowed": [],
  "http-refused": [],
  // A distribution's configuration does not show its tenants, or what a web ACL or a function does.
  "multi-tenant": [],
  "waf-block": [],
  "geo-block": [],
  "edge-function-403": [],
};

const CONFIGURED = Object.entries<EdgeFault>(EDGE_FAULTS)
  .filter(([, { configure }]) => configure !== undefined)
  .map(([id]) => id);

/** Findings that have no setting in AWS to change. */
const WITHOUT_SETTING: ReadonlySet<string> = new Set(["canary-unprotected"]);

describe("audit of the sandbox with a configuration fault", () => {
  it("has an expectation for every fault", () => {
    expect(Object.keys(SAID).toSorted()).toEqual(CONFIGURED.toSorted());
  });

  it.each(CONFIGURED)("%s has exactly the expected findings", async (id) => {
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
