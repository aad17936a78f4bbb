/** The healthy account has no finding, and each fault exactly its own. */
import { describe, expect, it } from "vitest";
import { GATE_CHECKS } from "../../src/audit/audit.ts";
import { ACCOUNT_CHECKS } from "../../src/audit/checks/account.ts";
import { auditOf, makeAccount } from "./account.ts";
import { FAULTS } from "./faults.ts";

describe("audit", () => {
  it("finds nothing in a healthy account", async () => {
    expect(await auditOf(await makeAccount())).toEqual([]);
  });

  it.each(FAULTS)("finds $id, and nothing else: $name", async ({ id, ...faults }) => {
    const findings = await auditOf(await makeAccount(faults), faults);
    expect([...new Set(findings.map((finding) => finding.id))]).toEqual([id]);
    for (const { evidence, remedy, message } of findings) {
      expect(message).not.toMatch(/undefined|NaN/);
      expect(`${evidence.join(" ")} ${remedy}`).not.toMatch(/undefined|NaN|PRIVATE KEY/);
      expect(remedy).toBeDefined();
    }
  });

  it("has a fault for every check", () => {
    const checks = [...GATE_CHECKS, ...ACCOUNT_CHECKS].map(({ id }) => id);
    expect(new Set(checks).size).toBe(checks.length);
    const proven = new Set(FAULTS.map(({ id }) => id));
    expect(checks.filter((id) => !proven.has(id))).toEqual([]);
  });
});
