/** Somebody else's text as printed: readable, and without effect on the terminal. */
import { describe, expect, it } from "vitest";
import { colours } from "../../src/report/colours.ts";
import { printable, printableJson, printablePage } from "../../src/text/printable.ts";

const TITLE = "\u001b]0;owned\u0007";

describe("a line", () => {
  it.each([
    ["plain ✓ text, Zürich, 東京", "plain ✓ text, Zürich, 東京"],
    [`a${TITLE}b`, "a\\u{1b}]0;owned\\u{7}b"],
    ["one\r\ntwo\tthree", "one\\u{d}\\u{a}two\\u{9}three"],
    [
      "\u009b2J\u202eright\u2066\u200b\ufeff\u2028",
      "\\u{9b}2J\\u{202e}right\\u{2066}\\u{200b}\\u{feff}\\u{2028}",
    ],
    ["\ud800 \u{e0041}", "\\u{d800} \\u{e0041}"],
  ])("prints %j safely", (given, expected) => {
    expect(printable(given)).toBe(expected);
  });
});

describe("a page", () => {
  it("keeps line breaks, tabs and our own colors", () => {
    const page = Object.values(colours).map((paint) => `${paint("word")}\tx\n`);
    expect(printablePage(page.join(""))).toBe(page.join(""));
  });
  it.each([
    ["hidden text", "\u001b[8m", "\\u{1b}[8m"],
    ["a cleared screen", "\u001b[2J", "\\u{1b}[2J"],
    ["a line that is overwritten", "bad\rgood", "bad\\u{d}good"],
    ["a link", "\u001b]8;;https://evil\u001b\\", "\\u{1b}]8;;https://evil\\u{1b}\\"],
    ["two colors at once", "\u001b[31;8m", "\\u{1b}[31;8m"],
  ])("escapes %s", (_, given, expected) => {
    expect(printablePage(given)).toBe(expected);
  });
});

it("JSON remains the same document when it is made printable", () => {
  const value = { name: `${TITLE}\u007f\u009b\u202e\ud83d\ude00\u{e0041}\ud800`, lines: ["é", "✓"] };
  const text = printableJson(JSON.stringify(value, null, 2));
  expect(JSON.parse(text)).toEqual(value);
  expect(text).toContain("\\u009b\\u202e😀\\udb40\\udc41");
});
