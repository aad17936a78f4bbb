/** Three applications from npm behind the edge, used with curl and Chromium: the same bytes as without the edge. */
import { execFile, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPrivateKey } from "../../../src/keys/pem.ts";
import { needs, pathOf } from "../../fakes/needs.ts";
import { PROGRAM, type ProxyProcess, startApplication, startProxyProcess } from "./proxy-process.ts";
import { mintCookies } from "./signed.ts";

const folder = mkdtempSync(join(tmpdir(), "keyturn-proxy-"));
afterAll(() => rmSync(folder, { recursive: true }));
const cookieOf = ({ facts }: ProxyProcess) =>
  mintCookies({
    keyPairId: facts.keyPairId,
    privateKey: readPrivateKey(readFileSync(facts.keyFile)).privateKey,
  });
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const GIB = 1024 ** 3;

needs("curl")("a static server", () => {
  let backend: Awaited<ReturnType<typeof startApplication>>;
  let edge: ProxyProcess;
  const file = randomBytes(3_000_000);
  beforeAll(async () => {
    writeFileSync(join(folder, "film.bin"), file);
    writeFileSync(join(folder, "page with space.html"), "<title>page</title>");
    backend = await startApplication("static", folder);
    edge = await startProxyProcess(
      "--origin",
      backend.url,
      "--protect",
      "/film*",
      "--key-type",
      "ecdsa-p256",
    );
  });
  afterAll(async () => {
    await edge.stop();
    await backend.stop();
  });

  it.each(["site", "siteHttp"] as const)(
    "serves the same bytes, whole and in ranges, over %s",
    async (scheme) => {
      const got = join(folder, `got-${scheme}`);
      const url = `${edge.facts.urls[scheme]}/film.bin`;
      await edge.curl("-H", `Cookie: ${cookieOf(edge)}`, "-o", got, url);
      expect(sha256(readFileSync(got))).toBe(sha256(file));
      await edge.curl("-H", `Cookie: ${cookieOf(edge)}`, "-r", "1000000-1999999", "-o", got, url);
      expect(sha256(readFileSync(got))).toBe(sha256(file.subarray(1_000_000, 2_000_000)));
    },
  );

  it("answers 206, 304, 416 and 404 as the server does", async () => {
    const url = `${edge.facts.urls.site}/film.bin`;
    const signed = ["-H", `Cookie: ${cookieOf(edge)}`, "-o", "/dev/null", "-w", "%{http_code}"];
    const etag = /^etag: (.*?)\r?$/im.exec(
      await edge.curl("-I", "-H", `Cookie: ${cookieOf(edge)}`, url),
    )?.[1];
    expect(await edge.curl(...signed, "-r", "0-0", url)).toBe("206");
    expect(await edge.curl(...signed, "-H", `If-None-Match: ${etag}`, url)).toBe("304");
    expect(await edge.curl(...signed, "-r", "99999999-", url)).toBe("416");
    expect(await edge.curl(...signed, `${edge.facts.urls.site}/missing`)).toBe("404");
    expect(await edge.curl(...signed, `${edge.facts.urls.site}/page%20with%20space.html`)).toBe("200");
  });

  it("denies every method without a cookie", async () => {
    for (const method of ["GET", "HEAD", "OPTIONS", "POST"]) {
      const args = method === "HEAD" ? ["-I"] : ["-X", method];
      const status = await edge.curl(
        ...args,
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        `${edge.facts.urls.site}/film.bin`,
      );
      expect([method, status]).toEqual([method, "403"]);
    }
  });

  it("leaves no file and no process behind", async () => {
    const other = await startProxyProcess("--origin", backend.url);
    const { caFile, keyFile, envFile, backendFile } = other.facts;
    expect(await other.stop()).toBe(0);
    for (const path of [caFile, keyFile, envFile, backendFile]) {
      expect(() => readFileSync(path)).toThrow(/ENOENT/);
    }
  });
});

