import { execFileSync } from "node:child_process";
import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { localFiles as filesUntil } from "../../src/adapters/files.ts";
import { fileJournal, journalFolder } from "../../src/adapters/journal.ts";
import { InterruptError } from "../../src/errors.ts";
import type { Files } from "../../src/seams/world.ts";

const localFiles = filesUntil(new AbortController().signal);
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "keyturn-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const modeOf = (path: string) => statSync(path).mode & 0o777;

describe("a new file", () => {
  it("is complete and readable only by the owner, with no temporary file left", async () => {
    await localFiles.writeNew(at("key.pem"), "content");
    expect(readFileSync(at("key.pem"), "utf8")).toBe("content");
    expect(modeOf(at("key.pem"))).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["key.pem"]);
  });

  it.each([
    [0o022, 0o644],
    [0o077, 0o600],
    [0o002, 0o664],
    [0o027, 0o640],
  ])("that anyone may read respects the umask %o", async (umask, expected) => {
    const before = process.umask(umask);
    try {
      await localFiles.writeNew(at("key.pub.pem"), "content", 0o666);
    } finally {
      process.umask(before);
    }
    expect(modeOf(at("key.pub.pem"))).toBe(expected);
  });

  it.each([0o000, 0o022, 0o277])("with a secret is 0600 under every umask (%o)", async (umask) => {
    const before = process.umask(umask);
    try {
      await localFiles.writeNew(at("key.pem"), "content");
    } finally {
      process.umask(before);
    }
    expect(modeOf(at("key.pem"))).toBe(0o600);
  });

  it("never replaces a file", async () => {
    writeFileSync(at("key.pem"), "old");
    await expect(localFiles.writeNew(at("key.pem"), "new")).rejects.toMatchObject({
      code: "ERR_FILE_EXISTS",
    });
    expect(readFileSync(at("key.pem"), "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["key.pem"]);
  });

  it.each([
    ["to a file", "target"],
    ["to a missing file", "nowhere"],
  ])("is never written through a symlink %s", async (_, target) => {
    writeFileSync(at("target"), "old");
    symlinkSync(at(target), at("key.pem"));
    await expect(localFiles.writeNew(at("key.pem"), "new")).rejects.toMatchObject({
      code: "ERR_FILE_EXISTS",
    });
    expect(readFileSync(at("target"), "utf8")).toBe("old");
    expect(readdirSync(folder).toSorted()).toEqual(["key.pem", "target"]);
  });

  it("comes completely from one of two concurrent writers", async () => {
    const contents = ["a".repeat(100_000), "b".repeat(100_000)];
    const ends = await Promise.allSettled(
      contents.map((content) => localFiles.writeNew(at("key.pem"), content)),
    );
    expect(ends.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(contents).toContain(readFileSync(at("key.pem"), "utf8"));
  });

  it("in a missing folder is refused with the command that creates it", async () => {
    await expect(localFiles.writeNew(at("no/key.pem"), "x")).rejects.toMatchObject({
      code: "ERR_FILE_UNREADABLE",
      message: `${at("no/key.pem")} cannot be written: no such folder`,
      hints: [`mkdir -p ${at("no")}`],
    });
  });
});

describe("reading a file", () => {
  it.each([
    ["read", () => localFiles.read(at("none"))],
    ["stream", () => drained(localFiles.stream(at("none")))],
  ])("with %s reports a missing file", async (_, read) => {
    await expect(read()).rejects.toMatchObject({
      code: "ERR_FILE_UNREADABLE",
      message: `${at("none")} cannot be read: no such file`,
    });
  });

  it("refuses a folder", async () => {
    await expect(localFiles.read(folder)).rejects.toMatchObject({
      message: `${folder} cannot be read: it is a folder`,
    });
  });

  it.each([
    ["read", (files: Files, path: string) => files.read(path)],
    ["stream", (files: Files, path: string) => drained(files.stream(path))],
  ])("with %s can be interrupted while a pipe has no data", async (_, read) => {
    execFileSync("mkfifo", [at("pipe")]);
    const writer = openSync(at("pipe"), constants.O_RDWR);
    const interrupt = new AbortController();
    const reading = read(filesUntil(interrupt.signal), at("pipe"));
    const reason = new InterruptError("SIGINT");
    interrupt.abort(reason);
    await expect(reading).rejects.toBe(reason);
    closeSync(writer);
  });

  it.skipIf(!existsSync("/dev/zero"))("gives up on an endless file", async () => {
    await expect(localFiles.read("/dev/zero")).rejects.toMatchObject({
      message: "/dev/zero cannot be read: it is too large",
    });
  });

  it("returns permission bits, or undefined without a file", async () => {
    writeFileSync(at("key.pem"), "", { mode: 0o640 });
    expect(await localFiles.mode(at("key.pem"))).toBe(0o640);
    expect(await localFiles.mode(at("none"))).toBeUndefined();
    expect(await localFiles.mode(at("key.pem/below"))).toBeUndefined();
  });
});

describe("the journal", () => {
  it("has one JSON line per entry, readable only by the owner", async () => {
    const journal = fileJournal(at("state"));
    await Promise.all([journal.append("gate/app", { step: 1 }), journal.append("gate/app", { step: 2 })]);
    const lines = readFileSync(at("state/gate-app.jsonl"), "utf8").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).step).toSorted()).toEqual([1, 2]);
    expect(modeOf(at("state/gate-app.jsonl"))).toBe(0o600);
    expect(modeOf(at("state"))).toBe(0o700);
  });

  it("escapes terminal control sequences in an entry", async () => {
    await fileJournal(at("state")).append("app", { name: "a\u009b2J\u202e\u001b[2J" });
    const text = readFileSync(at("state/app.jsonl"), "utf8");
    expect(text).toBe('{"name":"a\\u009b2J\\u202e\\u001b[2J"}\n');
  });

  it("never leaves its folder, and never follows a symlink", async () => {
    const journal = fileJournal(at("state"));
    await journal.append("../../escape", { step: 1 });
    expect(readdirSync(folder)).toEqual(["state"]);
    symlinkSync(at("elsewhere"), at("state/app.jsonl"));
    await expect(journal.append("app", {})).rejects.toMatchObject({ code: "ERR_FILE_UNREADABLE" });
  });

  it("is in XDG_STATE_HOME, or the default for it", () => {
    expect(journalFolder({ XDG_STATE_HOME: "/var/state" })).toBe("/var/state/keyturn");
    expect(journalFolder({})).toMatch(/\/\.local\/state\/keyturn$/);
  });
});

async function drained(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of chunks);
}
