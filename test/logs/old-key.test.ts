/** `keyturn logs old-key`: when a key was taken out, which is not when an edge location did not know it yet. */
import { expect, it } from "vitest";
import { askLogs, logFile, rowsOf } from "./asked-logs.ts";
import { type LoggedRequest, v1Text } from "./lines.ts";
import { cookieOf, denied, id, NEW, OLD, T0 } from "./planted.ts";

const accepted = (key: string, at: number, location: string): LoggedRequest => ({
  at: T0 + at,
  id: id(),
  status: 200,
  location,
  cookie: cookieOf(key),
});
const unknown = (key: string, at: number, location: string) =>
  denied("InvalidKey", T0 + at, { location, cookie: cookieOf(key) });
const takenOut = async (events: LoggedRequest[]) => {
  const asked = await askLogs(["old-key", logFile(v1Text(events))]);
  return rowsOf(asked, "old-key").map((row) => row.taken_out_by);
};
const at = (seconds: number) => new Date((T0 + seconds) * 1000).toISOString().replace(".000", "");

it("a new key that one edge location denied at first was not taken out", async () => {
  const events = [accepted(NEW, 0, "FRA"), unknown(NEW, 5, "SIN"), accepted(NEW, 60, "SIN")];
  expect(await takenOut(events)).toEqual([null]);
  expect(await takenOut([accepted(NEW, 0, "FRA"), unknown(NEW, 5, "SIN"), accepted(NEW, 60, "FRA")])).toEqual(
    [null],
  );
});

it("an old key was taken out by the first denial after its last acceptance at the same location", async () => {
  const events = [
    accepted(OLD, 0, "FRA"),
    accepted(OLD, 0, "SIN"),
    unknown(OLD, 100, "FRA"),
    accepted(OLD, 130, "SIN"),
    unknown(OLD, 160, "SIN"),
  ];
  expect(await takenOut(events)).toEqual([at(100)]);
});

it("a key denied before and after it was trusted was taken out by the later denial", async () => {
  const events = [unknown(OLD, 0, "FRA"), accepted(OLD, 60, "FRA"), unknown(OLD, 300, "FRA")];
  expect(await takenOut(events)).toEqual([at(300)]);
});

it("a key that was never accepted was not taken out", async () => {
  expect(await takenOut([unknown(OLD, 0, "FRA"), unknown(OLD, 9, "FRA")])).toEqual([null]);
});

it("a distribution without cookie logging cannot tell, although another one has it", async () => {
  const logged = accepted(NEW, 0, "FRA");
  const other = {
    ...accepted(NEW, 1, "FRA"),
    cookie: undefined,
    distribution: "d222222abcdef8.cloudfront.net",
  };
  const questions = ["old-key", "propagation"];
  for (const question of questions) {
    const asked = await askLogs([
      question,
      logFile(v1Text([logged, other])),
      "--old-key",
      OLD,
      "--new-key",
      NEW,
    ]);
    expect(asked.result.questions[question]?.cannot_tell).toMatchObject([
      {
        why: expect.stringContaining("no line of d222222abcdef8.cloudfront.net contains a cookie"),
        instead: expect.stringContaining("turn on cookie logging"),
      },
    ]);
    const one = await askLogs([question, logFile(v1Text([logged])), "--old-key", OLD, "--new-key", NEW]);
    expect(one.result.questions[question]?.cannot_tell).toEqual([]);
  }
});
