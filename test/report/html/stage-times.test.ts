/** When each stage began and ended: from the record alone, with a journal, during a rotation, and after an abort. */
import { describe, expect, it } from "vitest";
import { stageTimes } from "../../../src/report/html/stage-times.ts";
import { ABORT_STEPS } from "../../../src/rotation/next.ts";
import { STAGES } from "../../../src/rotation/stage.ts";
import { ROTATIONS } from "./sample-rotations.ts";

const seen = (name: string) => {
  const rotation = ROTATIONS[name];
  if (rotation === undefined) throw new RangeError(name);
  return rotation;
};
const START = seen("rotation-healthy").record.openedAt;
const M = 60;
/** Seconds since the rotation was opened. */
const after = (at: number | undefined) => (at === undefined ? undefined : at - START);
const spans = (times: ReturnType<typeof stageTimes>) =>
  Object.fromEntries(times.map(({ step, from, to }) => [step, [after(from), after(to)]]));

describe("a finished rotation", () => {
  const { record, journal } = seen("rotation-healthy");

  it("has every stage, each beginning when the previous one ended", () => {
    const times = stageTimes(record, journal, undefined);
    expect(times.map(({ step }) => step)).toEqual([...STAGES]);
    expect(spans(times)).toEqual({
      "record-opened": [0, 0],
      "key-stored": [0, 4],
      "key-uploaded": [4, 9],
      "key-trusted": [9, 55],
      "trust-proven": [55, 17 * M],
      "signer-switched": [17 * M, 17 * M + 9],
      "old-cookies-expired": [17 * M + 9, 149 * M],
      "old-untrusted": [149 * M, 149 * M + 10],
      "untrust-proven": [149 * M + 10, 165 * M + 10],
      "old-key-deleted": [165 * M + 10, 166 * M],
    });
    expect(times.some(({ isLatest }) => isLatest)).toBe(false);
  });

  it("names who completed each stage: from the journal, or else from the record, which names only who opened it", () => {
    const by = (times: ReturnType<typeof stageTimes>) =>
      Object.fromEntries(times.map(({ step, by: who }) => [step, who]));
    expect(by(stageTimes(record, journal, undefined))).toMatchObject({
      "record-opened": "dana on dana-laptop",
      "old-untrusted": expect.stringMatching(/^GitHub Actions/),
    });
    const alone = by(stageTimes(record, [], undefined));
    expect(alone["record-opened"]).toBe("arn:aws:sts::111122223333:assumed-role/oncall/dana (dana-laptop)");
    expect(alone["old-untrusted"]).toBeUndefined();
  });

  it("without a journal, ends a stage that the record does not date at the next time that it has", () => {
    const times = stageTimes(record, [], undefined);
    const stored = times.filter(({ step }) => ["key-stored", "key-uploaded", "key-trusted"].includes(step));
    expect(stored.map(({ to, isLatest }) => [after(to), isLatest])).toEqual([
      [17 * M, true],
      [17 * M, true],
      [17 * M, true],
    ]);
    expect(times.at(-1)).toMatchObject({ step: "old-key-deleted", to: record.finished?.at, isLatest: false });
  });

  it("has no stage that ends before it begins, whatever clock wrote the journal", () => {
    const early = journal.map((entry) => ({ ...entry, at: entry.at - 3600 }));
    for (const { from, to } of stageTimes(record, early, undefined))
      if (from !== undefined && to !== undefined) expect(to).toBeGreaterThanOrEqual(from);
  });

  it("ignores journal entries for refused acts and unknown steps", () => {
    const odd = [
      { at: START + 1, step: "key-stored", outcome: "refused" },
      { at: START + 2, step: "no-such-step", outcome: "done" },
    ];
    expect(spans(stageTimes(record, odd, undefined))["key-stored"]).toEqual([0, 17 * M]);
  });
});

describe("a rotation in progress", () => {
  const { record, journal } = seen("rotation-waiting");

  it("has a current stage that began and has not ended, and later stages without times", () => {
    const times = stageTimes(record, journal, "old-cookies-expired");
    expect(spans(times)).toMatchObject({
      "signer-switched": [17 * M, 17 * M + 9],
      "old-cookies-expired": [17 * M + 9, undefined],
      "old-untrusted": [undefined, undefined],
      "old-key-deleted": [undefined, undefined],
    });
  });

  it("has only the opening and the start of the current stage, right after it was opened", () => {
    const times = stageTimes(seen("rotation-just-opened").record, [], "key-stored");
    expect(spans(times)).toMatchObject({ "record-opened": [0, 0], "key-stored": [0, undefined] });
  });
});

describe("a rotation that was aborted", () => {
  const { record, journal } = seen("rotation-aborted");

  it("has the stages that it reached, then the steps of the abort, starting at the decision", () => {
    const times = stageTimes(record, journal, undefined, START + 39 * M);
    expect(times.map(({ step }) => step)).toEqual([...STAGES.slice(0, 6), ...ABORT_STEPS]);
    expect(spans(times)).toMatchObject({
      "abort-fenced": [39 * M, 40 * M],
      "signer-switched-back": [40 * M, 43 * M + 1],
      "new-cookies-expired": [43 * M + 1, 174 * M],
      "new-untrusted": [174 * M, 175 * M],
      "new-key-deleted": [175 * M, 176 * M],
    });
  });
});
