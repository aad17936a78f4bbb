/** The runbook's Express backend, exactly as the page prints it, behind the edge. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { needs } from "../../fakes/needs.ts";
import { startProxyProcess } from "./proxy-process.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const page = readFileSync(join(root, "runbooks/develop-against-the-gate.md"), "utf8");
const source = /^```js\n(\/\/ app\.mjs\n[\s\S]*?)^```$/m.exec(page)?.[1] as string;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

needs("curl")("the runbook's backend", () => {
  const folder = mkdtempSync(join(tmpdir(), "keyturn-runbook-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("denies before the login, lets in after it, and trusts only the edge", async () => {
    const port = await freePort();
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    writeFileSync(join(folder, "app.mjs"), source.replace("3000", String(port)));
    const url = `http://127.0.0.1:${port}`;
    const edge = await startProxyProcess("--origin", url, "--protect", "/api/*,/media/*");
    const env = Object.fromEntries(
      readFileSync(edge.facts.backendFile, "utf8")
        .trim()
        .split("\n")
        .map((line) => line.split(/=(.*)/s) as [string, string]),
    );
    const backend = spawn(process.execPath, ["app.mjs"], { cwd: folder, env: { ...process.env, ...env } });
    try {
      const site = edge.facts.urls.site;
      const jar = join(folder, "jar");
      const status = ["-o", "/dev/null", "-w", "%{http_code}"];
      await expect
        .poll(() => edge.curl(...status, "--cookie-jar", jar, "-X", "POST", `${site}/session`), {
          timeout: 60_000,
        })
        .toBe("204");
      expect(await edge.curl(`${site}/api/films`)).toContain("<Code>MissingKey</Code>");
      expect(await edge.curl("--cookie", jar, `${site}/api/films`)).toBe('["film"]');
      expect(await edge.curl(...status, `${url}/api/films`)).toBe("403");
      expect(edge.stderr()).toContain("403 MissingKey: key-pair-id-missing");
    } finally {
      backend.kill();
      await edge.stop();
    }
  });

  it("does not print the private key to the terminal", async () => {
    const edge = await startProxyProcess("--origin", "http://127.0.0.1:9");
    const [, first = ""] = readFileSync(edge.facts.keyFile, "utf8").split("\n");
    const printed = JSON.stringify(edge.facts) + edge.stderr();
    await edge.stop();
    expect(first.length).toBeGreaterThan(60);
    expect(printed).not.toContain(first);
  });
});