needs("curl")("an upload server", () => {
  let backend: Awaited<ReturnType<typeof startApplication>>;
  let edge: ProxyProcess;
  beforeAll(async () => {
    backend = await startApplication("upload");
    edge = await startProxyProcess("--origin", backend.url, "--protect", "/api/*");
  });
  afterAll(async () => {
    await edge.stop();
    await backend.stop();
  });

  it("receives a form with files byte for byte, chunked or not", async () => {
    const bytes = randomBytes(2_000_000);
    const path = join(folder, "upload.bin");
    writeFileSync(path, bytes);
    const expected = [{ name: "file", filename: "upload.bin", bytes: bytes.length, sha256: sha256(bytes) }];
    for (const more of [[], ["-H", "Transfer-Encoding: chunked"]]) {
      const args = ["-H", `Cookie: ${cookieOf(edge)}`, "-F", `file=@${path}`, ...more];
      expect(JSON.parse(await edge.curl(...args, `${edge.facts.urls.site}/api/files`))).toEqual(expected);
    }
  });

  it("denies an upload before the backend sees a byte of it", async () => {
    const path = join(folder, "upload.bin");
    const args = ["-F", `file=@${path}`, "-o", "/dev/null", "-w", "%{http_code}"];
    expect(await edge.curl(...args, `${edge.facts.urls.site}/api/files`)).toBe("403");
  });

  it("sends and receives a gibibyte without growing in memory", async () => {
    const cookie = ["-H", `Cookie: ${cookieOf(edge)}`];
    const before = edge.peak();
    const url = `${edge.facts.urls.siteHttp}/api/bytes?count=${GIB}`;
    const size = await edge.curl(...cookie, "-o", "/dev/null", "-w", "%{size_download}", url);
    expect(Number(size)).toBe(GIB);
    const upload = `head -c ${GIB} /dev/zero | curl -sS -T - -H 'Cookie: ${cookieOf(edge)}' --resolve '${resolved(edge)}' '${edge.facts.urls.siteHttp}/api/raw'`;
    const { stdout } = await promisify(execFile)("sh", ["-c", upload]);
    expect(JSON.parse(stdout)).toEqual({ bytes: GIB });
    expect(edge.peak() - before).toBeLessThan(200);
  });
});

function resolved({ facts }: ProxyProcess): string {
  const { hostname, port } = new URL(facts.urls.siteHttp);
  return `${hostname}:${port}:127.0.0.1`;
}

