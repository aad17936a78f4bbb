/** One sandbox per folder at a time. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { systemProcesses } from "../../../src/adapters/processes.ts";
import { lockFolder } from "../../../src/sandbox/state/lock.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyturn-lock-"));
});
afterEach(() => rm(folder, { recursive: true }));

it("allows one holder at a time, and leaves no file behind", async () => {
  const place = join(folder, "not", "there yet");
  const lock = await lockFolder(place, systemProcesses);
  await expect(lockFolder(place, systemProcesses)).rejects.toMatchObject({
    code: "ERR_USAGE",
    hints: [`. '${place}/env.sh'`, expect.stringContaining(`rm '${place}/lock'`)],
  });
  await lock.release();
  expect(await readdir(place)).toEqual([]);
  await (await lockFolder(place, systemProcesses)).release();
});

it("is held by exactly one of two that start at the same moment", async () => {
  const both = await Promise.allSettled([
    lockFolder(folder, systemProcesses),
    lockFolder(folder, systemProcesses),
  ]);
  const got = both.filter((each) => each.status === "fulfilled");
  expect(got).toHaveLength(1);
  expect(both).toContainEqual({
    status: "rejected",
    reason: expect.objectContaining({ code: "ERR_USAGE" }),
  });
  for (const { value } of got) await value.release();
});

it("can be taken at once after its holder was killed", async () => {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await writeFile(join(folder, "lock"), `${child.pid}\n`);
  await expect(lockFolder(folder, systemProcesses)).rejects.toMatchObject({ code: "ERR_USAGE" });
  child.kill("SIGKILL");
  await ended;
  await (await lockFolder(folder, systemProcesses)).release();
});

it.each(["", "\n", "nobody", "0", "-1", "99999999999999999999", "1e400"])(
  "can be taken if its file names no process: %j",
  async (text) => {
    await writeFile(join(folder, "lock"), text);
    await (await lockFolder(folder, systemProcesses)).release();
    expect(await readdir(folder)).toEqual([]);
  },
);

it("fails with the name of the folder that cannot be written", async () => {
  const file = join(folder, "file");
  await writeFile(file, "");
  const refusal = { code: "ERR_FILE_UNREADABLE" };
  await expect(lockFolder(file, systemProcesses)).rejects.toMatchObject({
    ...refusal,
    message: `${file} cannot be written: it is not a folder`,
  });
  await expect(lockFolder(join(file, "state"), systemProcesses)).rejects.toMatchObject({
    ...refusal,
    message: `${file}/state cannot be written: a part of the path is not a folder`,
  });
});

it.skipIf(!existsSync("/proc/self"))(
  "fails for a folder that the system does not allow, at any depth",
  async () => {
    for (const place of ["/proc/x", "/proc/x/y/z"]) {
      await expect(lockFolder(place, systemProcesses)).rejects.toMatchObject({
        code: "ERR_FILE_UNREADABLE",
        message: "/proc/x cannot be written: no folder can be created in /proc",
        hints: ["ls -ld /proc"],
      });
    }
  },
);
