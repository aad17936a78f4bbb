/** A draft made from a local substitute for AWS has URLs that answer. */
import { describe, expect, it } from "vitest";
import { RemoteError } from "../../src/errors.ts";
import { edgePort } from "../../src/gates/edge-port.ts";
import { parseGates } from "../../src/gates/read.ts";
import type { Viewer, ViewerRequest } from "../../src/seams/viewer.ts";
import { probedSite } from "../probe/fault-site.ts";

const interrupt = new AbortController().signal;
const distributions = [
  {
    connectionMode: "direct",
    aliases: ["*.example.com", "cdn.example.com"],
    domainName: "d1.cloudfront.net",
  },
] as unknown as Parameters<typeof edgePort>[0]["distributions"];

/** Answers on these ports of the endpoint's host, and records the requests. */
function answering(ports: readonly number[], state?: string) {
  const asked: ViewerRequest[] = [];
  const viewer: Viewer = {
    async send(request) {
      asked.push(request);
      const body = Buffer.from(request.url.endsWith("/_sandbox/state") ? (state ?? "") : "");
      const port = request.address?.port ?? (state === undefined ? undefined : ports[0]);
      if (port === undefined || !ports.includes(port)) throw new RemoteError("ERR_UNREACHABLE", "refused");
      return { status: 200, headers: [], body, truncated: false, address: "127.0.0.1" };
    },
  };
  return { viewer, asked };
}

describe("the edge port of a local substitute for AWS", () => {
  it("is the one that the sandbox reports, if it answers", async () => {
    const state = '{"site":"https://cdn.example.com:8443","more":';
    const { viewer } = answering([8443], state);
    const given = { distributions };
    expect(await edgePort(given, "http://127.0.0.1:8001", { viewer, interrupt })).toBe(8443);
  });

  it("is the default or the endpoint's port for others", async () => {
    for (const [ports, found] of [
      [[443], undefined],
      [[4566], 4566],
      [[443, 4566], undefined],
      [[], undefined],
    ] as const) {
      const { viewer, asked } = answering(ports);
      const port = await edgePort({ distributions }, "http://localhost:4566", { viewer, interrupt });
      expect(port).toBe(found);
      // No request leaves this machine, whatever the distribution's host name.
      for (const { url, address } of asked.slice(1)) {
        expect(address?.host).toBe("localhost");
        expect(new URL(url).hostname).toBe("cdn.example.com");
      }
    }
  });

  it.each(["AWS us-east-1", "https://vpce-1.cloudfront.amazonaws.com", "http://sandbox.invalid"])(
    "is not searched for at %s",
    async (where) => {
      const { viewer, asked } = answering([443]);
      expect(await edgePort({ distributions }, where, { viewer, interrupt })).toBeUndefined();
      expect(asked).toEqual([]);
    },
  );

  it("is in every URL of config init's file, and works for the doctor", async () => {
    const { run, site, world } = await probedSite();
    const ran = await run(
      "config init --out drafted.yaml --region us-east-1 --endpoint-url http://127.0.0.1:8001",
    );
    expect(ran.exitCode, ran.stderr).toBe(0);
    const [gate] = parseGates(world.files.text("drafted.yaml"), "drafted.yaml").values();
    const canary = Object.values(gate?.canaries ?? {})[0] ?? "";
    expect(canary.startsWith(`${site.addresses.site}/`), canary).toBe(true);
    expect(gate?.cookie.resource.startsWith(`${site.addresses.site}/`)).toBe(true);
    const { stdout } = await run(`doctor ${canary} --config drafted.yaml --json`);
    const { answers } = JSON.parse(stdout).result as { answers: { with: string; edge?: string }[] };
    expect(answers.map(({ edge }) => edge)).toEqual(["denied", "passed"]);
  });
});
