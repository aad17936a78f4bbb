/** `keyturn sandbox` as people run it: a process in the foreground, and what is left when it has ended. */
import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { checkDocument } from "../fakes/json-contract.ts";

const KEYTURN = join(import.meta.dirname, "../../bin/keyturn.js");
const run = promisify(execFile);

interface Running {
  readonly process: ChildProcessWithoutNullStreams;
  readonly stdout: string;
  readonly env: Readonly<Record<string, string>>;
  readonly ended: Promise<{ code: number | null; stderr: string }>;
}
const running: ChildProcessWithoutNullStreams[] = [];
const folders: string[] = [];
afterEach(() => {
  for (const each of running.splice(0)) each.kill("SIGKILL");
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "keyturn-test-"));
  folders.push(folder);
  return folder;
}

/** Resolves once it has printed that it is up. */
async function startSandbox(...flags: string[]): Promise<Running> {
  const child = spawn(process.execPath, [KEYTURN, "sandbox", ...flags], { env: { PATH: process.env.PATH } });
  running.push(child);
  let stdout = "";
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) => {
    child.on("close", (code) => resolve({ code, stderr }));
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
      if (stdout.includes("Ctrl-C")) resolve();
    });
    void ended.then(({ code }) => reject(new Error(`ended with ${code}: ${stderr}`)));
  });
  const exports = [...stdout.matchAll(/^export (\w+)='([^']*)'$/gm)];
  return {
    process: child,
    stdout,
    ended,
    env: Object.fromEntries(exports.map(([, name, value]) => [name, value])),
  };
}

const keyturn = (env: Readonly<Record<string, string>>, ...argv: string[]) =>
  run(process.execPath, [KEYTURN, ...argv], { env: { PATH: process.env.PATH, ...env } });

test("prints what another shell needs, and leaves nothing behind after SIGINT", async () => {
  const sandbox = await startSandbox();
  const { env } = sandbox;
  expect(Object.keys(env)).toEqual([
    "AWS_ENDPOINT_URL_CLOUDFRONT",
    "AWS_ENDPOINT_URL_SECRETS_MANAGER",
    "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS",
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL_ATHENA",
    "AWS_ENDPOINT_URL_SFN",
    "AWS_ENDPOINT_URL_LAMBDA",
    "AWS_ENDPOINT_URL_SCHEDULER",
    "AWS_ENDPOINT_URL_CLOUDWATCH",
    "AWS_ENDPOINT_URL_SNS",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "NODE_EXTRA_CA_CERTS",
    "CURL_CA_BUNDLE",
    "KEYTURN_CA_FILE",
    "KEYTURN_CONFIG",
    "KEYTURN_GATE",
    "KEYTURN_CREDENTIALS_FILE",
    "GATE_URL",
  ]);
  const folder = dirname(env.KEYTURN_CONFIG as string);
  expect(readdirSync(folder).toSorted()).toEqual([
    "ca-bundle.pem",
    "ca.pem",
    "env.sh",
    "keyturn.yaml",
    "test-account.txt",
  ]);
  expect(env.KEYTURN_CREDENTIALS_FILE).toBe(join(folder, "test-account.txt"));
  for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  expect((await fetch(`${env.AWS_ENDPOINT_URL_CLOUDFRONT}/`)).headers.get("content-type")).toContain(
    "text/html",
  );

  sandbox.process.kill("SIGINT");
  expect(await sandbox.ended).toEqual({ code: 0, stderr: "" });
  expect(existsSync(folder)).toBe(false);
  await expect(fetch(`${env.AWS_ENDPOINT_URL_CLOUDFRONT}/`)).rejects.toThrow();
});

test("leaves nothing behind when its terminal closes, even with two SIGHUPs", async () => {
  const sandbox = await startSandbox();
  const folder = dirname(sandbox.env.KEYTURN_CONFIG as string);
  sandbox.process.kill("SIGHUP");
  sandbox.process.kill("SIGHUP");
  expect(await sandbox.ended).toEqual({ code: 0, stderr: "" });
  expect(existsSync(folder)).toBe(false);
});

test("prints exports that suffice for the other commands: a rotation can be planned with nothing else", async () => {
  const { env } = await startSandbox();
  const { stdout } = await keyturn(env, "rotate", "plan", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ command: "rotate plan", outcome: "done" });
});

test("keeps its account in a folder of any name, and quotes it in the shell lines", async () => {
  const state = join(temporaryFolder(), "it's $HOME here");
  const sandbox = await startSandbox("--state", state);
  const source = /^# {5}\. .*$/m.exec(sandbox.stdout)?.[0].slice(1) as string;
  const { stdout } = await run("sh", ["-uec", `${source}; cat "$KEYTURN_CONFIG"`], { env: {} });
  expect(stdout).toContain("gates:");
});