needs("chromium")("a WebSocket echo in Chromium", () => {
  let backend: Awaited<ReturnType<typeof startApplication>>;
  let edge: ProxyProcess;
  let browser: Browser;
  beforeAll(async () => {
    backend = await startApplication("echo");
    edge = await startProxyProcess(
      "--origin",
      backend.url,
      "--protect",
      "/ws*,/api/*",
      "--host",
      "app.localhost",
    );
    browser = await chromium.launch({
      executablePath: pathOf("chromium") as string,
      args: ["--headless", "--no-sandbox", "--disable-gpu", "--ignore-certificate-errors"],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await edge?.stop();
    await backend?.stop();
  });

  it.each(["site", "siteHttp"] as const)(
    "opens with the cookies and echoes, and is refused without them, over %s",
    async (scheme) => {
      const url = edge.facts.urls[scheme];
      const context = await browser.newContext({ ignoreHTTPSErrors: true });
      const page = await context.newPage();
      await page.goto(url);
      expect(await page.title()).toBe("echo");
      const talk = `(socket) => new Promise((resolve) => {
      const got = [];
      const ws = new WebSocket(socket);
      ws.onmessage = ({ data }) => {
        got.push(data);
        if (got.length === 1) { ws.send("hello"); ws.send("x".repeat(300000)); }
        if (got.length === 3) { ws.close(); resolve([got[0], got[1], got[2].length]); }
      };
      ws.onerror = () => resolve("refused");
    })`;
      const socket = `${url.replace(/^http/, "ws")}/ws`;
      const run = () => page.evaluate(`(${talk})(${JSON.stringify(socket)})`);
      expect(await run()).toBe("refused");
      const cookies = cookieOf(edge)
        .split("; ")
        .map((pair) => {
          const [name = "", value = ""] = pair.split(/=(.*)/s);
          return { name, value, url };
        });
      await context.addCookies([...cookies, { name: "session", value: "s", url }]);
      expect(await run()).toEqual(["cookie session=s", "hello", 300_000]);
      await context.close();
    },
  );
});

describe("--run", () => {
  let backend: Awaited<ReturnType<typeof startApplication>>;
  beforeAll(async () => {
    backend = await startApplication("echo");
  });
  afterAll(() => backend.stop());
  const run = (command: string, ...flags: string[]) =>
    promisify(execFile)(process.execPath, [
      PROGRAM,
      "sandbox",
      "--origin",
      backend.url,
      "--run",
      command,
      ...flags,
    ]).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
        code,
        stdout,
        stderr,
      }),
    );

  it("gives the command the environment, the key in each form, and its own stdout", async () => {
    const told = await run(
      `printf '%b' "$CLOUDFRONT_PRIVATE_KEY" > a; echo >> a; echo "$CLOUDFRONT_PRIVATE_KEY_BASE64" | base64 -d > b; cmp a b && cmp b "$CLOUDFRONT_PRIVATE_KEY_FILE" && stat -c %a "$CLOUDFRONT_PRIVATE_KEY_FILE" && echo "$CLOUDFRONT_KEY_PAIR_ID $GATE_URL"; rm a b`,
      "--key-type",
      "ecdsa-p256",
    );
    expect(told.stdout).toMatch(/^600\nK[A-Z0-9]{13} https:\/\/app\.keyturn\.localhost:\d+\n$/);
    expect(told.stderr).toMatch(/^edge https:.* in front of http:\/\/127\.0\.0\.1:\d+\n$/);
    expect(told.code).toBe(0);
  });

  it.each([
    ["exit 7", 7],
    ["kill -TERM $$", 143],
  ])("exits with the code of %s", async (command, code) => {
    expect(await run(command)).toMatchObject({ code, stdout: "" });
  });

  /** Runs a command that prints its processes' PIDs, sends these signals, and resolves to the exit code. */
  async function interrupted(command: string, ...signals: NodeJS.Signals[]) {
    const child = spawn(
      process.execPath,
      [PROGRAM, "sandbox", "--origin", backend.url, "--key-type", "ecdsa-p256", "--run", command],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    const [line] = (await once(createInterface(child.stdout), "line")) as [string];
    for (const signal of signals) {
      child.kill(signal);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    const [code] = child.exitCode === null ? await once(child, "exit") : [child.exitCode];
    return { code, running: line.trim().split(" ").map(Number).filter(isRunning) };
  }
  // A zombie that nobody has reaped counts as ended.
  const isRunning = (id: number) => {
    try {
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${id}/status`, "utf8"));
    } catch {
      return false;
    }
  };

  it.each([
    ["SIGTERM", 143],
    ["SIGINT", 130],
    ["SIGHUP", 129],
  ] as const)("passes %s on to every process of the command", async (signal, code) => {
    const command = "sleep 1000 & one=$!; sh -c 'sleep 1000' & echo $$ $one $!; wait";
    expect(await interrupted(command, signal)).toEqual({ code, running: [] });
  });

  it("kills a command that ignores the first signal on the second", async () => {
    const command = "trap '' INT TERM; sleep 1000 & echo $$ $!; wait; sleep 1000";
    expect(await interrupted(command, "SIGINT", "SIGINT")).toEqual({ code: 137, running: [] });
  });

  it("ends the command's background processes, and keeps its exit code", async () => {
    expect(await interrupted("sleep 1000 & echo $!; exit 7")).toEqual({ code: 7, running: [] });
  });

  it("runs the command even if the backend does not start, and reports that", async () => {
    const told = await promisify(execFile)(process.execPath, [
      ...[PROGRAM, "sandbox", "--origin", "http://127.0.0.1:9", "--wait", "1s", "--run", "true"],
    ]);
    expect(told.stderr).toContain("nothing listens at http://127.0.0.1:9 after 1s");
  });
});
