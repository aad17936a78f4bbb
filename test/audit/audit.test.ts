/**
 * The healthy account has no finding, and each fault has exactly its own. Then the same for a second list of faults,
 * written independently.
 */
import { DeletePublicKeyCommand, GetPublicKeyCommand } from "@aws-sdk/client-cloudfront";
import { describe, expect, it } from "vitest";
import { GATE_CHECKS } from "../../src/audit/audit.ts";
import { ACCOUNT_CHECKS } from "../../src/audit/checks/account.ts";
import type { Finding } from "../../src/finding.ts";
import { auditOf, type Faults, makeAccount, pair, trusting, uploadKey } from "./account.ts";
import { behavior, FAULTS, insertBefore } from "./faults.ts";
import { SECOND_LIST, TITLES } from "./second-list.ts";

const audited = new Map<Faults, Promise<Finding[]>>();

/** The lists share faults, so each fault is audited once. */
function auditWith(faults: Faults): Promise<Finding[]> {
  const known = audited.get(faults) ?? makeAccount(faults).then((account) => auditOf(account, faults));
  audited.set(faults, known);
  return known;
}

/** An open rotation is also a reason to log cookies. */
const withWhatFollows = (id: string) => (id === "rotation-open" ? [id, "cookie-logging-off"] : [id]);

describe("audit", () => {
  it("finds nothing in a healthy account", async () => {
    expect(await auditOf(await makeAccount())).toEqual([]);
  });

  it.each(FAULTS)("finds only $id if $name", async (fault) => {
    const findings = await auditWith(fault);
    expect([...new Set(findings.map((finding) => finding.id))]).toEqual(withWhatFollows(fault.id));
    for (const { evidence, remedy, message } of findings) {
      expect(message).not.toMatch(/undefined|NaN/);
      expect(`${evidence.join(" ")} ${remedy}`).not.toMatch(/undefined|NaN|PRIVATE KEY/);
      expect(remedy).toBeDefined();
    }
  });

  it("suggests the fix for an open route's own behavior, or for one ahead of it", async () => {
    const remedyOf = async (fault: Faults) =>
      (await auditWith(fault)).find(({ id }) => id === "route-unprotected");
    const own = await remedyOf(FAULTS.find(({ id }) => id === "route-unprotected") ?? {});
    expect(own?.remedy).toMatch(/^add key group \S+ to behavior \/api\/\* of \S+$/);
    const ahead = await remedyOf({
      config: (config) =>
        insertBefore(config, { ...behavior(config, "/api/*"), ...trusting(), PathPattern: "/a*" }),
    });
    expect(ahead?.remedy).toMatch(
      /^on \S+, move behavior \/api\/\* ahead of \/a\*, or add key group \S+ to \/a\* too$/,
    );
    const terraform = ahead?.setting?.terraform ?? "";
    expect(terraform.indexOf('"/api/*"')).toBeGreaterThan(0);
    expect(terraform.indexOf('"/a*"')).toBeGreaterThan(terraform.indexOf('"/api/*"'));
    expect(ahead?.setting?.cloudFormation).toMatch(/PathPattern: "?\/api\/\*[\s\S]*PathPattern: "?\/a\*/);
  });

  it("names the command that accepts a stale field, and what to do if a program reads it", async () => {
    const [stale] = await auditWith(FAULTS.find(({ id }) => id === "secret-field-stale") ?? {});
    expect(stale?.remedy).toMatch(
      /if no program reads it: `keyturn rotate plan --gate \w+ --leaves-stale note`; otherwise .* remove it/,
    );
  });

  it("does not report a key of field-level encryption as unused", async () => {
    const account = await makeAccount({
      after: async ({ account: { cloudFront: model }, cloudFront, clock }) => {
        const id = await uploadKey(cloudFront, pair(1).publicKey, "form-fields");
        model.fieldEncryptionProfiles = [{ id: "P1", name: "forms", publicKeyIds: [id] }];
        await clock.advance(2 * 3600);
        const { ETag } = await cloudFront.send(new GetPublicKeyCommand({ Id: id }));
        const refused = cloudFront.send(new DeletePublicKeyCommand({ Id: id, IfMatch: ETag }));
        await expect(refused).rejects.toThrow("field level encryption profile");
      },
    });
    expect(await auditOf(account)).toEqual([]);
  });

  it("has a test fault for every check", () => {
    const checks = [...GATE_CHECKS, ...ACCOUNT_CHECKS].map(({ id }) => id);
    expect(new Set(checks).size).toBe(checks.length);
    const proven = new Set(FAULTS.map(({ id }) => id));
    expect(checks.filter((id) => !proven.has(id))).toEqual([]);
  });
});

describe("the second list of faults", () => {
  it("is run completely", () => {
    expect(Object.keys(SECOND_LIST).map(Number)).toEqual([...TITLES.keys()]);
  });

  const cases = Object.entries(SECOND_LIST).map(
    ([number, [faults, ...says]]) => [TITLES.get(Number(number)), faults, says] as const,
  );
  it.each(cases)("%s", async (_, faults, says) => {
    const found = (await auditWith(faults)).map(({ id }) => id);
    expect(found.filter((id) => says.includes(id))).not.toEqual([]);
  });
});