test("reports that its files cannot be written", async () => {
  const TMPDIR = join(temporaryFolder(), "not there");
  await expect(
    run(process.execPath, [KEYTURN, "sandbox"], { env: { ...process.env, TMPDIR } }),
  ).rejects.toMatchObject({
    code: 3,
    stderr: expect.stringMatching(
      /^error: .*keyturn-sandbox- cannot be written: no such folder \[ERR_FILE_UNREADABLE\]\nhint: mkdir -p '.*not there'\n$/,
    ),
  });
});

test("unsets variables that point a shell to another account", async () => {
  const { env } = await startSandbox();
  const line = `. '${dirname(env.KEYTURN_CONFIG as string)}/env.sh' && exec '${process.execPath}' '${KEYTURN}' keys list --json`;
  const { stdout } = await run("sh", ["-uec", line], {
    env: {
      PATH: process.env.PATH,
      AWS_PROFILE: "production",
      AWS_SESSION_TOKEN: "theirs",
      AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true",
    },
  });
  expect(JSON.parse(stdout)).toMatchObject({ outcome: "done" });
});

test("keeps the account in --state after a SIGKILL, and removes its other files on SIGINT", async () => {
  const state = temporaryFolder();
  const first = await startSandbox("--state", state);
  const key = join(temporaryFolder(), "second.pem");
  await keyturn(first.env, "keys", "generate", "--out", key);
  await keyturn(first.env, "keys", "upload", key.replace(".pem", ".pub.pem"), "--yes");
  first.process.kill("SIGKILL");
  await first.ended;

  const second = await startSandbox("--state", state);
  const listed = await fetch(`${second.env.AWS_ENDPOINT_URL_CLOUDFRONT}/_sandbox/state`);
  const view = (await listed.json()) as { publicKeys: unknown[]; keyGroups: unknown[] };
  expect(view.publicKeys).toHaveLength(2);
  expect(view.keyGroups).toHaveLength(1);
  second.process.kill("SIGINT");
  expect((await second.ended).code).toBe(0);
  expect(existsSync(join(state, "keyturn.yaml"))).toBe(false);
  expect(readdirSync(state).length).toBeGreaterThan(0);
});

test("refuses a state that another sandbox is using, and leaves its files alone", async () => {
  const state = temporaryFolder();
  const first = await startSandbox("--state", state);
  const files = readdirSync(state).toSorted();
  await expect(startSandbox("--state", state)).rejects.toThrow(
    `ended with 2: error: another sandbox is using the state in ${state} [ERR_USAGE]\nhint: . ${state}/env.sh\n`,
  );
  expect(readdirSync(state).toSorted()).toEqual(files);
  first.process.kill("SIGINT");
  await first.ended;
  expect(readdirSync(state).toSorted()).toEqual(["cloudfront.json", "secrets-manager.json"]);
});

test.each([
  ["cloudfront.json", "no key group demo-signers and no distribution d111111abcdef8.cloudfront.localhost"],
  ["secrets-manager.json", "no secret demo/cloudfront-signing-key"],
])("refuses a state that has lost %s, and explains how to start over", async (file, lost) => {
  const state = temporaryFolder();
  const sandbox = await startSandbox("--state", state);
  sandbox.process.kill("SIGINT");
  await sandbox.ended;
  rmSync(join(state, file));
  await expect(startSandbox("--state", state)).rejects.toThrow(
    `ended with 3: error: the account in ${state} has ${lost}, which the sandbox's gate needs [ERR_FILE_UNREADABLE]\nhint: mv ${state} ${state}.damaged\n`,
  );
});

test("refuses an empty --state", async () => {
  await expect(startSandbox("--state", "")).rejects.toThrow("ended with 2: error: the name of the folder");
});

test("refuses a damaged state and names the file", async () => {
  const state = temporaryFolder();
  const sandbox = await startSandbox("--state", state);
  sandbox.process.kill("SIGINT");
  await sandbox.ended;
  const [file] = readdirSync(state).filter((name) => name.includes("cloudfront"));
  writeFileSync(join(state, file as string), "{ half");
  await expect(startSandbox("--state", state)).rejects.toThrow(
    new RegExp(`ended with 3: error: .*${(file as string).replaceAll(".", "\\.")}`),
  );
});

test("reports a port that is in use", async () => {
  const taken = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => taken.once("listening", resolve));
  const { port } = taken.address() as { port: number };
  await expect(startSandbox("--port-edge", String(port))).rejects.toThrow(
    `port ${port} is in use [ERR_USAGE]`,
  );
  taken.close();
});

test("prints, with --json, everything that another program needs, in one line and at once", async () => {
  const child = spawn(process.execPath, [KEYTURN, "sandbox", "--json"], { env: { PATH: process.env.PATH } });
  running.push(child);
  const line = await new Promise<string>((resolve) =>
    child.stdout.once("data", (text) => resolve(`${text}`)),
  );
  checkDocument(line);
  expect(JSON.parse(line)).toMatchObject({
    command: "sandbox",
    result: { gate: "demo", env: { KEYTURN_GATE: "demo" } },
  });
  child.kill("SIGTERM");
  await new Promise((ended) => child.once("close", ended));
});
