/** When each stage began and ended: from the record alone, with a journal, in the middle, and turned back. */
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
/** Minutes and seconds after the rotation was opened. */
const after = (at: number | undefined) => (at === undefined ? undefined : at - START);
const spans = (times: ReturnType<typeof stageTimes>) =>
  Object.fromEntries(times.map(({ step, from, to }) => [step, [after(from), after(to)]]));

describe("a rotation that is over", () => {
  const { record, journal } = seen("rotation-healthy");

  it("has every stage, each beginning where the one before ended", () => {
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

  it("says who did each: the journal's names, else the record's for the opening alone", () => {
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

  it("without a journal: what the record does not say was over by the next stage that it knows", () => {
    const times = stageTimes(record, [], undefined);
    const stored = times.filter(({ step }) => ["key-stored", "key-uploaded", "key-trusted"].includes(step));
    expect(stored.map(({ to, isLatest }) => [after(to), isLatest])).toEqual([
      [17 * M, true],
      [17 * M, true],
      [17 * M, true],
    ]);
    expect(times.at(-1)).toMatchObject({ step: "old-key-deleted", to: record.finished?.at, isLatest: false });
  });

  it("no stage ends before it begins, whatever clock wrote the journal", () => {
    const early = journal.map((entry) => ({ ...entry, at: entry.at - 3600 }));
    for (const { from, to } of stageTimes(record, early, undefined))
      if (from !== undefined && to !== undefined) expect(to).toBeGreaterThanOrEqual(from);
  });

  it("acts that were not completed, and steps that are none, end nothing", () => {
    const odd = [
      { at: START + 1, step: "key-stored", outcome: "refused" },
      { at: START + 2, step: "no-such-step", outcome: "done" },
    ];
    expect(spans(stageTimes(record, odd, undefined))["key-stored"]).toEqual([0, 17 * M]);
  });
});

describe("a rotation under way", () => {
  const { record, journal } = seen("rotation-waiting");

  it("the current stage has begun and not ended; those ahead have neither", () => {
    const times = stageTimes(record, journal, "old-cookies-expired");
    expect(spans(times)).toMatchObject({
      "signer-switched": [17 * M, 17 * M + 9],
      "old-cookies-expired": [17 * M + 9, undefined],
      "old-untrusted": [undefined, undefined],
      "old-key-deleted": [undefined, undefined],
    });
  });

  it("just opened, with nothing known but that", () => {
    const times = stageTimes(seen("rotation-just-opened").record, [], "key-stored");
    expect(spans(times)).toMatchObject({ "record-opened": [0, 0], "key-stored": [0, undefined] });
  });
});

describe("a rotation that was turned back", () => {
  const { record, journal } = seen("rotation-aborted");

  it("has the stages that were reached, then the steps of the abort, from the decision on", () => {
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
