/**
 * A host that does not answer is tried a few times, and named once with what to check; other hosts are still probed.
 */
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { httpViewer } from "../../src/adapters/viewer.ts";
import { RemoteError } from "../../src/errors.ts";
import type { Viewer } from "../../src/seams/viewer.ts";
import { freshPair } from "../commands/keys-account.ts";
import { memoryWorld, runCommand, words } from "../fakes/memory-world.ts";

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((listening) => server.once("listening", listening));
  const { port } = server.address() as { port: number };
  await new Promise((closed) => server.close(closed));
  return port;
}

const PEM = freshPair().privateKey.export({ type: "pkcs8", format: "pem" }).toString();

/** Sends requests to 127.0.0.1 through the real client; every other host answers 403 as the edge does. */
function counting(): Viewer & { readonly sent: Map<string, number> } {
  const sent = new Map<string, number>();
  const real = httpViewer({});
  return {
    sent,
    async send(request, signal) {
      const { host, hostname } = new URL(request.url);
      sent.set(host, (sent.get(host) ?? 0) + 1);
      if (hostname === "127.0.0.1") return real.send(request, signal);
      if (hostname === "nosuch.invalid") {
        const cause = Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
        throw new RemoteError(
          "ERR_UNREACHABLE",
          `no answer from https://${host}: it does not resolve`,
          [],
          cause,
        );
      }
      return {
        status: 403,
        headers: [["server", "CloudFront"]],
        body: new Uint8Array(),
        truncated: false,
        address: "",
      };
    },
  };
}

async function probe(urls: string) {
  const viewer = counting();
  const world = memoryWorld({ viewer });
  world.files.put("k.pem", PEM, 0o600);
  const line = `probe ${urls} --private-key k.pem --key-pair-id K2JCJMDEHXQW5F`;
  const ran = await runCommand(words(line), world);
  const { findings } = JSON.parse((await runCommand(words(`${line} --json`), world)).stdout);
  const silent = (findings as { id: string; message: string; remedy: string }[]).filter(
    ({ id }) => id === "unreachable",
  );
  return { ...ran, viewer, silent, findings };
}

describe("a closed port", () => {
  it("is tried only a few times, and named once with what to check", async () => {
    const host = `127.0.0.1:${await closedPort()}`;
    const { stdout, exitCode, viewer, silent, findings } = await probe(`https://${host}/a https://${host}/b`);
    expect(exitCode).toBe(6);
    // Two runs, each with up to four requests in flight when the first is refused.
    expect(viewer.sent.get(host)).toBeLessThanOrEqual(12);
    expect(silent).toHaveLength(1);
    expect(silent[0]?.message).toContain(`https://${host} does not answer`);
    expect(silent[0]?.remedy).toContain(`curl -v https://${host}/`);
    expect(findings).toHaveLength(1);
    expect(stdout).toContain("connection refused");
    expect(stdout).not.toContain("no answer   ");
    expect(stdout.split("\n").length).toBeLessThan(16);
  });

  it("does not stop other hosts, and each unreachable host is named with its own reason", async () => {
    const host = `127.0.0.1:${await closedPort()}`;
    const { viewer, silent } = await probe(
      `https://${host}/a https://nosuch.invalid/b https://live.example/c`,
    );
    expect(silent.map(({ remedy }) => remedy)).toEqual([
      expect.stringContaining("nothing listens on that port"),
      expect.stringContaining("dig +short nosuch.invalid"),
    ]);
    expect(viewer.sent.get("live.example")).toBeGreaterThan(20);
    expect(viewer.sent.get("nosuch.invalid")).toBeLessThanOrEqual(12);
  });
});
