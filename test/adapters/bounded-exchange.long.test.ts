/** Every AWS call ends, even if the server never answers, never ends its answer, or never accepts the connection. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { LIMITS } from "../../src/adapters/aws/bounded-exchange.ts";
import type { CloudClientOptions } from "../../src/adapters/aws/client-settings.ts";
import { awsCloud } from "../../src/adapters/aws/cloud.ts";
import { Sealed } from "../../src/sealed.ts";
import type { Cloud } from "../../src/seams/cloud.ts";
import { ManualClock } from "../fakes/manual-clock.ts";
import { needs } from "../fakes/needs.ts";
import { seededRandom } from "../fakes/seeded-random.ts";

const open: (() => void)[] = [];
afterAll(() => {
  for (const close of open.splice(0)) close();
});

/** A server that lets the test answer on the raw connection, and records every request line. */
async function hostile(onRequest: (socket: Socket, head: string) => void) {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (data) => {
      const head = data.toString("latin1");
      requests.push(head.split(" HTTP/")[0] ?? "");
      onRequest(socket, head);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { requests, sockets, port: (server.address() as AddressInfo).port };
}

/** Short limits. A slow machine cannot change an outcome, because the server never answers properly. */
const SHORT = { connect: 60, answer: 1.5, bytes: 64 * 1024, silence: 0.05 } as const;

interface Impatient {
  readonly cloud: Cloud;
  readonly clock: ManualClock;
  readonly notes: string[];
}

async function impatient(port: number, limits: CloudClientOptions["limits"] = SHORT): Promise<Impatient> {
  const notes: string[] = [];
  const clock = new ManualClock();
  const cloud = await awsCloud(
    {
      region: "eu-west-1",
      endpointUrl: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" },
    },
    {
      env: {},
      clock,
      random: seededRandom(1),
      interrupt: new AbortController().signal,
      limits,
      terminal: { note: (text) => notes.push(text), insist: () => {} },
    },
  );
  return { cloud, clock, notes };
}

/** The error of a failing call; pauses between attempts run on the clock. */
const failing = ({ clock }: Impatient, call: Promise<unknown>) =>
  clock.run(
    call.then(
      () => undefined,
      (thrown: unknown) => thrown,
    ),
  );

const READS: readonly (readonly [string, (cloud: Cloud) => Promise<unknown>])[] = [
  ["a read of CloudFront", ({ controlPlane }) => controlPlane.getKeyGroup("G")],
  ["a read of Secrets Manager", ({ vault }) => vault.get("S", { stage: "AWSCURRENT" })],
];
const GUARDED: readonly (readonly [string, (cloud: Cloud) => Promise<unknown>])[] = [
  [
    "a write with If-Match",
    ({ controlPlane }) => controlPlane.updateKeyGroup("G", "E1", { name: "g", items: ["K"], comment: "" }),
  ],
  ["a write with a token", ({ vault }) => vault.put("S", "t".repeat(32), { text: new Sealed("x") }, ["a"])],
  [
    "a conditional move of a label",
    ({ vault }) => vault.moveStage("S", "AWSCURRENT", { from: "a", to: "b" }),
  ],
];
const UNGUARDED: readonly (readonly [string, (cloud: Cloud) => Promise<unknown>])[] = [
  [
    "the creation of a key group",
    ({ controlPlane }) => controlPlane.createKeyGroup({ name: "g", items: ["K"], comment: "" }),
  ],
  [
    "the upload of a public key",
    ({ controlPlane }) =>
      controlPlane.createPublicKey({ callerReference: "r", name: "k", encodedKey: "PEM", comment: "" }),
  ],
];

const HEADERS = "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\n";

describe("a delayed response", () => {
  it.concurrent.each([...READS, ...GUARDED])("to %s is retried twice, then given up", async (_, call) => {
    const server = await hostile(() => {});
    const around = await impatient(server.port);
    const thrown = await failing(around, call(around.cloud));
    expect(thrown).toMatchObject({ code: "ERR_UNREACHABLE" });
    expect(String(thrown)).toMatch(
      /^.*no answer to (cloudfront|secretsmanager):\w+: it did not answer within 1\.5 s/,
    );
    expect(server.requests).toHaveLength(3);
  });

  it.concurrent.each(UNGUARDED)(
    "to %s is not retried, because a second attempt could create another",
    async (_, call) => {
      const server = await hostile(() => {});
      const around = await impatient(server.port);
      expect(await failing(around, call(around.cloud))).toMatchObject({ code: "ERR_UNREACHABLE" });
      expect(server.requests).toHaveLength(1);
    },
  );

  it("is reported on stderr during the wait, once for concurrent calls", async () => {
    const server = await hostile(() => {});
    const around = await impatient(server.port);
    const both = Promise.all(READS.map(([, call]) => call(around.cloud).catch(() => {})));
    await around.clock.run(both);
    expect(around.notes[0]).toBe(
      "waiting for cloudfront:GetKeyGroup on key group G: no answer for 0.05 s; an attempt ends after 1.5 s",
    );
    expect(new Set(around.notes.map((note) => note.split(":")[1]))).toEqual(
      new Set(["GetKeyGroup on key group G"]),
    );
  });

  it("that arrives in time is not reported", async () => {
    const server = await hostile((socket) => {
      socket.end(
        `${HEADERS}etag: E1\r\nconnection: close\r\n\r\n<KeyGroup><Id>G</Id><LastModifiedTime>2026-01-01T00:00:00Z</LastModifiedTime><KeyGroupConfig><Name>g</Name></KeyGroupConfig></KeyGroup>`,
      );
    });
    const around = await impatient(server.port, { ...LIMITS, silence: 600 });
    expect(await around.cloud.controlPlane.getKeyGroup("G")).toMatchObject({
      etag: "E1",
      value: { id: "G" },
    });
    expect(around.notes).toEqual([]);
  });
});

describe("an endless response", () => {
  it("is given up even if bytes keep arriving", async () => {
    const server = await hostile((socket) => {
      socket.write(`${HEADERS}transfer-encoding: chunked\r\n\r\n`);
      const drip = setInterval(() => socket.write("1\r\n \r\n"), 10);
      socket.on("close", () => clearInterval(drip));
    });
    const around = await impatient(server.port);
    const thrown = await failing(around, around.cloud.controlPlane.getKeyGroup("G"));
    expect(thrown).toMatchObject({ code: "ERR_UNREACHABLE" });
    expect(String(thrown)).toContain("it did not answer within 1.5 s");
    expect(server.requests).toHaveLength(3);
  });

  it("of 2.4 GB is cut off soon after 10 MiB", async () => {
    const announced = 2_400_000_000;
    const chunk = Buffer.alloc(256 * 1024, " ");
    let written = 0;
    const server = await hostile((socket) => {
      socket.write(`${HEADERS}content-length: ${announced}\r\n\r\n`);
      const pour = () => {
        while (!socket.destroyed && socket.write(chunk)) written += chunk.length;
      };
      socket.on("drain", pour);
      pour();
    });
    const around = await impatient(server.port, { ...LIMITS, answer: 200, silence: 600 });
    const before = process.memoryUsage().rss;
    const thrown = await failing(around, around.cloud.vault.get("S", { stage: "AWSCURRENT" }));
    expect(thrown).toMatchObject({ code: "ERR_UNREACHABLE" });
    expect(String(thrown)).toContain("its response is longer than 10 MiB");
    expect(server.requests).toHaveLength(3);
    // The kernel's buffers add to the limit.
    expect(written).toBeLessThan(3 * 32 * 1024 * 1024);
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024);
  });
});

