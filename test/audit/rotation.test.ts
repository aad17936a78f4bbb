/** The audit before, during and after real rotations: it must find nothing wrong with what keyturn leaves behind. */
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/finding.ts";
import { type ProbedSite, probedSite } from "../probe/fault-site.ts";
import { auditOf, makeAccount } from "./account.ts";
import { putRecord } from "./faults.ts";

async function findings(site: ProbedSite): Promise<Finding[]> {
  const { stdout } = await site.run("audit --all --json");
  return (JSON.parse(stdout) as { findings: Finding[] }).findings;
}

describe("audit of a rotation", () => {
  it("reports the open rotation but not its parts, and nothing once it is over", async () => {
    const site = await probedSite();
    expect((await site.run("rotate start --yes")).exitCode).toBe(8);
    const [only, ...others] = await findings(site);
    expect(only).toMatchObject({ id: "rotation-open", severity: "note" });
    expect(only?.remedy).toBe("keyturn rotate status --gate demo");
    // A note that cookie logging would tell more about the rotation.
    expect(others.map(({ id }) => id)).toEqual(["cookie-logging-off"]);

    expect((await site.run("rotate abort --yes --wait")).exitCode).toBe(0);
    expect(await findings(site)).toEqual([]);

    expect((await site.run("rotate start --yes --wait")).exitCode).toBe(0);
    expect(await findings(site)).toEqual([]);
  });

  it("reports an open rotation as a note until a day after its expected end, then as a warning", async () => {
    // 2 x 15 min of settling, 1 h for cookies, 5 min for the signer's cache, 1 min for skew, and a day.
    const due = 2 * 900 + 3600 + 300 + 60 + 86_400;
    const severities = [due - 1, due, due + 1].map(async (age) => {
      const [found] = await auditOf(
        await makeAccount({
          after: (account) => putRecord(account, { openedAt: account.clock.now() - age }),
        }),
      );
      return found?.severity;
    });
    expect(await Promise.all(severities)).toEqual(["note", "note", "warning"]);
  });
});
