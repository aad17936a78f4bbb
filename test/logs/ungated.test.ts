/** `keyturn logs ungated` around the time when cookie logging was turned on. */
import { expect, it } from "vitest";
import { askLogs, idsOf, logFile, rowsOf } from "./asked-logs.ts";
import { v1Text } from "./lines.ts";
import { cookieOf, id, NEW, T0 } from "./planted.ts";

const accepted = (at: number, cookie?: string) => ({ at, id: id(), status: 200, path: "/api/x", cookie });
const ask = (events: ReturnType<typeof accepted>[]) =>
  askLogs(["ungated", logFile(v1Text(events)), "--protected", "/api/*"]);

it.each([-3600, -1])(
  "a line without a cookie %i seconds from the first cookie proves nothing",
  async (at) => {
    const asked = await ask([accepted(T0 + at), accepted(T0, cookieOf(NEW))]);
    expect(rowsOf(asked, "ungated")).toEqual([]);
    expect(idsOf(asked)).toEqual([]);
    expect(asked.result.questions.ungated?.cannot_tell).toMatchObject([
      { why: expect.stringContaining("whether 1 accepted requests had a credential") },
    ]);
  },
);

it.each([0, 1, 3600])(
  "a line without a cookie %i seconds after a cookie proves access without a credential",
  async (at) => {
    const asked = await ask([accepted(T0, cookieOf(NEW)), accepted(T0 + at)]);
    expect(rowsOf(asked, "ungated")).toMatchObject([{ path: "/api/x", requests: 1 }]);
    expect(idsOf(asked)).toEqual(["unsigned-allowed"]);
    expect(asked.result.questions.ungated?.cannot_tell).toEqual([]);
  },
);

it("a line without a cookie more than an hour after the last cookie proves nothing", async () => {
  const asked = await ask([accepted(T0, cookieOf(NEW)), accepted(T0 + 3601)]);
  expect(rowsOf(asked, "ungated")).toEqual([]);
  expect(asked.result.questions.ungated?.cannot_tell).toHaveLength(1);
});

const at = (location: string, seconds: number, cookie?: string) => ({
  ...accepted(T0 + seconds, cookie),
  location,
});
const FROM_THE_START = at("FRA", -60);

it("while cookie logging spreads, a location proves nothing before its own first cookie", async () => {
  const asked = await ask([
    FROM_THE_START,
    at("FRA", 0, cookieOf(NEW)),
    at("SIN", 600),
    at("SIN", 1200, cookieOf(NEW)),
    at("GRU", 1800),
    at("FRA", 3000, cookieOf(NEW)),
  ]);
  expect(idsOf(asked)).toEqual([]);
  expect(asked.result.questions.ungated?.cannot_tell).toMatchObject([
    { why: expect.stringContaining("whether 3 accepted requests had a credential") },
  ]);
});

it.each([
  [
    "after the location's own first cookie",
    [at("FRA", 0, cookieOf(NEW)), at("SIN", 0, cookieOf(NEW)), at("SIN", 60)],
  ],
  [
    "twelve hours after the first one anywhere",
    [at("FRA", 0, cookieOf(NEW)), at("FRA", 43_200, cookieOf(NEW)), at("GRU", 43_200)],
  ],
])("then one without a credential counts %s", async (_, events) => {
  const asked = await ask([FROM_THE_START, ...events]);
  expect(rowsOf(asked, "ungated")).toMatchObject([{ requests: 1 }]);
  expect(idsOf(asked)).toEqual(["unsigned-allowed"]);
});

it("if cookies were logged from the start, requests at a location without any cookie count too", async () => {
  const asked = await ask([at("FRA", 0, cookieOf(NEW)), at("GRU", 60), at("GRU", 61)]);
  expect(rowsOf(asked, "ungated")).toMatchObject([{ requests: 2 }]);
});

it("a redirect to HTTPS does not show that cookie logging was still spreading", async () => {
  const redirect = { ...at("GRU", 60), status: 301, result: "Redirect" };
  const asked = await ask([at("FRA", 0, cookieOf(NEW)), redirect]);
  expect(asked.result.questions.ungated).toMatchObject({ rows: [], cannot_tell: [] });
});
