/** `keyturn sandbox --origin` and backends in separate processes, as a developer starts them. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const PROGRAM = fileURLToPath(new URL("../../../bin/keyturn.js", import.meta.url));

/** Starts an application of `applications/`; resolves to its URL. */
export async function startApplication(name: string, ...args: string[]) {
  const path = fileURLToPath(new URL(`applications/${name}.mjs`, import.meta.url));
  const child = spawn(process.execPath, [path, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  return { url: `http://127.0.0.1:${line}`, child, stop: () => ended(child) };
}

export interface ProxyProcess {
  readonly facts: {
    readonly urls: { readonly site: string; readonly siteHttp: string; readonly api: string };
    readonly caFile: string;
    readonly keyFile: string;
    readonly backendFile: string;
    readonly envFile: string;
    readonly keyPairId: string;
  };
  readonly stderr: () => string;
  /** The process's peak memory, in MiB (Linux). */
  readonly peak: () => number;
  /** Runs curl with the arguments that both edges need, followed by these. */
  readonly curl: (...args: string[]) => Promise<string>;
  readonly stop: () => Promise<number | null>;
}

export async function startProxyProcess(...flags: string[]): Promise<ProxyProcess> {
  const child = spawn(process.execPath, [PROGRAM, "sandbox", "--json", ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, CURL_CA_BUNDLE: "" },
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  const [line] = (await Promise.race([
    once(createInterface(child.stdout), "line"),
    once(child, "exit").then(() => Promise.reject(new Error(`the sandbox ended: ${stderr}`))),
  ])) as [string];
  const facts = JSON.parse(line).result;
  const resolved = [facts.urls.site, facts.urls.siteHttp].flatMap((url: string) => {
    const { hostname, port } = new URL(url);
    return ["--resolve", `${hostname}:${port}:127.0.0.1`];
  });
  return {
    facts,
    stderr: () => stderr,
    peak: () =>
      Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) / 1024,
    curl: async (...args) => {
      const whole = ["-sS", "--cacert", facts.caFile, ...resolved, ...args];
      const { stdout } = await promisify(execFile)("curl", whole, { maxBuffer: 1 << 26 });
      return stdout;
    },
    stop: () => ended(child),
  };
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  child.kill("SIGINT");
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}
