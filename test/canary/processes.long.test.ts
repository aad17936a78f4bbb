/** The canary with real processes, files and sockets: what child processes receive, and what is left on disk. */
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { text } from "node:stream/consumers";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { awsCloud } from "../../src/adapters/aws/cloud.ts";
import { systemClock } from "../../src/adapters/clock.ts";
import { cryptoKeyPairs } from "../../src/adapters/key-pair-source.ts";
import { systemRandom } from "../../src/adapters/random.ts";
import { httpViewer } from "../../src/adapters/viewer.ts";
import { runProgram } from "../../src/program.ts";
import { DEMO } from "../../src/sandbox/demo-gate.ts";
import type { World } from "../../src/seams/world.ts";
import { memoryWorld } from "../fakes/memory-world.ts";
import { exportsOf } from "../fakes/sandbox-process.ts";
import { Planted } from "./planted.ts";
import { recordingViewer } from "./stage.ts";

const KEYTURN = join(import.meta.dirname, "../../bin/keyturn.js");
const AWS_SECRET = "wJalrXUtnFEMIcanaryEXAMPLEKEY0123456789";
const planted = new Planted();
planted.value(AWS_SECRET, "AWS key");
planted.value("guest-in-the-sandbox", "password");

describe.concurrent("planted secrets, with real processes", () => {
  const folder = mkdtempSync(join(tmpdir(), "keyturn-canary-"));
  const at = (name: string) => join(folder, name);
  let sandbox: ChildProcess;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    for (const name of ["bin", "work", "seen"]) mkdirSync(at(name));
    // A fake curl that records its arguments, environment and caller, and the jar that it reads. The AWS key is left
    // out, because it is in the user's own environment.
    const curl = `#!/bin/sh
printf '%s\\n' "$@" > ${at("seen/argv")}
env | grep -v '^AWS_SECRET_ACCESS_KEY=' > ${at("seen/environment")}
tr '\\0' '\\n' < /proc/$PPID/cmdline > ${at("seen/caller")} 2>/dev/null
cat /dev/fd/3 > ${at("jar")}
`;
    writeFileSync(at("bin/curl"), curl);
    chmodSync(at("bin/curl"), 0o700);
    const flags = ["--propagation", "1s", "--cookie-ttl", "2s", "--signer-cache", "1s"];
    sandbox = spawn(process.execPath, [KEYTURN, "sandbox", ...flags], { cwd: folder, stdio: "pipe" });
    const exported = await exportsOf(sandbox);
    env = {
      ...exported,
      PATH: `${at("bin")}:${process.env.PATH}`,
      HOME: folder,
      XDG_STATE_HOME: at("state"),
      XDG_CACHE_HOME: at("cache"),
      AWS_SECRET_ACCESS_KEY: AWS_SECRET,
    };
    await learnKeys();
    writeFileSync(at("work/guest.txt"), "guest\nguest-in-the-sandbox\n", { mode: 0o600 });
  });
  afterAll(() => {
    sandbox.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  /** Plants the gate's key and, once a rotation has begun, the next one. */
  async function learnKeys(...stages: string[]): Promise<void> {
    const client = new SecretsManagerClient({
      region: DEMO.region,
      endpoint: env.AWS_ENDPOINT_URL_SECRETS_MANAGER as string,
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" },
    });
    for (const VersionStage of ["AWSCURRENT", ...stages]) {
      const { SecretString = "" } = await client.send(
        new GetSecretValueCommand({ SecretId: DEMO.secret, VersionStage }),
      );
      planted.key((JSON.parse(SecretString) as { privateKey: string }).privateKey);
    }
  }

  async function keyturn(line: string) {
    const argv = line.split(" ").map((word) => word.replace("@film", `${env.GATE_URL}/media/film.txt`));
    const child = spawn(process.execPath, [KEYTURN, ...argv], { cwd: at("work"), env });
    child.stdin.end();
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { line, stdout, stderr, exitCode };
  }

  /** Path -> content of every file that commands left. */
  function left(): Record<string, string> {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) =>
      each.isFile(),
    );
    const paths = files.map((each) => relative(folder, join(each.parentPath, each.name)));
    return Object.fromEntries(paths.map((path) => [path, readFileSync(at(path), "latin1")]));
  }

  it("reach only the child process, stream and file that need them", async () => {
    const printed: Record<string, string> = {};
    const endings: Record<string, number | null> = {};
    const type = async (...lines: string[]) => {
      for (const { line, stdout, stderr, exitCode } of await Promise.all(lines.map(keyturn))) {
        Object.assign(printed, { [`stdout of ${line}`]: stdout, [`stderr of ${line}`]: stderr });
        endings[line] = exitCode;
      }
    };
    await type("mint @film --output cookies.txt", "curl @film -- -i");
    for (const file of ["work/cookies.txt", "jar"]) {
      const content = readFileSync(at(file), "utf8");
      const [, signature = ""] = /CloudFront-Signature[=\t]([^;\s]+)/.exec(content) ?? [];
      expect(signature.length, `a signature in ${file}`).toBeGreaterThan(300);
      planted.signature(signature);
    }
    await type("inspect cookies.txt --url @film --verbose", "doctor @film cookies.txt");
    await type(
      "probe --report junit=probe.xml --report md=probe.md --report html=probe.html",
      "probe --flow --credentials guest.txt",
    );
    await type("rotate plan -o plan.json", "audit --report md=audit.md --report html=audit.html");
    await type("rotate start plan.json --yes --until key-trusted --verbose");
    await learnKeys("keyturn-new");
    await type(
      "rotate status --evidence md",
      "rotate status --evidence html",
      "runbook run resume-a-rotation --step status --yes --transcript t.txt",
    );
    await type("curl @film --gate nowhere --verbose", "mint @film --private-key guest.txt --verbose");

    const asked = new Set(["work/cookies.txt", "work/guest.txt", "jar"]);
    const files = Object.fromEntries(Object.entries(left()).filter(([path]) => !asked.has(path)));
    expect(planted.foundIn({ ...printed, ...files })).toEqual([]);

    // Proves that the commands ran and that the files exist.
    expect(endings).toMatchObject({ "mint @film --output cookies.txt": 0, "curl @film -- -i": 0 });
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(["seen/argv", "seen/environment", "work/plan.json", "work/t.txt"]),
    );
    expect(Object.keys(files).filter((path) => path.startsWith("state/"))).not.toEqual([]);
    expect(readFileSync(at("jar"), "utf8")).toContain("CloudFront-Key-Pair-Id");
  });
});

