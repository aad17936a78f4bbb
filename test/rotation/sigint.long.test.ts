/**
 * A real process and real signals: the first signal awaits the call in flight and journals it, the second exits at
 * once.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConsoleWorld } from "../runbooks/console.ts";

const PROGRAM = join(resolve(import.meta.dirname, "../.."), "bin/keyturn.js");

describe("a rotation whose call to CloudFront hangs", () => {
  let world: ConsoleWorld;
  beforeEach(async () => {
    world = new ConsoleWorld();
    await world.start(["--propagation", "0s", "--cookie-ttl", "2s", "--signer-cache", "1s"]);
    const hangs = { on: "cloudfront", operation: "UpdateKeyGroup", kind: "delay", seconds: 3600 };
    await fetch(`${world.env.AWS_ENDPOINT_URL_CLOUDFRONT}/_sandbox/faults`, {
      method: "POST",
      body: JSON.stringify(hangs),
    });
  });
  afterEach(() => world.stop());

  /** Resolves once the call has arrived at the server, which leaves it unanswered for an hour. */
  async function isHanging(): Promise<void> {
    const url = `${world.env.AWS_ENDPOINT_URL_CLOUDFRONT}/_sandbox/faults`;
    for (;;) {
      const left = (await (await fetch(url)).json()) as readonly unknown[];
      if (left.length === 0) return;
    }
  }

  /** Interrupts it `times` times; the second time only after it has acknowledged the first. */
  async function interrupt(times: 1 | 2) {
    const child: ChildProcess = spawn(process.execPath, [PROGRAM, "rotate", "start", "--yes", "--wait"], {
      env: world.env,
      cwd: world.folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    const ended = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
    const lines: string[] = [];
    const read = (async () => {
      for await (const line of createInterface({ input: child.stderr as NonNullable<typeof child.stderr> })) {
        lines.push(line);
        if (times === 2 && line.startsWith("interrupted: ")) child.kill("SIGINT");
      }
    })();
    await isHanging();
    child.kill("SIGINT");
    const [code, signal] = await ended;
    await read;
    return { code, signal, lines };
  }

  /** The last line of the process's journal. */
  function lastEntry(): Readonly<Record<string, unknown>> {
    const folder = join(world.folder, "keyturn");
    const [file = ""] = readdirSync(folder).filter((name) => name.startsWith("rotation-"));
    const lines = readFileSync(join(folder, file), "utf8").trim().split("\n");
    return JSON.parse(lines.at(-1) ?? "{}");
  }

  it("prints what it waits for after one SIGINT, abandons the call after the grace period, journals it, and exits 130", async () => {
    const { code, lines } = await interrupt(1);
    expect(code).toBe(130);
    // The line that names what it waits for is printed in between, after 3 s.
    const said = lines.filter(
      (line) => !line.startsWith("waiting for cloudfront:UpdateKeyGroup on key group "),
    );
    expect(said.slice(-3)).toEqual([
      "interrupted: waiting up to 5 s for the call in flight; interrupt again to quit at once",
      "error: interrupted by SIGINT [ERR_INTERRUPTED]",
      "hint: keyturn rotate resume --gate demo --wait",
    ]);
    expect(lastEntry()).toMatchObject({ step: "key-trusted", act: "write-group", outcome: "interrupted" });
  });

  it("is killed at once by a second SIGINT, which a shell reports as 130", async () => {
    const { code, signal, lines } = await interrupt(2);
    expect([code, signal]).toEqual([null, "SIGINT"]);
    expect(lines.at(-1)).toMatch(/^interrupted: /);
    expect(lastEntry()).toMatchObject({ act: "store-copy", outcome: "done" });
  });
});
