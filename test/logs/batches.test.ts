/** How many files one statement reads, so that memory does not grow with their number or length. */
import { availableParallelism } from "node:os";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openLogWorkspace } from "../../src/adapters/logs/log-workspace.ts";
import { V1_FIELDS } from "../../src/logs/field-names.ts";
import { batchesOf, type LogFile } from "../../src/logs/local-source.ts";
import { askLogs, logFile, rowsOf } from "./asked-logs.ts";
import { gz, v1Text } from "./lines.ts";
import { denied, T0 } from "./planted.ts";

const file = (path: string, size: number, length = size, over: Partial<LogFile> = {}): LogFile => ({
  path,
  compression: size === length ? "none" : "gzip",
  form: { kind: "delimited", name: "v1", names: V1_FIELDS },
  size,
  length,
  ...over,
});
const pathsOf = (files: readonly LogFile[], threads: number) =>
  batchesOf(files, threads).map((batch) => batch.map(({ path }) => path).join(""));

describe("a statement", () => {
  it("reads any number of small files", () => {
    expect(batchesOf(Array(1000).fill(file("a", 16_000_000)), 2)).toHaveLength(1);
  });
  it.each([
    [1, ["ab", "cd", "e"]],
    [2, ["abcd", "e"]],
    [3, ["abcde"]],
  ])("reads two large files for each of %i threads", (threads, expected) => {
    expect(
      pathsOf(
        [..."abcde"].map((path) => file(path, 16_000_001)),
        threads,
      ),
    ).toEqual(expected);
  });
  it("counts a gzip file by its expanded size, or by its own size if its trailer claims less", () => {
    const files = [file("a", 100, 16_000_001), file("b", 16_000_001, 7), file("c", 100, 16_000_000)];
    expect(pathsOf(files, 1)).toEqual(["c", "ab"]);
  });
  it("reads any amount of Parquet, because it never loads it whole", () => {
    const parquet = { form: { kind: "parquet", name: "parquet" } } as const;
    expect(pathsOf([file("a", 1e9, 1e9, parquet), file("b", 1e9, 1e9, parquet), file("c", 1)], 1)).toEqual([
      "abc",
    ]);
  });
  it("is not needed without files", () => {
    expect(batchesOf([], 2)).toEqual([]);
  });
});

describe("DuckDB", () => {
  it.each([
    ["64MB", 1],
    ["127MB", 1],
    ["128MB", 2],
    ["512MB", 8],
    ["2GB", 31],
    ["20MB", 1],
  ])("with %s uses at most %i threads, and no more than the machine has", async (memoryLimit, most) => {
    const workspace = await openLogWorkspace({ memoryLimit }, new AbortController().signal);
    const [row] = await workspace.engine.query("SELECT current_setting('threads') AS threads");
    await workspace.close();
    const expected = Math.min(most, availableParallelism());
    expect([workspace.engine.threads, Number(row?.threads)]).toEqual([expected, expected]);
  });
});

describe("files read by several statements", () => {
  const [version, fields, line] = v1Text([denied("MissingKey", T0)]).split("\n");
  const COUNT = Math.ceil(16_000_001 / `${line}\n`.length);
  const large = (...more: readonly string[]) =>
    Buffer.from(`${version}\n${fields}\n${`${line}\n`.repeat(COUNT)}${more.join("\n")}`, "latin1");

  it("have their own counts of lines and damage, and the answers include all of them", async () => {
    const files = [
      logFile(gzipSync(large("half\ta\tline", "\xff\xfe")), "gz"),
      logFile(gzipSync(large()), "gz"),
      logFile(gzipSync(large("\xff", "half\ta\tline", "half\ta\tline")).subarray(0, -9), "gz"),
      logFile(gz(v1Text([denied("InvalidKey", T0)])), "gz"),
      logFile(large("half\ta\tline")),
    ];
    const asked = await askLogs(["denials", ...files, "--memory", "64MB"]);
    expect(asked.result.read.sources).toMatchObject([
      { lines: COUNT, damaged: 2 },
      { lines: COUNT, damaged: 0 },
      { damaged: expect.any(Number), trouble: "cut off or damaged" },
      { lines: 1, damaged: 0 },
      { lines: COUNT, damaged: 1 },
    ]);
    expect(asked.result.read.sources.map(({ trouble }) => trouble).filter(Boolean)).toHaveLength(1);
    const read = asked.result.read.sources.reduce((total, { lines }) => total + lines, 0);
    expect(rowsOf(asked, "denials").reduce((total, { requests }) => total + Number(requests), 0)).toBe(read);
  });
});
