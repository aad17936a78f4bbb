/** `keyturn logs who` shows only fields that the lines have. */
import { expect, it } from "vitest";
import { askLogs, logFile, rowsOf } from "./asked-logs.ts";
import { jsonText, v1Text } from "./lines.ts";
import { denied, T0 } from "./planted.ts";

const dimensionsOf = async (text: string) =>
  new Set(rowsOf(await askLogs(["who", logFile(text)]), "who").map(({ dimension }) => dimension));

it("logs who leaves out a field that no line has", async () => {
  const dimensions = await dimensionsOf(v1Text([denied("MissingKey", T0)]));
  expect(dimensions).toContain("host");
  expect(dimensions).not.toContain("country");
  expect(dimensions).not.toContain("as_number");
});

it("logs who counts the lines without a field if others have it", async () => {
  const events = [denied("MissingKey", T0, { country: "DE" }), denied("MissingKey", T0)];
  const asked = await askLogs(["who", logFile(jsonText(events))]);
  expect(rowsOf(asked, "who").filter(({ dimension }) => dimension === "country")).toHaveLength(2);
});
