/** `--state` and SIGKILL: whatever was acknowledged is there after a restart, with the same IDs, labels and ETags. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, it } from "vitest";
import { npmClient } from "../clients/client.ts";
import { TEST_PEM } from "../test-key.ts";

/** The sandbox's account in a separate process: prints its address, then runs until it is killed. */
const SERVER = `
import { systemClock } from "../../../src/adapters/clock.ts";
import { systemRandom } from "../../../src/adapters/random.ts";
import { createAccount } from "../../../src/sandbox/account.ts";
import { listen } from "../../../src/sandbox/listen.ts";
import { openStateDirectory } from "../../../src/sandbox/state/state-directory.ts";
const state = await openStateDirectory(process.argv[2]);
const account = createAccount({ clock: systemClock, random: systemRandom, ...state });
const { url } = await listen({ handler: account.handler, port: 0, clock: systemClock });
process.stdout.write(url + "\\n");
`;

let folder = "";
let program = "";
const children: ChildProcess[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyturn-kill-"));
  program = join(folder, "server.mjs");
  const resolveDir = fileURLToPath(new URL(".", import.meta.url));
  const banner =
    'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';
  await build({
    stdin: { contents: SERVER, resolveDir, loader: "ts" },
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    banner: { js: banner },
  });
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await rm(folder, { recursive: true });
});

async function start(): Promise<{ url: string; kill: () => Promise<void> }> {
  const child = spawn(process.execPath, [program, join(folder, "state")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  const url = await new Promise<string>((resolve) =>
    createInterface({ input: child.stdout }).once("line", resolve),
  );
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    url,
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

it("loses nothing that it acknowledged when it is killed three times in the middle of its work", async () => {
  const sdk = npmClient();
  const versions = new Map<string, string>();
  const etags = new Map<string, string>();
  for (let round = 0; round < 3; round += 1) {
    const server = await start();
    const uploading = sdk.call(server.url, "cloudfront", "CreatePublicKey", {
      PublicKeyConfig: { CallerReference: `${round}`, Name: `key-${round}`, EncodedKey: TEST_PEM },
    });
    const outcome = await uploading;
    if ("value" in outcome) etags.set(outcome.value.PublicKey.Id, outcome.value.ETag);
    let answered = 0;
    let killed: Promise<void> | undefined;
    await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const Name = `secret-${round}-${index}`;
        const created = await sdk.call(server.url, "secretsmanager", "CreateSecret", {
          Name,
          SecretString: Name,
        });
        if (!("value" in created)) return;
        versions.set(Name, created.value.VersionId);
        answered += 1;
        // Other requests are still in flight then.
        if (answered === 10) killed = server.kill();
      }),
    );
    expect(killed, "the server was killed while it worked").toBeDefined();
    await killed;
  }
  const server = await start();
  for (const [Id, etag] of etags) {
    const read = await sdk.call(server.url, "cloudfront", "GetPublicKey", { Id });
    expect(read).toMatchObject({ value: { ETag: etag } });
  }
  for (const [SecretId, VersionId] of versions) {
    const read = await sdk.call(server.url, "secretsmanager", "GetSecretValue", { SecretId });
    expect(read).toMatchObject({
      value: { VersionId, SecretString: SecretId, VersionStages: ["AWSCURRENT"] },
    });
  }
  expect(etags.size).toBe(3);
  expect(versions.size).toBeGreaterThanOrEqual(30);
  await server.kill();
  sdk.close();
});

it("refuses to start on a damaged file, and names it", async () => {
  const damaged = join(folder, "state", "secrets-manager.json");
  await writeFile(damaged, "{");
  const child = spawn(process.execPath, [program, join(folder, "state")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaint = "";
  for await (const chunk of child.stderr) complaint += chunk;
  expect(complaint).toContain(`${damaged} cannot be used as the sandbox's state`);
});