needs("python3")("a connection that never opens", () => {
  it("is given up after its own, shorter limit, for reads and writes", async () => {
    const { port, stop } = await fullBacklog();
    open.push(stop);
    const around = await impatient(port, { ...LIMITS, connect: 0.3, answer: 600, silence: 600 });
    for (const [, call] of [...READS, ...UNGUARDED].slice(0, 3)) {
      const thrown = await failing(around, call(around.cloud));
      expect(thrown).toMatchObject({ code: "ERR_UNREACHABLE" });
      expect(String(thrown)).toContain("the connection did not open within 0.3 s");
    }
  });
});

/** A listener whose backlog is full, so that further connections never open. */
async function fullBacklog(): Promise<{ port: number; stop: () => void }> {
  const script = `
import socket, sys, time
server = socket.socket(); server.bind(("127.0.0.1", 0)); server.listen(0)
held = []
for _ in range(4):
    one = socket.socket(); one.setblocking(False); one.connect_ex(server.getsockname()); held.append(one)
time.sleep(0.2)
print(server.getsockname()[1], flush=True)
sys.stdin.read()
`;
  const child: ChildProcess = spawn("python3", ["-c", script], { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = (await once(child.stdout as NonNullable<typeof child.stdout>, "data")) as [Buffer];
  return { port: Number(line.toString().trim()), stop: () => child.kill() };
}

describe("the limits for AWS", () => {
  it("are 5 s to connect, 20 s for the response, and 10 MiB for its size", () => {
    expect(LIMITS).toEqual({ connect: 5, answer: 20, bytes: 10 * 1024 * 1024 });
  });
});
