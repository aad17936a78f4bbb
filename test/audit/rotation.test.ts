/** The audit before, during and after real rotations: what keyturn leaves behind must be what the audit calls healthy. */
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/finding.ts";
import { type ProbedSite, probedSite } from "../probe/fault-site.ts";

async function findings(site: ProbedSite): Promise<Finding[]> {
  const { stdout } = await site.run("audit --all --json");
  return (JSON.parse(stdout) as { findings: Finding[] }).findings;
}

describe("audit and rotation", () => {
  it("finds an open rotation and nothing that is part of it, and nothing after its end", {
    timeout: 240_000,
  }, async () => {
    const site = await probedSite();
    expect((await site.run("rotate start --yes")).exitCode).toBe(8);
    const [only, ...others] = await findings(site);
    expect(only?.id).toBe("rotation-open");
    expect(only?.remedy).toBe("keyturn rotate status --gate demo");
    expect(others).toEqual([]);

    expect((await site.run("rotate abort --yes --wait")).exitCode).toBe(0);
    expect(await findings(site)).toEqual([]);

    expect((await site.run("rotate start --yes --wait")).exitCode).toBe(0);
    expect(await findings(site)).toEqual([]);
  });
});
