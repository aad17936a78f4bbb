/** `keyturn audit` on the command line: what it prints, its exit codes, and the files it writes. */
import { beforeAll, describe, expect, it } from "vitest";
import { makeAccount, makeGroup, pair, type TestAccount, uploadKey } from "../audit/account.ts";
import { FAULTS } from "../audit/faults.ts";
import { worldOf } from "../audit/gate-yaml.ts";
import { memoryWorld, runCommand } from "../fakes/memory-world.ts";

describe("keyturn audit", () => {
  let healthy: TestAccount;
  let faulty: TestAccount;
  beforeAll(async () => {
    healthy = await makeAccount();
    faulty = await makeAccount({
      config: (config) => {
        for (const item of config.CacheBehaviors?.Items ?? []) item.ViewerProtocolPolicy = "allow-all";
        Object.assign(config.Logging ?? {}, { IncludeCookies: true });
      },
    });
  });

  it("reports a healthy gate as declared, and exits with 0", async () => {
    const { stdout, stderr, exitCode } = await runCommand(["audit"], worldOf(healthy));
    expect(stdout).toContain("gate web");
    expect(stdout).toContain("as declared");
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
  });

  it("prints findings with what to do, and exits with 1", async () => {
    const { stdout, exitCode } = await runCommand(["audit"], worldOf(faulty));
    expect(stdout).toContain("error http-allowed");
    expect(stdout).toContain("warning logs-hold-cookies");
    expect(exitCode).toBe(1);
    for (const line of stdout.split("\n")) expect(line.startsWith("http")).toBe(false);
  });

  it.each([
    ["never", 0],
    ["error", 1],
    ["warning", 1],
    ["note", 1],
  ])("with --fail-on %s exits with %i", async (severity, code) => {
    const { exitCode } = await runCommand(["audit", "--fail-on", severity], worldOf(faulty));
    expect(exitCode).toBe(code);
  });

  it("exits with 0 if every finding is milder than --fail-on", async () => {
    const mild = await makeAccount({
      config: (config) => Object.assign(config.Logging ?? {}, { IncludeCookies: true }),
    });
    expect((await runCommand(["audit", "--fail-on", "error"], worldOf(mild))).exitCode).toBe(0);
    expect((await runCommand(["audit", "--fail-on", "warning"], worldOf(mild))).exitCode).toBe(1);
  });

  it("lists keys, where they are used, and quotas", async () => {
    const { stdout } = await runCommand(["audit", "--all", "--inventory"], worldOf(healthy));
    expect(stdout).toContain("signs for web");
    expect(stdout).toContain("1 of 10");
    expect(stdout).toContain("SHA256:");
    expect(stdout).toMatch(/^web, gate web\n {2}holds K\w+\n {2}trusted by E\w+$/m);
  });

  it("keeps the list of keys within 80 columns, however long their names are", async () => {
    const name = "production-eu-customer-portal-cookie-signers";
    const crowded = await makeAccount({
      after: async ({ cloudFront }) => {
        const key = await uploadKey(cloudFront, pair(1).publicKey, `${name}-2026-01`);
        for (const end of ["a", "b"]) await makeGroup(cloudFront, `${name}-${end}`, [key]);
      },
    });
    const { stdout } = await runCommand(["audit", "--inventory"], worldOf(crowded));
    expect(stdout).toContain(`in ${name}-a,\n    ${name}-b\n`);
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("prints one JSON document with the findings", async () => {
    const { stdout } = await runCommand(["audit", "--json", "--inventory"], worldOf(faulty));
    const { command, outcome, result, findings } = JSON.parse(stdout);
    expect({ command, outcome }).toEqual({ command: "audit", outcome: "finding" });
    expect(result.gates[0]).toMatchObject({ name: "web", errors: 2, warnings: 1, notes: 0 });
    expect(result.inventory[0].keys[0].signsFor).toEqual(["web"]);
    expect(findings).toHaveLength(3);
  });

  it("writes Markdown into a new file, and annotations in Actions", async () => {
    const env = { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: "summary.md" };
    const world = worldOf(faulty, { env });
    const { stderr } = await runCommand(["audit", "--report", "md=audit.md"], world);
    expect(world.files.text("audit.md")).toContain("**error `http-allowed`**");
    expect(world.files.text("summary.md")).toBe(world.files.text("audit.md"));
    expect(stderr).toMatch(/^wrote audit\.md$/m);
    expect(stderr).toMatch(/^::error title=keyturn http-allowed%3A gate web/m);
  });

  it("refuses an existing file for the report before any call to AWS", async () => {
    const asked: string[] = [];
    const { faults } = healthy.account;
    faults.onCall(({ operation }) => void asked.push(operation));
    const world = worldOf(healthy);
    world.files.put("audit.md", "mine");
    const { stderr, exitCode } = await runCommand(["audit", "--report", "md=audit.md"], world);
    expect(exitCode).toBe(3);
    expect(stderr).toContain("[ERR_FILE_EXISTS]");
    expect(asked).toEqual([]);
    expect(world.files.text("audit.md")).toBe("mine");
  });

  it("counts a gate's findings on its line, including a full key group", async () => {
    const full = FAULTS.find(({ id }) => id === "key-group-full");
    const { stdout } = await runCommand(["audit"], worldOf(await makeAccount(full)));
    expect(stdout).toContain("warning key-group-full (gate web, ");
    expect(stdout).toMatch(/gate web .* 1 warning$/m);
  });

  it("lists its checks without calling AWS", async () => {
    const { stdout, exitCode } = await runCommand(["audit", "--checks"], memoryWorld());
    expect(stdout).toMatch(/^route-unprotected {2}error\n {4}requests for a protected route/);
    expect(stdout.match(/^\S/gm)?.length).toBeGreaterThan(50);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect(exitCode).toBe(0);
  });

  it("never shows a private key", async () => {
    const { stdout, stderr } = await runCommand(["audit", "--all", "--inventory", "--json"], worldOf(faulty));
    expect(stdout + stderr).not.toContain("PRIVATE KEY");
  });
});
