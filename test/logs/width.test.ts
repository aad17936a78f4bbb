/** What `keyturn logs` prints on a terminal of 80 columns, for every question, with complete rows. */
import { describe, expect, it } from "vitest";
import { QUESTIONS } from "../../src/logs/questions.ts";
import { memoryWorld, runCommand } from "../fakes/memory-world.ts";
import { askLogs, logFile, rowsOf } from "./asked-logs.ts";
import { BYTES, gz, v1Text } from "./lines.ts";
import { cookieOf, denied, NEW, PATTERNS, PLANTED_EVENTS, T0, withPlanted } from "./planted.ts";

const LONG = "/api/a-rather-long-collection/of-things/with-names-that-go-on.json";
/** Each code at three hosts with names as long as a distribution's, one of them with an expired cookie. */
const events = [
  ...withPlanted(...PLANTED_EVENTS),
  ...(Object.keys(BYTES) as (keyof typeof BYTES)[]).flatMap((code, at) => [
    denied(code, T0 + 60 * at, { path: LONG, host: "d111111abcdef8.cloudfront.net" }),
    denied(code, T0 + 7300 + 60 * at, {
      cookie: cookieOf(NEW, T0 + 60),
      host: "media.staging.app.example.com",
    }),
  ]),
];
const file = logFile(gz(v1Text(events)), "gz");
const shown = (...argv: string[]) =>
  runCommand(["logs", ...argv, "--no-color"], memoryWorld({ columns: 80 }));

describe("at 80 columns,", () => {
  it.each([...QUESTIONS.keys()])("%s does not exceed the width", async (question) => {
    const asked = question === "request" ? ["request", "000000000012", file] : [question, file];
    const { stdout, stderr } = await shown(...asked, ...PATTERNS);
    expect(stderr).not.toContain("error");
    const wide = stdout
      .split("\n")
      .filter((line) => [...line].length > 80 && !/keyturn |again: |^ *https?:/.test(line));
    expect(wide).toEqual([]);
  });

  it("denials shows bucket, code, reason and count of every row", async () => {
    const all = await askLogs(["denials", file, ...PATTERNS]);
    const { stdout } = await shown("denials", file, ...PATTERNS);
    const rows = rowsOf(all, "denials").slice(0, 12);
    expect(rows.length).toBeGreaterThan(5);
    for (const { bucket, answered_by, wire_code, reason, requests } of rows) {
      const [, date, time] = /^\d{4}-(\d\d-\d\d)T(\d\d:\d\d):00Z$/.exec(String(bucket)) ?? [];
      const cells = [`${date} ${time}`, answered_by, wire_code ?? "-", reason ?? "-", requests];
      expect(stdout).toMatch(new RegExp(`^ *${cells.join(" {2,}")}$`, "m"));
    }
  });
});
