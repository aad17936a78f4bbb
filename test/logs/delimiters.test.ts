/** Standard logging v2 lets its owner choose the delimiter. Values may contain it before a space. */
import { describe, expect, it } from "vitest";
import { askLogs, logFile } from "./asked-logs.ts";
import { type LoggedRequest, v1Text, w3cText } from "./lines.ts";
import { PATTERNS, withPlanted } from "./planted.ts";

const AGENT =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36";
const events = withPlanted("oldKey", "remintLoop", "ungated", "slowLocation", "wafBlock").map(
  (event): LoggedRequest => ({
    ...event,
    agent: AGENT,
    type: `${event.type ?? "text/plain"};%20charset=utf-8`,
  }),
);
const delimited = (text: string, delimiter: string, header = " ") =>
  text
    .split("\n")
    .map((line) =>
      line.startsWith("#") ? line.replaceAll(/(?<!:) /g, header) : line.replaceAll("\t", delimiter),
    )
    .join("\n");
const answersOf = async (text: string, ...more: string[]) => {
  const { result, findings } = await askLogs([logFile(text), ...PATTERNS, "--show-clients", ...more]);
  expect(result.read).toMatchObject({ lines: events.length, damaged: 0 });
  return { questions: result.questions, findings };
};

describe.each([",", ";", "|", " ", "::", "|~|"])("with %j between the values", (delimiter) => {
  it("all questions have the same answers as with tabs", async () => {
    expect(await answersOf(delimited(v1Text(events), delimiter))).toEqual(await answersOf(v1Text(events)));
  });
});

it("chosen fields in another order, with the delimiter in the header too", async () => {
  expect(await answersOf(delimited(w3cText(events), "|", "|"))).toEqual(await answersOf(w3cText(events)));
});

it("without a header, --fields names the values", async () => {
  const [, header = "", ...lines] = v1Text(events).split("\n");
  const fields = header.replace("#Fields: ", "");
  const text = delimited(lines.join("\n"), ",");
  expect(await answersOf(text, "--fields", fields)).toEqual(await answersOf(v1Text(events)));
});
