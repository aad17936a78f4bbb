/**
 * The cookies of a running signer compared with the gate: the demo application mints, and the gate declares something
 * else.
 */
import { describe, expect, it } from "vitest";
import { addKey, probedSite, putSecret, turnOn } from "../probe/fault-site.ts";

const idsIn = (stdout: string): string[] => {
  const { findings } = JSON.parse(stdout) as { findings: { id: string }[] };
  return findings.map(({ id }) => id);
};
const LINE = "audit --credentials guest.txt --json";

describe("audit --credentials", () => {
  it("finds nothing if the signer mints as declared", async () => {
    const well = await probedSite();
    const { stdout, exitCode } = await well.run(LINE);
    expect(idsIn(stdout)).toEqual([]);
    expect(exitCode).toBe(0);
  });

  it.each([
    [
      "a longer life",
      (yaml: string) => yaml.replace("maxTtl: 30s", "maxTtl: 10s").replace(" ttl: 30s", " ttl: 10s"),
      "policy-outlives-gate",
    ],
    [
      "another Domain",
      (yaml: string) => yaml.replace("domain: keyturn.localhost", "domain: app.keyturn.localhost"),
      "cookie-domain-differs",
    ],
    [
      "another host",
      (yaml: string) => yaml.replace("resource: https://app.", "resource: https://alt."),
      "policy-host-differs",
    ],
    ["another Path", (yaml: string) => yaml.replace("path: /\n", "path: /media\n"), "cookie-path-differs"],
  ])("finds cookies with %s than declared", async (_, yaml, id) => {
    const ill = await probedSite({ yaml });
    const { stdout, exitCode } = await ill.run(LINE);
    expect(idsIn(stdout)).toContain(id);
    expect(exitCode).toBe(1);
  });

  it("finds a signer that still uses a key that the secret no longer holds", async () => {
    const ill = await probedSite();
    turnOn(ill.site, "signer-until-restart");
    // Each of the two instances reads the key once and keeps it.
    await ill.run("audit --credentials guest.txt");
    await ill.run("audit --credentials guest.txt");
    const keyPairId = addKey(ill, "other.pem");
    putSecret(ill, { keyPairId, privateKey: ill.world.files.text("other.pem") });
    await ill.world.clock.advance(60);
    expect(idsIn((await ill.run(LINE)).stdout)).toContain("cookie-key-pair-id-differs");
  });

  it("reports when the signers were not checked", async () => {
    const well = await probedSite();
    const { stdout } = await well.run("audit");
    expect(stdout).toContain("not checked: the cookies of running signers");
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "not checked: whether an origin answers without the edge (`keyturn probe --gate demo`)",
    );
    const asked = await well.run("audit --credentials guest.txt");
    expect(asked.stdout).not.toContain("not checked: the cookies");
    expect(asked.stdout + asked.stderr).not.toContain("guest-in-the-sandbox");
  });
});

describe("audit with KEYTURN_CREDENTIALS_FILE", () => {
  const withFile = { env: { KEYTURN_CREDENTIALS_FILE: "guest.txt" } };

  it("logs in as triage does, and finds the same as with --credentials", async () => {
    const ill = await probedSite({
      ...withFile,
      yaml: (yaml) => yaml.replace("resource: https://app.", "resource: https://alt."),
    });
    const { stdout, exitCode } = await ill.run("audit --json");
    expect(idsIn(stdout)).toContain("policy-host-differs");
    expect(JSON.parse(stdout).result.askedSigners).toBe(true);
    expect(exitCode).toBe(1);
  });

  it("prefers --credentials to the variable's file", async () => {
    const well = await probedSite({ env: { KEYTURN_CREDENTIALS_FILE: "no-such-file.txt" } });
    expect((await well.run(LINE)).exitCode).toBe(0);
    const both = await well.run("audit --credentials guest.txt --credentials-command true");
    expect([both.exitCode, both.stderr]).toEqual([2, expect.stringContaining("cannot be combined")]);
  });

  it("skips a gate without a mint endpoint, and says so", async () => {
    const well = await probedSite({
      ...withFile,
      yaml: (yaml) => yaml.replace(/^ *mintEndpoint: .*\n/m, ""),
    });
    const { stdout, exitCode } = await well.run("audit");
    expect(stdout).toContain("not checked: the cookies of running signers");
    expect(exitCode).toBe(0);
  });

  it("continues if the login fails or nothing answers, since the account may be for another gate", async () => {
    const well = await probedSite(withFile);
    well.world.files.put("guest.txt", "stranger\nwrong\n", 0o600);
    const refused = await well.run("audit");
    expect(refused.stderr).toContain("gate demo: its running signers were not tested");
    expect(refused.stdout).toContain("not checked: the cookies of running signers");
    expect(refused.exitCode).toBe(0);
    const always = Number.POSITIVE_INFINITY;
    well.site.account.faults.order({ on: "edge", kind: "drop-before", times: always });
    well.site.account.faults.order({ on: "origin", kind: "drop-before", times: always });
    const silent = await well.run("audit");
    expect(silent.stderr).toContain("gate demo: its running signers were not tested");
    expect(silent.exitCode).toBe(0);
    expect((await well.run("audit --credentials guest.txt")).exitCode).toBe(6);
  });
});
