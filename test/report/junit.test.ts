import { parse } from "junit2json";
import { describe, expect, it } from "vitest";
import { annotations, stepSummaryFile, withoutCommands } from "../../src/report/github.ts";
import { escapeXml, junitXml } from "../../src/report/junit.ts";
import { codeSpan, escapeMarkdown, findingsMarkdown, markdownTable } from "../../src/report/markdown.ts";

const hostile = 'a<b>&"quotes"\u0000\u001b[31m\ud800 ]]> --> ✓ 𝄞';

describe("JUnit, as read by a JUnit parser", () => {
  it("counts passed, failed, broken and skipped separately", async () => {
    const xml = junitXml("keyturn probe", [
      {
        name: "/api/*",
        cases: [
          { name: "GET no cookies" },
          { name: "GET expired", failure: { message: "expired-allowed", text: "evidence\nremedy" } },
          { name: "GET valid", error: "no answer" },
          { name: "OPTIONS preflight", skipped: "undocumented" },
        ],
      },
      { name: "/media/*", cases: [{ name: "GET no cookies" }] },
    ]);
    const read = await parse(xml);
    if (read === undefined || read === null || !("testsuite" in read)) throw new Error("no suites were read");
    expect(read).toMatchObject({ name: "keyturn probe", tests: 5, failures: 1, errors: 1 });
    const [first, second] = read.testsuite ?? [];
    expect(first).toMatchObject({ name: "/api/*", tests: 4, failures: 1, errors: 1, skipped: 1 });
    expect(second?.testcase).toHaveLength(1);
    expect(
      first?.testcase?.map(({ name, failure, error, skipped }) => [
        name,
        failure?.[0]?.message,
        error?.[0]?.message,
        skipped?.[0]?.message,
      ]),
    ).toEqual([
      ["GET no cookies", undefined, undefined, undefined],
      ["GET expired", "expired-allowed", undefined, undefined],
      ["GET valid", undefined, "no answer", undefined],
      ["OPTIONS preflight", undefined, undefined, "undocumented"],
    ]);
    expect(first?.testcase?.[1]?.failure?.[0]?.inner).toBe("evidence\nremedy");
  });
  it("stays well-formed whatever a server sent", async () => {
    const xml = junitXml(hostile, [
      { name: hostile, cases: [{ name: hostile, failure: { message: hostile, text: hostile } }] },
    ]);
    const read = await parse(xml);
    const shown = 'a<b>&"quotes"\ufffd\ufffd[31m\ufffd ]]> --> ✓ 𝄞';
    if (read === undefined || read === null || !("testsuite" in read)) throw new Error("no suites were read");
    expect(read.testsuite?.[0]?.testcase?.[0]).toMatchObject({
      name: shown,
      failure: [{ message: shown, inner: shown }],
    });
  });
  it("keeps line breaks in attributes", () => {
    expect(escapeXml("a\nb")).toBe("a&#10;b");
  });
});

describe("Markdown", () => {
  it("renders no observed text as a link, an image or HTML", () => {
    expect(escapeMarkdown("![x](http://evil) <img src=x> | *b* _i_ `c`")).toBe(
      "\\!\\[x\\](http://evil) \\<img src=x\\> \\| \\*b\\* \\_i\\_ \\`c\\`",
    );
  });
  it.each([
    ["plain", "`plain`"],
    ["with ` tick", "`` with ` tick ``".replace("`` w", "``w").replace("k ``", "k``")],
    ["`edge`", "`` `edge` ``"],
  ])("quotes %j as code", (text, expected) => {
    expect(codeSpan(text)).toBe(expected);
  });
  it("writes tables and findings", () => {
    expect(markdownTable(["a", "b"], [["1", "2"]])).toBe("| a | b |\n| --- | --- |\n| 1 | 2 |");
    const finding = {
      id: "x",
      severity: "error",
      message: "m",
      basis: "inferred",
      evidence: ["e"],
      remedy: "r",
      where: "w",
    } as const;
    const command = { ...finding, severity: "note", remedy: "keyturn keys list", evidence: [] } as const;
    expect(findingsMarkdown([command, finding])).toMatch(
      /^- \*\*error [\s\S]+- \*\*note `x`.*\n {2}- fix: `keyturn keys list`$/,
    );
    expect(findingsMarkdown([finding])).toBe("- **error `x`** (w), inferred: m\n  - e\n  - fix: r");
  });
});

describe("GitHub Actions", () => {
  it("gets annotations that no server's text can break out of", () => {
    const finding = {
      id: "unsigned-allowed",
      severity: "error",
      message: "50% off\n::set-env name=X::y",
      basis: "observed",
      evidence: [],
      where: "/api/*, /media/*",
    } as const;
    expect(annotations([finding, { ...finding, severity: "note", message: "m", where: "a:b" }])).toEqual([
      "::error title=keyturn unsigned-allowed%3A /api/*%2C /media/*::50%25 off%0A::set-env name=X::y",
      "::notice title=keyturn unsigned-allowed%3A a%3Ab::m",
    ]);
  });
  it("does not execute quoted text as a workflow command", () => {
    const quoted = "server:\n    ::set-output name=x::y\n  x ::error::z\n::1/128, ##[error]z";
    expect(withoutCommands(quoted, { GITHUB_ACTIONS: "true" })).toBe(
      "server:\n    \\u{3a}:set-output name=x::y\n  x ::error::z\n::1/128, \\u{23}#[error]z",
    );
    expect(withoutCommands(quoted, {})).toBe(quoted);
  });
  it("gets a step summary only if it really is GitHub Actions", () => {
    expect(stepSummaryFile({ GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: "/s" })).toBe("/s");
    expect(stepSummaryFile({ GITHUB_STEP_SUMMARY: "/s" })).toBeUndefined();
    expect(stepSummaryFile({ GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: "" })).toBeUndefined();
  });
});