describe.concurrent("planted secrets in a rehearsal", () => {
  const rehearse = async (line: string) => {
    const base = memoryWorld();
    const world: World = {
      ...base,
      clock: systemClock,
      random: systemRandom,
      keyPairs: {
        async generate(type) {
          const pair = await cryptoKeyPairs.generate(type);
          planted.key(pair.privateKey);
          return pair;
        },
      },
      cloud: (options) =>
        awsCloud(options, {
          env: {},
          clock: systemClock,
          random: systemRandom,
          interrupt: base.interrupt,
          terminal: base.terminal,
        }),
      viewer: recordingViewer(httpViewer({}), planted, false),
    };
    const exitCode = await runProgram(line.split(" "), world);
    const { stdout, stderr } = base.terminal;
    const pages = base.files.names().map((file) => base.files.text(file));
    return {
      exitCode,
      places: { stdout, stderr, journal: JSON.stringify(base.journal.entries), pages: pages.join("\n") },
    };
  };

  it("appear nowhere", async () => {
    const brief = "--propagation 1s --settle 2s --cookie-ttl 3s --signer-cache 1s --viewers 2 --attackers 2";
    const [good, bad] = await Promise.all([
      rehearse(`rehearse --verbose --report html=rehearsal.html ${brief}`),
      rehearse("rehearse --viewers none --verbose"),
    ]);
    expect([good.exitCode, bad.exitCode]).toEqual([0, 2]);
    expect(good.places.pages).toContain("<!doctype html>");
    expect([...planted.foundIn(good.places), ...planted.foundIn(bad.places)]).toEqual([]);
  });
});
