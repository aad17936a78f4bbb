/** One sandbox a folder, for as long as it lives. */
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemClock } from "../../../src/adapters/clock.ts";
import { systemRandom } from "../../../src/adapters/random.ts";
import { holdFolder } from "../../../src/sandbox/state/hold.ts";

const world = { clock: systemClock, random: systemRandom };
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyturn-hold-"));
});
afterEach(() => rm(folder, { recursive: true }));

it("is had by one at a time, and leaves nothing behind", async () => {
  const place = join(folder, "not", "there yet");
  const hold = await holdFolder(place, world);
  await expect(holdFolder(place, world)).rejects.toMatchObject({ code: "ERR_USAGE" });
  await hold.release();
  expect(await readdir(place)).toEqual([]);
  await (await holdFolder(place, world)).release();
});

it("of two that begin at the same moment, one has it", async () => {
  const both = await Promise.allSettled([holdFolder(folder, world), holdFolder(folder, world)]);
  const got = both.filter((each) => each.status === "fulfilled");
  expect(got).toHaveLength(1);
  expect(both).toContainEqual({
    status: "rejected",
    reason: expect.objectContaining({ code: "ERR_USAGE" }),
  });
  for (const { value } of got) await value.release();
});

it("is let go even while somebody hangs on the line", async () => {
  const hold = await holdFolder(folder, world);
  const [port] = (await readFile(join(folder, "in-use"), "utf8")).split(" ");
  const line = connect({ host: "127.0.0.1", port: Number(port), allowHalfOpen: true });
  await new Promise((said) => line.once("data", said));
  await hold.release();
  line.destroy();
});

it.each([
  ["nobody listens any more", undefined],
  ["another program speaks", "220 mail.example.com ready\r\n"],
  ["another program says nothing", ""],
])("is had again after a kill, when at the port %s", async (_who, greeting) => {
  const other = createServer((socket) => socket.on("error", () => {}).write(greeting ?? ""));
  await new Promise<void>((listening) => other.listen(0, "127.0.0.1", listening));
  const { port } = other.address() as AddressInfo;
  if (greeting === undefined) await new Promise((closed) => other.close(closed));
  await writeFile(join(folder, "in-use"), `${port} 6f1ed002-ab59-4d9c-8c4b-8f1d1b1f3d11\n`);
  const clock = { sleep: async () => new Promise<void>((passed) => setImmediate(passed)) };
  await (await holdFolder(folder, { ...world, clock })).release();
  other.close();
});

it("says what cannot be written, and where", async () => {
  const file = join(folder, "file");
  await writeFile(file, "");
  const refusal = { code: "ERR_FILE_UNREADABLE" };
  await expect(holdFolder(file, world)).rejects.toMatchObject({
    ...refusal,
    message: `${file} cannot be written: it is no folder`,
  });
  await expect(holdFolder(join(file, "state"), world)).rejects.toMatchObject({
    ...refusal,
    message: `${file}/state cannot be written: a part of the path is not a folder`,
  });
});

it.skipIf(!existsSync("/proc/self"))(
  "refuses a folder where the system takes none, at any depth",
  async () => {
    for (const place of ["/proc/x", "/proc/x/y/z"]) {
      await expect(holdFolder(place, world)).rejects.toMatchObject({
        code: "ERR_FILE_UNREADABLE",
        message: "/proc/x cannot be written: no folder can be made in /proc",
        hints: ["ls -ld /proc"],
      });
    }
  },
);
