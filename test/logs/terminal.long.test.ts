/** Ctrl-C on a real terminal while logs are fetched or Athena runs: no files stay here, and no query runs on there. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { systemClock } from "../../src/adapters/clock.ts";
import { cryptoKeyPairs } from "../../src/adapters/key-pair-source.ts";
import { openLogWorkspace } from "../../src/adapters/logs/log-workspace.ts";
import { systemRandom } from "../../src/adapters/random.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import { needs } from "../fakes/needs.ts";
import { TmuxTerminal } from "../fakes/tmux.ts";
import { gz, v1Text } from "./lines.ts";
import { ordinaryTraffic, T0 } from "./planted.ts";

const text = (at: number) => new Date(at * 1000).toISOString();
const PERIOD = `--from ${text(T0)} --to ${text(T0 + 3 * 3600)} --gate demo`;

needs("tmux", "bash")("Ctrl-C on a terminal", () => {
  let folder: string;
  let copies: string;
  let sandbox: Sandbox;
  let env: Record<string, string>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "keyturn-test-terminal-"));
    copies = join(folder, "tmp");
    mkdirSync(copies);
    sandbox = await startSandbox({
      ...{ clock: systemClock, random: systemRandom, keyPairs: cryptoKeyPairs },
      account: { logs: { workspace: (asked) => openLogWorkspace(asked, new AbortController().signal) } },
    });
    const config = join(folder, "keyturn.yaml");
    writeFileSync(config, sandbox.gateYaml);
    env = { ...sandbox.awsEnv, KEYTURN_CONFIG: config, TMPDIR: copies, HOME: folder, KEYTURN_PAGER: "cat" };
    for (const hour of ["10", "11"]) {
      const key = `${sandbox.ids.distributionId}.2026-11-28-${hour}.0a1b2c3d.gz`;
      sandbox.account.logStore.put("demo-logs", key, gz(v1Text(ordinaryTraffic())), T0);
    }
  });
  afterAll(async () => {
    await sandbox.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    expect(readdirSync(copies)).toEqual([]);
  });

  it("removes the folder of fetched objects while S3 is read", async () => {
    let release: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const off = sandbox.account.faults.onCall(async ({ operation }) => {
      if (operation === "GetObject") await held;
    });
    try {
      const seen = await new TmuxTerminal(folder).run(`logs ${PERIOD}`, env, async (terminal) => {
        await terminal.shows(/2 log files/);
        expect(readdirSync(copies)).toHaveLength(1);
        await terminal.type("C-c");
      });
      expect(seen.exitCode).toBe(130);
      expect(readdirSync(copies)).toEqual([]);
    } finally {
      release();
      off();
    }
  });

  it("stops the query in Athena while it runs", async () => {
    const { athena } = sandbox.account;
    expect((await new TmuxTerminal(folder).run("logs --ddl --gate demo --yes", env)).exitCode).toBe(0);
    athena.slowness = 3600;
    const line = `logs denials --engine athena ${PERIOD}`;
    const seen = await new TmuxTerminal(folder).run(line, env, async (terminal) => {
      await terminal.shows(/Athena: query 1 is running/);
      while (athena.queries.at(-1)?.sql.startsWith("CREATE"))
        await new Promise((later) => setTimeout(later, 50));
      await terminal.type("C-c");
    });
    expect(seen.exitCode).toBe(130);
    expect(athena.queries.at(-1)?.state).toBe("CANCELLED");
    expect(existsSync(copies) && readdirSync(copies)).toEqual([]);
  });
});
