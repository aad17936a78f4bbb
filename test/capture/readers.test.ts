/** Other programs read each output format of mint, and the sandbox's HTTPS edge judges the requests they send. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { CookieJar } from "tough-cookie";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../src/adapters/clock.ts";
import { localFiles } from "../../src/adapters/files.ts";
import { cryptoKeyPairs } from "../../src/adapters/key-pair-source.ts";
import { childPrograms } from "../../src/adapters/programs.ts";
import { systemRandom } from "../../src/adapters/random.ts";
import { httpViewer } from "../../src/adapters/viewer.ts";
import { runProgram } from "../../src/program.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/sandbox.ts";
import type { World } from "../../src/seams/world.ts";
import { memoryWorld } from "../fakes/memory-world.ts";
import { needs } from "../fakes/needs.ts";

const run = promisify(execFile);

needs("curl", "sh")("a minted set", () => {
  let sandbox: Sandbox;
  const folder = mkdtempSync(join(tmpdir(), "keyturn-readers-"));
  const file = (name: string) => join(folder, name);
  let page: string;

  beforeAll(async () => {
    sandbox = await startSandbox({ clock: systemClock, random: systemRandom, keyPairs: cryptoKeyPairs });
    writeFileSync(file("ca.pem"), sandbox.certificate.caPem);
    writeFileSync(file("keyturn.yaml"), sandbox.gateYaml);
    page = `${sandbox.urls.site}/media/film.txt`;
  });
  afterAll(async () => {
    await sandbox.stop();
    rmSync(folder, { recursive: true });
  });

  /** The real program with real files, processes and time, and the sandbox in place of AWS. */
  async function keyturn(...argv: string[]): Promise<{ stdout: string; stderr: string; exitCode: number }> {
    const fake = memoryWorld({ env: { TMPDIR: folder }, cloud: sandbox.account.handler });
    const world: World = {
      ...fake,
      clock: systemClock,
      random: systemRandom,
      files: localFiles(new AbortController().signal),
      viewer: httpViewer({ KEYTURN_CA_FILE: file("ca.pem") }),
      programs: childPrograms,
      cwd: folder,
    };
    const exitCode = await runProgram(["--config", file("keyturn.yaml"), ...argv], world);
    return { stdout: fake.terminal.stdout, stderr: fake.terminal.stderr, exitCode };
  }
  const mint = async (...argv: string[]) => (await keyturn("mint", ...argv)).stdout.trimEnd();

  async function curl(...argv: string[]): Promise<string> {
    const args = ["-s", "-o", file("body"), "-w", "%{http_code}", "--cacert", file("ca.pem"), ...argv];
    return (await run("curl", args)).stdout;
  }

  test("is needed: the edge answers 403 without one", async () => {
    expect(await curl(page)).toBe("403");
  });

  test.each(["--ttl=30s", "--bad=expired"])("as header is sent by curl (%s)", async (flag) => {
    const expected = flag.startsWith("--bad") ? "403" : "200";
    expect(await curl("-H", await mint(page, flag), page)).toBe(expected);
  });

  test.each(["--ttl=30s", "--bad=tampered-signature"])("as jar is sent by curl (%s)", async (flag) => {
    const jar = file(`jar${flag.length}`);
    await mint(page, flag, "--format", "jar", "--output", jar);
    expect(statSync(jar).mode & 0o777).toBe(0o600);
    expect(await curl("--cookie", jar, page)).toBe(flag.startsWith("--bad") ? "403" : "200");
    // Scoped to its host: curl sends nothing to another name of the same edge.
    expect(await curl("--cookie", jar, page.replace("app.", "alt."))).toBe("403");
  });

  test.each(["--ttl=30s", "--bad=wrong-hash"])("as curl command is run by a shell (%s)", async (flag) => {
    const command = await mint(page, flag, "--format", "curl");
    expect(command).toMatch(/^curl .*keyturn-[0-9a-f]{16}\.jar/);
    const { stdout } = await run("sh", [
      "-c",
      `${command} -s -o /dev/null -w '%{http_code}' --cacert ${file("ca.pem")}`,
    ]);
    expect(stdout).toBe(flag.startsWith("--bad") ? "403" : "200");
  });

  test.each(["--ttl=30s", "--bad=wrong-resource"])("as url is requested by curl (%s)", async (flag) => {
    expect(await curl(await mint(page, flag, "--format", "url"))).toBe(
      flag.startsWith("--bad") ? "403" : "200",
    );
  });

  test("as env is read by a shell", async () => {
    const lines = await mint(page, "--format", "env");
    const script = `${lines}\ncurl -s -o /dev/null -w '%{http_code}' --cacert ${file("ca.pem")} -H "Cookie: CloudFront-Expires=$CLOUDFRONT_EXPIRES; CloudFront-Signature=$CLOUDFRONT_SIGNATURE; CloudFront-Key-Pair-Id=$CLOUDFRONT_KEY_PAIR_ID; CloudFront-Hash-Algorithm=$CLOUDFRONT_HASH_ALGORITHM" ${page}`;
    expect((await run("sh", ["-c", script])).stdout).toBe("200");
  });

  test("as json is read by JSON.parse", async () => {
    const cookies = JSON.parse(await mint(page, "--format", "json")) as Record<string, string>;
    const header = Object.entries(cookies).map((pair) => pair.join("="));
    expect(await curl("-H", `Cookie: ${header.join("; ")}`, page)).toBe("200");
  });

  test("as set-cookie is stored by tough-cookie, with a Path for each of two Resources", async () => {
    const lines = await mint(
      "--resource",
      `${sandbox.urls.site}/media/*`,
      "--resource",
      `${sandbox.urls.site}/api/*`,
      "--format",
      "set-cookie",
    );
    const jar = new CookieJar();
    for (const line of lines.split("\n")) await jar.setCookie(line.replace(/^Set-Cookie: /, ""), page);
    const header = await jar.getCookieString(page);
    expect(header).toContain("CloudFront-Policy=");
    expect(await jar.getCookieString(`${sandbox.urls.site}/other`)).toBe("");
    expect(await curl("-H", `Cookie: ${header}`, page)).toBe("200");
  });

  test("as --count has only valid sets", async () => {
    const lines = (await mint("--resource", `${sandbox.urls.site}/media/*`, "--count", "5")).split("\n");
    expect(new Set(lines).size).toBe(5);
    for (const line of lines) {
      const cookies = Object.entries(JSON.parse(line) as Record<string, string>).map((pair) =>
        pair.join("="),
      );
      expect(await curl("-H", `Cookie: ${cookies.join("; ")}`, page)).toBe("200");
    }
  });

  test("from --via-endpoint is minted by the application for a test account", async () => {
    writeFileSync(file("account"), "ada\nada-in-the-sandbox\n", { mode: 0o600 });
    const account = ["--via-endpoint", "--credentials", file("account")];
    const { stdout, stderr, exitCode } = await keyturn("mint", page, ...account);
    expect([exitCode, stderr]).toEqual([
      0,
      expect.stringMatching(/^custom policy for https:.*, SHA256, key K/),
    ]);
    expect(await curl("-H", stdout.trimEnd(), page)).toBe("200");
    const asked = await keyturn(
      "curl",
      page,
      ...account,
      "--",
      "-s",
      "-f",
      "-o",
      file("answer"),
      "--cacert",
      file("ca.pem"),
    );
    expect(asked.exitCode).toBe(0);
    writeFileSync(file("stranger"), "ada\nwrong\n", { mode: 0o600 });
    const refused = await keyturn("mint", page, "--via-endpoint", "--credentials", file("stranger"));
    expect([refused.exitCode, refused.stdout]).toEqual([4, ""]);
    expect(refused.stderr).toContain("ERR_LOGIN_REFUSED");
    const lying = await keyturn("mint", page, ...account, "--ttl", "5m");
    expect([lying.exitCode, lying.stderr]).toEqual([2, expect.stringContaining("leave out --ttl")]);
  });

  test("from keyturn curl gets 200, a bad one gets 403, and curl's exit code is kept", async () => {
    const ask = (...argv: string[]) =>
      keyturn("curl", page, ...argv, "--", "-s", "-f", "-o", file("answer"), "--cacert", file("ca.pem"));
    expect(await ask()).toMatchObject({ exitCode: 0, stdout: "" });
    // With curl -f, a status of 400 or more means exit code 22.
    expect(await ask("--bad", "unknown-key")).toMatchObject({ exitCode: 22 });
    const unreachable = keyturn("curl", "https://127.0.0.1:1/x", "--", "-s");
    expect(await unreachable).toMatchObject({ exitCode: 7 });
  });
});
