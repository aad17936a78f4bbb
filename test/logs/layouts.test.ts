/** JSON logs that are not one record per line, and UTF-16: the same answers as from the lines themselves. */
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import { memoryWorld, runCommand } from "../fakes/memory-world.ts";
import { askLogs, logFile } from "./asked-logs.ts";
import { gz, jsonText, v1Text } from "./lines.ts";
import { PATTERNS, withPlanted } from "./planted.ts";

const events = withPlanted("oldKey", "remintLoop", "ungated", "slowLocation", "wafBlock");
const lines = jsonText(events).trim().split("\n");
const records = lines.map((line) => JSON.parse(line) as Record<string, string>);
const messages = lines.map((message, at) => ({
  timestamp: 1_764_324_000_000 + at,
  message,
  eventId: `${at}`,
}));
const csvCell = (text: string) => `"${text.replaceAll('"', '""')}"`;

const LAYOUTS: Readonly<Record<string, string | Uint8Array>> = {
  "Firehose, without newlines": lines.join(""),
  "Firehose, gz": gz(lines.join("")),
  "an array": JSON.stringify(records),
  "an array on several lines, as from jq": JSON.stringify(records, null, 2),
  "records on several lines": records.map((record) => JSON.stringify(record, null, 2)).join("\n"),
  "filter-log-events on one line": JSON.stringify({ events: messages, searchedLogStreams: [] }),
  "get-log-events, parsed messages": JSON.stringify({
    events: records.map((message) => ({ timestamp: 1, message })),
  }),
  "a subscription's message": JSON.stringify({
    messageType: "DATA_MESSAGE",
    logGroup: "group",
    logEvents: messages,
  }),
  "aws logs tail --format json": records
    .map((record) => `2026-11-28T10:00:00+00:00 stream/1 ${JSON.stringify(record, null, 4)}\n`)
    .join(""),
  "Insights' results": JSON.stringify(
    {
      results: lines.map((value) => [
        { field: "@timestamp", value: "2026-11-28 10:00:00.000" },
        { field: "@message", value },
      ]),
    },
    null,
    4,
  ),
  "Insights' results as CSV": `@timestamp,@message\n${lines.map((line) => `2026-11-28 10:00:00.000,${csvCell(line)}\n`).join("")}`,
  "UTF-16, as PowerShell writes it": Buffer.concat([
    Buffer.from([0xff, 0xfe]),
    Buffer.from(lines.join("\r\n"), "utf16le"),
  ]),
  "UTF-16, big endian, without newlines": Buffer.concat([
    Buffer.from([0xfe, 0xff]),
    Buffer.from(lines.join(""), "utf16le").swap16(),
  ]),
};

const answersOf = async (file: string) => {
  const { result, findings } = await askLogs([file, ...PATTERNS, "--show-clients"]);
  expect(result.read).toMatchObject({ lines: events.length, damaged: 0, sources: [{ path: file }] });
  return { questions: result.questions, findings };
};

describe("the answers are the same as from one record per line", () => {
  it.each(Object.keys(LAYOUTS))("for %s", async (name) => {
    const layout = LAYOUTS[name] as string | Uint8Array;
    expect(await answersOf(logFile(layout, "json"))).toEqual(
      await answersOf(logFile(jsonText(events), "json")),
    );
  });
  it("for v1 in UTF-16", async () => {
    const text = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(v1Text(events), "utf16le")]);
    expect((await askLogs([logFile(text)])).result.read).toMatchObject({ lines: events.length, damaged: 0 });
  });
});

it("records without newlines that are cut off: the last one counts as damaged", async () => {
  const whole = lines.join("");
  const { result } = await askLogs([logFile(whole.slice(0, -20))]);
  expect(result.read).toMatchObject({ lines: events.length - 1, damaged: 1 });
});

it("a gz file without newlines that is cut off: records before the cut count", async () => {
  const whole = gz(lines.join(""));
  const { result } = await askLogs([logFile(whole.subarray(0, whole.length >> 1), "gz")]);
  expect(result.read.lines).toBeGreaterThan(20);
  expect(result.read.damaged).toBeGreaterThan(0);
});

it("JSON of something else is not a log", async () => {
  const ran = await runCommand(["logs", logFile('{"name": "keyturn", "version": "1"}')], memoryWorld());
  expect([ran.exitCode, ran.stderr]).toEqual([3, expect.stringContaining("is not an access log")]);
});

it("stdin is called stdin, wherever its copy is", async () => {
  const broken = `${v1Text(events)}half a line\n`;
  const asked = await askLogs(["-"], { stdin: Buffer.from(broken) });
  expect(asked.result.read.sources).toMatchObject([{ path: "stdin", damaged: 1 }]);
  expect(asked.stdout).not.toContain(tmpdir());
  const ran = await runCommand(["logs", "-"], memoryWorld({ stdin: Buffer.from("") }));
  expect(ran.stderr).toContain("error: stdin is empty");
});

it("one file by two names counts once", async () => {
  const file = logFile(v1Text(events));
  const other = file.replace(/\/([^/]+)$/, "/./$1");
  expect((await askLogs([file, other])).result.read).toMatchObject({ lines: events.length });
});

it("no copy is left behind", async () => {
  const ours = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`keyturn-logs-${process.pid}-`));
  await askLogs([logFile(lines.join(""))]);
  expect(ours()).toEqual([]);
});
