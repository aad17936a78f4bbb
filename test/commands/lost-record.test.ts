/**
 * A rotation that somebody "aborted" by hand, by deleting its record and removing the wrong key from the group. Every
 * command that shows the gate's state reports this, and the printed commands repair it.
 */
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/finding.ts";
import type { TriageResult } from "../../src/report/triage.ts";
import { runCommand, words } from "../fakes/memory-world.ts";
import { FOREIGN_ACTS, itemsOf } from "../rotation/closure/acts.ts";
import { siteWorld } from "../rotation/site-world.ts";

const SETTINGS = { cookieTtl: 12, signerCache: 4, settle: 6, propagation: 4 } as const;
const REBUILD = "keyturn rotate resume --gate demo --rebuild-record";

async function abortedByHand() {
  const world = await siteWorld({ settings: SETTINGS });
  const [oldId = ""] = itemsOf(world);
  const operator = world.operator();
  const type = (line: string) => runCommand(words(line.replace(/^keyturn /, "")), operator);
  await type("rotate start --gate demo --key-type ecdsa-p256 --yes --wait --until trust-proven");
  FOREIGN_ACTS.find(({ name }) => name === "force-deletes the record")?.strike(world);
  const [newId = ""] = itemsOf(world).filter((id) => id !== oldId);
  const { account, ids } = world.site;
  const { config, etag } = account.cloudFront.keyGroups.get(ids.keyGroupId);
  account.cloudFront.keyGroups.update(ids.keyGroupId, etag, { ...config, items: [newId] });
  await world.clock.advance(30);
  const triaged = async () => {
    const { stdout, exitCode } = await type("triage --json");
    const [gate] = (JSON.parse(stdout).result as TriageResult).gates;
    return { ...gate, exitCode };
  };
  const audited = async (): Promise<readonly Finding[]> =>
    JSON.parse((await type("audit --gate demo --json")).stdout).findings;
  return { world, type, triaged, audited, oldId, newId };
}

describe("an open rotation whose record is gone", () => {
  it("is reported by the audit as such, not as leftover labels and a leftover key", async () => {
    const { audited } = await abortedByHand();
    const findings = await audited();
    expect(findings.find(({ id }) => id === "rotation-record-lost")).toMatchObject({
      severity: "error",
      remedy: REBUILD,
      message: expect.stringMatching(/^rotation \d{8}-\w{6} was open, and its record is gone/),
    });
    expect(findings.map(({ id }) => id)).not.toContain("rotation-labels-left");
    expect(findings.map(({ id }) => id)).not.toContain("key-left-in-group");
  });

  it("is repaired by running the printed commands, which leave nothing behind", async () => {
    const { world, type, triaged, audited, oldId } = await abortedByHand();
    const first = await triaged();
    expect(first).toMatchObject({
      verdict: "closed-to-everybody",
      next: `keyturn keys trust ${oldId} --gate demo`,
    });
    expect(first.causes).toContain("rotation-record-lost");
    await type(`${first.next} --yes`);
    await world.clock.advance(30);
    const second = await triaged();
    expect(second).toMatchObject({ verdict: "degraded", exitCode: 1, next: REBUILD });
    expect(second.causes?.[0]).toBe("rotation-record-lost");
    await type(`${second.next} --yes`);
    const back = await type("keyturn rotate abort --gate demo --wait --yes");
    expect(back.exitCode).toBe(0);
    expect(itemsOf(world)).toEqual([oldId]);
    expect(await triaged()).toMatchObject({ verdict: "healthy", exitCode: 0 });
    expect((await audited()).filter(({ severity }) => severity !== "note")).toEqual([]);
  });

  it("is rebuilt only after every write of the resumed rotation is listed", async () => {
    const { world, oldId, newId } = await abortedByHand();
    const terminal = world.operator({ answers: ["demo", "no"] });
    const { stderr } = await runCommand(words(REBUILD.replace("keyturn ", "")), terminal);
    const asked = stderr.replace(/\s+/g, " ").split("Type demo to continue: ")[1];
    const group = world.site.ids.keyGroupId;
    for (const line of [
      `put ${oldId} and ${newId} into key group ${group} where missing, with the epoch in its Comment`,
      `make ${newId} the signing key in secret demo/cloudfront-signing-key, once the edge is proven`,
      `stop trusting ${oldId}, once its last cookie has expired`,
      `delete public key ${oldId}`,
      "release the rotation's labels in secret demo/cloudfront-signing-key, and close its record",
    ]) {
      expect(asked).toContain(line);
    }
  });

  it("is shown by rotate status with who rebuilt its record, and that nobody knows who opened it", async () => {
    const { type } = await abortedByHand();
    await type(`${REBUILD} --yes`);
    const { stdout } = await type("rotate status --gate demo");
    expect(stdout.replace(/\s+/g, " ")).toMatch(
      /opened 2027-01-15T08:00:\S+ \([^)]+ ago\) by unknown: its record was lost, and rebuilt by \S.* at 2027-01-15T08:0\d:\d\dZ old key/,
    );
    const { result } = JSON.parse((await type("rotate status --gate demo --json")).stdout);
    expect(result.startedBy).toEqual({});
    expect(result.rebuilt).toEqual({
      at: expect.stringMatching(/^2027-01-15T08:0/),
      host: "operator-1@laptop",
    });
  });

  it("makes refused commands name the command that rebuilds the record, and the id's page", async () => {
    const { type } = await abortedByHand();
    for (const line of ["secret release-labels --gate demo --yes", "rotate status --gate demo"]) {
      const { exitCode, stderr } = await type(line);
      expect(exitCode).toBe(7);
      expect(stderr).toContain(`hint: ${REBUILD}\n`);
      expect(stderr).toContain("hint: keyturn explain rotation-record-lost\n");
      expect(stderr).not.toMatch(/keyturn (audit|triage|secret release-labels)/);
    }
    expect((await type("explain rotation-record-lost")).stdout).toContain("--rebuild-record");
  });

  it("is rebuilt after a second question; if the answer is no, prints what was done and how to go back", async () => {
    const { world } = await abortedByHand();
    const asked = world.direct(undefined, { answers: ["demo", "no"] });
    const { stderr, exitCode } = await runCommand(words(REBUILD.replace(/^keyturn /, "")), asked);
    expect(exitCode).toBe(7);
    const said = stderr.replace(/\s+/g, " ");
    expect(said).toMatch(/then ask again before the rotation goes forward.*Type demo to continue: demo/);
    expect(said).toContain("not confirmed; the record is rebuilt, and nothing else was changed");
    expect(stripVTControlCharacters(stderr)).toContain("hint: keyturn rotate abort --gate demo --wait");
    const status = await runCommand(words("rotate status --gate demo"), world.operator());
    expect(status.stdout).toContain("keyturn rotate abort --gate demo --wait");
  });
});
