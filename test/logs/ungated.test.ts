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
