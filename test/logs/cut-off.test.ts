/** Real-time logs cut cookies off after 800 bytes: a key that was cut off may have been used all the same. */
import { expect, it } from "vitest";
import { askLogs, idsOf, logFile, rowsOf } from "./asked-logs.ts";
import { REALTIME_FIELDS, realtimeText } from "./lines.ts";
import { cookieOf, id, NEW, OLD, PATTERNS, T0 } from "./planted.ts";

const accepted = (before: number, key: string, nth = 0) => ({
  at: T0 + nth,
  id: id(),
  status: 200,
  path: "/api/x",
  cookie: `${before > 0 ? `long=${"v".repeat(before)}; ` : ""}${cookieOf(key)}`,
});
const ask = (events: ReturnType<typeof accepted>[]) =>
  askLogs([logFile(realtimeText(events)), "--fields", REALTIME_FIELDS, ...PATTERNS]);

it("if every key is cut off, no question says that there was none", async () => {
  const asked = await ask([accepted(900, OLD), accepted(900, OLD, 1)]);
  const { ungated, propagation, "old-key": oldKey } = asked.result.questions;
  for (const answer of [ungated, propagation, oldKey]) {
    expect(answer).toMatchObject({
      says: [],
      rows: [],
      cannot_tell: [
        {
          why: expect.stringMatching(/2 requests .*real-time logs cut cookies off/),
          instead: expect.stringContaining("standard logs with cookies"),
        },
      ],
    });
  }
  expect(idsOf(asked)).toEqual([]);
});

it("keys that were not cut off are counted, and the others are reported as missing", async () => {
  const asked = await ask([accepted(900, OLD), accepted(0, NEW, 1), accepted(0, OLD, 2)]);
  expect(rowsOf(asked, "old-key")).toMatchObject([
    { key_pair_id: NEW, accepted: 1 },
    { key_pair_id: OLD, accepted: 1 },
  ]);
  expect(asked.result.questions["old-key"]?.cannot_tell).toMatchObject([
    { why: expect.stringContaining("which key 1 request came with") },
  ]);
});

it("without a cut nothing is unclear", async () => {
  const asked = await ask([accepted(0, NEW)]);
  expect(asked.result.questions["old-key"]?.cannot_tell).toEqual([]);
  expect(asked.result.questions.ungated?.cannot_tell).toEqual([]);
});
