/** Logs without a line that counts: the answer is "cannot tell", never "nothing happened". */
import { describe, expect, it } from "vitest";
import { memoryWorld, runCommand } from "../fakes/memory-world.ts";
import { askLogs, logFile } from "./asked-logs.ts";
import { v1Text } from "./lines.ts";
import { denied, PATTERNS, T0 } from "./planted.ts";

const BROKEN = "2026-11-28\t10:00:00\tFRA56-P4\t500\n";
const CASES: readonly (readonly [string, string, readonly string[], RegExp])[] = [
  ["only a header", v1Text([]), [], /no readable lines/],
  ["only damaged lines", `${v1Text([])}${BROKEN}${BROKEN}`, [], /no readable lines/],
  [
    "no line of the period",
    v1Text([denied("MissingKey", T0)]),
    ["--from", "2026-12-01T00:00:00Z"],
    /no line is from this period/,
  ],
];

describe.each(CASES)("%s", (_, text, flags, why) => {
  it("no question says that nothing happened", async () => {
    const asked = await askLogs([logFile(text), ...PATTERNS, ...flags]);
    const answers = Object.values(asked.result.questions);
    expect(answers).toHaveLength(6);
    for (const { says, rows, cannot_tell } of answers) {
      expect([says, rows]).toEqual([[], []]);
      expect(cannot_tell).toMatchObject([{ why: expect.stringMatching(why) }]);
    }
    expect(asked.findings.filter(({ severity }) => severity !== "note")).toEqual([]);
  });
  it("the text says so too", async () => {
    const ran = await runCommand(["logs", "denials", logFile(text), ...flags], memoryWorld());
    expect(ran.stdout).toMatch(why);
    expect(ran.stdout).not.toContain("no request was denied");
  });
});
