/**
 * What to do next. Pure. All ordering rules of a rotation live here and in its tables: `repairs.ts` (always first),
 * `forward.ts`, `abort.ts`. README.md explains them; R-numbers are its rules.
 */
import type { EpochSeconds } from "../time.ts";
import { ABORT_RULES } from "./abort.ts";
import { haltOnClocks } from "./clocks.ts";
import { FORWARD_RULES } from "./forward.ts";
import { LEFTOVER_RULES } from "./leftovers.ts";
import type { CurrentRun, NextAction } from "./next.ts";
import type { Observed } from "./observed.ts";
import type { RotationRecord } from "./record.ts";
import { REPAIR_RULES } from "./repairs.ts";
import type { ActionRule } from "./rule.ts";
import { type Situation, situationOf } from "./situation.ts";

/** `now`: by AWS's Dates, never ahead of the true time. */
export function nextAction(
  record: RotationRecord,
  observed: Observed,
  now: EpochSeconds,
  run: CurrentRun,
): NextAction {
  const situation = situationOf(record, observed, now);
  if (record.finished !== undefined) return spoken(LEFTOVER_RULES, situation, run);
  const repair = firstOf([giveMark, ...REPAIR_RULES], situation, run);
  if (repair !== undefined) return repair;
  const next = spoken(record.goal === "forward" ? FORWARD_RULES : ABORT_RULES, situation, run);
  return "halt" in next ? next : (haltOnClocks(situation, next.step) ?? next);
}

function firstOf(
  rules: readonly ActionRule[],
  situation: Situation,
  run: CurrentRun,
): NextAction | undefined {
  for (const rule of rules) {
    const next = rule(situation, run);
    if (next !== undefined) return next;
  }
  return undefined;
}

function spoken(rules: readonly ActionRule[], situation: Situation, run: CurrentRun): NextAction {
  const next = firstOf(rules, situation, run);
  if (next === undefined) throw new RangeError("no rule applied: the last rule of every table must");
  return next;
}

/** A record that predates marks gets one, so that its epoch in a Comment is distinct from other gates'. */
function giveMark({ record, observed }: Situation): NextAction | undefined {
  if (record.mark !== undefined || observed.mark === undefined) return undefined;
  return {
    act: "write-record",
    step: record.goal === "forward" ? "record-opened" : "abort-fenced",
    why: `record the gate's mark in Comments: ${observed.mark}`,
    record: { ...record, mark: observed.mark },
  };
}
