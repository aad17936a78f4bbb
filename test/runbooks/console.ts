/** Runs the console blocks of a page in a shell next to a sandbox, as a reader would, and compares what they print. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Gate } from "../../src/gates/gate.ts";
import { parseGates } from "../../src/gates/read.ts";
import type { ConsoleBlock, ConsoleCommand } from "../../src/runbooks/runbook.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const PROGRAM = join(ROOT, "bin/keyturn.js");
const ACTION = join(ROOT, "bin/action.js");

export interface Ran {
  readonly exitCode: number | null;
  /** stdout and stderr, interleaved as on a terminal. */
  readonly output: string;
}

export class ConsoleWorld {
  readonly folder = mkdtempSync(join(tmpdir(), "keyturn-console-"));
  #sandbox: ChildProcess | undefined;
  #env: NodeJS.ProcessEnv = {};
  /** The page's placeholders in capitals, with the values that comments give them. */
  readonly #values = new Map<string, string>();

  /** The environment of every command. */
  get env(): NodeJS.ProcessEnv {
    return this.#env;
  }

  /** Starts a sandbox with these flags; its exports are the environment of every command, and its folder is empty. */
  async start(flags: readonly string[]): Promise<void> {
    const bin = join(this.folder, "bin");
    mkdirSync(bin);
    mkdirSync(join(this.folder, "work"));
    writeFileSync(join(bin, "keyturn"), `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`);
    chmodSync(join(bin, "keyturn"), 0o755);
    const child = spawn(process.execPath, [PROGRAM, "sandbox", ...flags], {
      cwd: this.folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#sandbox = child;
    const exported = await exportsOf(child);
    this.#env = {
      ...process.env,
      ...exported,
      // A reader's own curl trusts the real site's certificate; here it needs the sandbox's CA.
      CURL_CA_BUNDLE: exported.KEYTURN_CA_FILE,
      PATH: `${bin}:${process.env.PATH}`,
      HOME: this.folder,
      XDG_STATE_HOME: this.folder,
      CI: "",
      NO_COLOR: "1",
    };
  }

  /** The gate in the sandbox's keyturn.yaml. */
  gate(): Gate {
    const path = this.#env.KEYTURN_CONFIG as string;
    return parseGates(readFileSync(path, "utf8"), path).get("demo") as Gate;
  }

  async stop(): Promise<void> {
    if (this.#sandbox?.exitCode === null) {
      const ended = new Promise((done) => this.#sandbox?.once("exit", done));
      this.#sandbox.kill("SIGTERM");
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs a workflow's step: the action's entry point, with the environment that Actions provides. */
  action(inputs: Readonly<Record<string, string>>): Promise<Ran> {
    const named = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
    return this.run(`'${process.execPath}' '${ACTION}'`, {
      CI: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_STEP_SUMMARY: join(this.folder, "summary.md"),
      GITHUB_OUTPUT: join(this.folder, "output.txt"),
      ...Object.fromEntries(named),
    });
  }

  /** Runs one command line in its own shell. Pages run concurrently, so nothing here blocks. */
  async run(line: string, env: NodeJS.ProcessEnv = {}): Promise<Ran> {
    const child = spawn("bash", ["-c", `{ ${line}\n} 2>&1`], {
      cwd: join(this.folder, "work"),
      env: { ...this.#env, ...env },
      stdio: ["ignore", "pipe", "ignore"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    const [exitCode] = (await once(child, "close")) as [number | null];
    return { exitCode, output };
  }

  /** Follows the comments above a block: turns switches, runs set-up commands. */
  async prepare({ comments }: ConsoleBlock): Promise<void> {
    await this.#control("DELETE", "switches");
    for (const comment of comments) {
      const [, fault] = /^sandbox: (.+)$/.exec(comment) ?? [];
      const [, command] = /^sandbox run: (.+)$/.exec(comment) ?? [];
      const [, name = "", source] = /^sandbox set: (\w+)=\$\((.+)\)$/.exec(comment) ?? [];
      if (source !== undefined) this.#values.set(name, (await this.run(source)).output.trim());
      if (fault !== undefined) await this.#control("POST", "switches", { id: fault, on: "true" });
      if (command === undefined) continue;
      const { exitCode, output } = await this.run(command);
      if (exitCode !== 0) throw new Error(`set-up "${command}" ended with ${exitCode}:\n${output}`);
    }
  }

  /** The line with the placeholders replaced by those values. */
  filled(line: string): string {
    return [...this.#values].reduce((text, [name, value]) => text.replaceAll(name, value), line);
  }

  async #control(method: string, what: string, body?: Readonly<Record<string, string>>): Promise<void> {
    const url = `${this.#env.AWS_ENDPOINT_URL_CLOUDFRONT}/_sandbox/${what}`;
    const answer = await fetch(url, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    if (!answer.ok) throw new Error(`${method} ${what}: ${answer.status} ${await answer.text()}`);
  }
}

/** The first expected line that was not printed, in order; undefined if there is none. */
export function missingLine({ output }: Pick<ConsoleCommand, "output">, printed: string): string | undefined {
  const lines = printed.split("\n");
  let at = 0;
  for (const promised of output) {
    const pattern = patternOf(promised);
    const found = lines.findIndex((line, index) => index >= at && pattern.test(line));
    if (found < 0) return promised;
    at = found + 1;
  }
  return undefined;
}

/** `…` matches anything; everything else must match exactly, except for the spaces that align columns. */
function patternOf(promised: string): RegExp {
  const pieces = promised
    .trim()
    .split(/\s*…\s*/)
    .map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+"));
  return new RegExp(`^\\s*${pieces.join(".*")}\\s*$`);
}

function exportsOf(child: ChildProcess): Promise<Record<string, string>> {
  return new Promise((resolved, rejected) => {
    let text = "";
    child.once("exit", (code) => rejected(new Error(`the sandbox ended with ${code}: ${text}`)));
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      if (!text.includes("Ctrl-C")) return;
      const pairs = [...text.matchAll(/^export (\w+)='([^']*)'$/gm)];
      resolved(Object.fromEntries(pairs.map(([, name = "", value = ""]) => [name, value])));
    });
  });
}
