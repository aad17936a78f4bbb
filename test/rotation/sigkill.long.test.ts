/** A real process, killed once at every stage; the next process continues from the state in AWS. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { STAGES, type Stage } from "../../src/rotation/stage.ts";
import { ConsoleWorld } from "../runbooks/console.ts";

const PROGRAM = join(resolve(import.meta.dirname, "../.."), "bin/keyturn.js");

describe("a rotation survives kill -9", () => {
  const world = new ConsoleWorld();
  beforeAll(() => world.start(["--propagation", "0s", "--cookie-ttl", "2s", "--signer-cache", "1s"]));
  afterAll(() => world.stop());

  /** Resolves once the process is dead: killed at its first line of the stage, or ended by itself. */
  async function killAt(stage: Stage, argv: readonly string[]): Promise<NodeJS.Signals | null> {
    const child: ChildProcess = spawn(process.execPath, [PROGRAM, "rotate", ...argv], {
      env: world.env,
      cwd: world.folder,
    });
    const ended = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
    child.stdout?.resume();
    for await (const line of createInterface({
      input: child.stderr as NonNullable<ChildProcess["stderr"]>,
    })) {
      if (line.includes(` ${stage}: `)) child.kill("SIGKILL");
    }
    return (await ended)[1];
  }

  it("at every stage, and finishes", async () => {
    const killed: Stage[] = [];
    for (const stage of STAGES) {
      const argv = stage === STAGES[0] ? ["start", "--yes", "--wait"] : ["resume", "--wait"];
      if ((await killAt(stage, argv)) === "SIGKILL") killed.push(stage);
    }
    expect(killed).toEqual(STAGES);
    const { exitCode, output } = await world.run("keyturn rotate resume --gate demo --wait");
    expect(exitCode, output).toBe(0);
    expect(output).toContain("only the new key is trusted, and it signs");
    const status = await world.run("keyturn rotate status --gate demo --json");
    expect(JSON.parse(status.output).result.startedBy.host).toContain(hostname());
  });
});
