/**
 * The state file: complete or refused by name, the newest state wins, and nothing is answered before it is on the disk.
 */
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StateFile } from "../../../src/sandbox/state/state-file.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "keyturn-state-"));
});
afterEach(() => rm(folder, { recursive: true }));

const open = () => new StateFile<{ n: number }, { n: number }>(folder, "things", (state) => state);

describe("a state file", () => {
  it("is empty at first, then returns what was saved last", async () => {
    const file = open();
    expect(await file.read()).toBeUndefined();
    file.save({ n: 1 });
    file.save({ n: 2 });
    await file.saved();
    expect(await open().read()).toEqual({ n: 2 });
    expect((await stat(file.path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(["things.json"]);
  });

  it("resolves only when the state that the caller saved is on the disk", async () => {
    const file = open();
    const seen = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        file.save({ n });
        await file.saved();
        return { n, onDisk: (await open().read())?.n ?? -1 };
      }),
    );
    for (const { n, onDisk } of seen) expect(onDisk).toBeGreaterThanOrEqual(n);
  });

  it.each([
    ["JSON of another kind", () => "[1]"],
    ["only JSON's null", () => "null"],
    ["half a file", (text: string) => text.slice(0, -3)],
    ["an empty file", () => ""],
    ["another version", (text: string) => text.replace("version 2", "version 3")],
    ["something else", () => "hello\nworld"],
  ])("refuses %s, and names the file", async (_what, damage) => {
    const file = open();
    file.save({ n: 1 });
    await file.saved();
    await writeFile(file.path, damage(await readFile(file.path, "utf8")));
    await expect(open().read()).rejects.toMatchObject({
      code: "ERR_FILE_UNREADABLE",
      message: expect.stringContaining(file.path),
      hints: [`mv ${folder} ${folder}.damaged`],
    });
  });

  it.each(["a link to another file", "a file that everybody can read"])(
    "is not fooled by %s in the place of its temporary file",
    async (left) => {
      const file = open();
      const elsewhere = join(folder, "elsewhere");
      await writeFile(elsewhere, "theirs");
      if (left.startsWith("a link")) await symlink(elsewhere, `${file.path}.new`);
      else {
        await writeFile(`${file.path}.new`, "half");
        await chmod(`${file.path}.new`, 0o666);
      }
      file.save({ n: 1 });
      await file.saved();
      expect(await readFile(elsewhere, "utf8")).toBe("theirs");
      const saved = await lstat(file.path);
      expect([saved.isFile(), saved.mode & 0o777]).toEqual([true, 0o600]);
      expect(await open().read()).toEqual({ n: 1 });
      expect((await readdir(folder)).toSorted()).toEqual(["elsewhere", "things.json"]);
    },
  );

  it("reports a failed write to its callers, and writes that state the next time", async () => {
    const file = open();
    // A folder in the place of the temporary file.
    await mkdir(`${file.path}.new`);
    file.save({ n: 1 });
    const refusal = {
      code: "ERR_FILE_UNREADABLE",
      message: `${file.path} cannot be written: it is a folder`,
    };
    await expect(file.saved()).rejects.toMatchObject(refusal);
    await expect(file.saved()).rejects.toMatchObject(refusal);
    await rm(`${file.path}.new`, { recursive: true });
    await file.saved();
    expect(await open().read()).toEqual({ n: 1 });
  });
});
