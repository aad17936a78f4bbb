/** The running signer against the gate: the demo application mints, and the gate declares something else. */
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
  ])("finds %s than declared", async (_, yaml, id) => {
    const ill = await probedSite({ yaml });
    const { stdout, exitCode } = await ill.run(LINE);
    expect(idsIn(stdout)).toContain(id);
    expect(exitCode).toBe(1);
  });

  it("finds a signer that still uses a key that the secret no longer holds", async () => {
    const ill = await probedSite();
    turnOn(ill.site, "signer-until-restart");
    // Each of the two instances reads the key once, and keeps it.
    await ill.run("audit --credentials guest.txt");
    await ill.run("audit --credentials guest.txt");
    const keyPairId = addKey(ill, "other.pem");
    putSecret(ill, { keyPairId, privateKey: ill.world.files.text("other.pem") });
    await ill.world.clock.advance(60);
    expect(idsIn((await ill.run(LINE)).stdout)).toContain("cookie-key-pair-id-differs");
  });

  it("reports when the signers were not checked", async () => {
    const well = await probedSite();
    expect((await well.run("audit")).stdout).toContain("not checked: the cookies of running signers");
    const asked = await well.run("audit --credentials guest.txt");
    expect(asked.stdout).not.toContain("not checked");
    expect(asked.stdout + asked.stderr).not.toContain("guest-in-the-sandbox");
  });
});
