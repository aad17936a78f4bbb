/** Every query parses as Trino, Athena's dialect, according to dt-sql-parser. */
import { TrinoSQL } from "dt-sql-parser";
import { describe, expect, it } from "vitest";
import { queriesOf } from "../../src/logs/ask.ts";
import type { QuestionOptions } from "../../src/logs/question.ts";
import { QUESTIONS } from "../../src/logs/questions.ts";
import { NO_MARKS } from "../../src/logs/rotation-marks.ts";
import { viewText } from "../../src/logs/view.ts";
import { NEW, OLD, T0 } from "./planted.ts";

const judge = new TrinoSQL();
const faults = (sql: string) => judge.validate(sql).map(({ message }) => message);

const asked: QuestionOptions = { bucket: "hour", loop: { denials: 5, within: 60 }, requestId: "abc'def==" };
const marks = {
  oldKey: OLD,
  newKey: NEW,
  stages: [],
  switchedAt: T0,
  oldMayGo: T0 + 60,
  from: T0 - 60,
  to: T0 + 90,
};
const questions = [...QUESTIONS.values()];

describe.each([
  ["with a rotation", marks],
  ["without a rotation", NO_MARKS],
])("a query %s", (_, known) => {
  it.each([...queriesOf({ questions, asked, marks: known })])("%s is valid Trino SQL", (_name, sql) => {
    expect(faults(sql)).toEqual([]);
  });
});

it("the view is valid Trino SQL, with everything that a gate can set", () => {
  const settings = {
    from: T0,
    to: T0 + 60,
    routes: [
      { pattern: "/api/*", isProtected: true },
      { pattern: "/it's (a) [route]?/*.m3u8", isProtected: false, hosts: ["app.example.com"] },
    ],
    mint: { host: "app.example.com", path: "/edge/session" },
    maskedStatuses: [404, 200],
    rotation: { from: T0, to: T0 + 60 },
  };
  expect(faults(viewText("fields", settings))).toEqual([]);
});

it("the parser refuses what only DuckDB accepts", () => {
  expect(faults("SELECT * EXCLUDE (a) FROM logs")).not.toEqual([]);
  expect(faults("SELECT list[1:2] FROM logs GROUP BY ALL")).not.toEqual([]);
});
