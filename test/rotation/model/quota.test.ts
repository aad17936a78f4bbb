/**
 * Secrets Manager's limit of a hundred versions a day, in the model: a proof that fails for a day leaves room for an
 * abort.
 */
import { describe, expect, it } from "vitest";
import { VERSION_LIMIT } from "../../../src/rotation/record-room.ts";
import { RULES, type Rules } from "./rules.ts";
import { after, opened } from "./start.ts";
import type { State } from "./state.ts";
import { stepsFrom } from "./steps.ts";

/** One scheduled run: it does what it can, writes down what it knows and ends; then five minutes pass. */
function resumed(state: State, rules: Rules): State {
  let now: State = { ...state, operators: [{ told: 99 }], budget: { ...state.budget, ends: 1 } };
  for (let count = 0; count < 100 && now.record.finished === undefined; count += 1) {
    const steps = stepsFrom(now, rules).filter(({ what }) => /^operator 0 (?!aborts)/.test(what));
    const step = steps.findLast(({ what }) => what.endsWith("its run ends")) ?? steps[0];
    if (step === undefined) break;
    now = step.state;
    if (/ waits| halts/.test(step.what)) break;
  }
  return { ...now, now: now.now + 300 };
}

function resumedFor(state: State, times: number, rules: Rules): State {
  let now = state;
  for (let time = 0; time < times; time += 1) now = resumed(now, rules);
  return now;
}

/** The new key is trusted but the edge never learns it, and a schedule keeps resuming; then somebody aborts. */
function givenUpAfter(hours: number, rules: Rules): { readonly written: number; readonly last: State } {
  const begin = opened({ operators: 1, budget: { abort: 1 } });
  const failed = resumedFor({ ...begin, written: [begin.now], isDeaf: true }, hours * 12, rules);
  const written = failed.written?.length ?? 0;
  return { written, last: resumedFor(after(failed, [/aborts/], rules), 12, rules) };
}

describe("a proof that fails for a day", () => {
  it("uses at most half of the record's budget, and the abort finishes", () => {
    const { written, last } = givenUpAfter(24, RULES);
    expect(written).toBeLessThanOrEqual(20);
    expect(last.record.finished?.outcome).toBe("aborted");
    expect(last.written?.length).toBeLessThanOrEqual(40);
  });

  it("without the budget, writes every result, and leaves no room for an abort", () => {
    const { written, last } = givenUpAfter(12, { ...RULES, mustSaveAtOnce: () => true, hasRoom: () => true });
    expect(written).toBe(VERSION_LIMIT);
    expect(last.record.goal).toBe("forward");
  });
});
