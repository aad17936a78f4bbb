/** What can happen next in the abstract world: operators read, decide and write, a third party writes, time passes. */
import type { RotationAct } from "../../../src/rotation/next.ts";
import type { RotationRecord } from "../../../src/rotation/record.ts";
import { readable, withOperator, withRecord } from "./changes.ts";
import { decide, decideMisdated } from "./decide.ts";
import { describe } from "./describe.ts";
import { deletionSteps, foreignSteps, otherGateSteps, rotatedByHand } from "./foreign.ts";
import { lossSteps, rebuildSteps } from "./lost.ts";
import { timeOn } from "./machine-clocks.ts";
import type { Rules } from "./rules.ts";
import { type Operator, type Readable, type State, TIMES } from "./state.ts";
import { nextTime } from "./view.ts";
import { idle, perform, tell } from "./writes.ts";

export interface Step {
  readonly what: string;
  readonly state: State;
  /** Present if an operator wrote; `invariant.ts` judges it. */
  readonly wrote?: { readonly act: RotationAct; readonly basis: RotationRecord; readonly excused: boolean };
}

/** Every state that can follow. Throws if `next` throws, because every state must have a rule. */
export function stepsFrom(state: State, rules: Rules): readonly Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < state.operators.length; at += 1) steps.push(...operatorSteps(state, at, rules));
  if (state.budget.foreign > 0) steps.push(...foreignSteps(state));
  if (state.budget.hand > 0) steps.push(rotatedByHand(state));
  if (state.budget.gate > 0) steps.push(...otherGateSteps(state));
  if (state.budget.deletion > 0) steps.push(...deletionSteps(state));
  if (state.budget.loss > 0) steps.push(...lossSteps(state));
  const later = nextTime(state);
  if (later !== undefined) steps.push({ what: `time ${later}`, state: { ...state, now: later } });
  return steps;
}

function operatorSteps(state: State, at: number, rules: Rules): readonly Step[] {
  const operator = state.operators[at] as Operator;
  if (operator.isQuick) return quickSteps(state, at, rules);
  const name = `operator ${at}`;
  const steps: Step[] = [];
  const crash = (): void => {
    if (state.budget.crash === 0) return;
    const budget = { ...state.budget, crash: state.budget.crash - 1 };
    steps.push({ what: `${name} crashes`, state: { ...withOperator(state, at, { told: 99 }), budget } });
  };
  if (operator.telling !== undefined) {
    crash();
    steps.push({ what: `${name} tells`, state: tell(state, at, operator) });
  } else if (operator.decided !== undefined) {
    crash();
    const { act } = operator.decided;
    const after = perform(withOperator(state, at, idle(operator)), at, operator, rules);
    steps.push({
      what: `${name} ${describe(act)}`,
      state: after,
      wrote: { act, basis: operator.decided.read.record, excused: isExcused(state, operator.decided) },
    });
  } else if (operator.seen !== undefined) {
    steps.push(...decide(state, at, operator, rules), ...decideMisdated(state, at, operator, rules));
  } else if (operator.reading !== undefined) {
    steps.push(...readRest(state, at, operator, rules));
  } else if (operator.rebuilt !== undefined || state.lost !== undefined) {
    steps.push(...rebuildSteps(state, at, rules));
  } else {
    steps.push(...readRecord(state, at, operator), ...turns(state, at, rules));
  }
  return steps;
}

/** The first read: the record, possibly a stale one. */
function readRecord(state: State, at: number, operator: Operator): readonly Step[] {
  const { record, recordAt, before, foreign, foreignBefore } = state;
  if (record.finished !== undefined && !hasLeftovers(state)) return [];
  const fresh = withOperator(state, at, { ...idle(operator), reading: { record, recordAt, foreign } });
  const steps: Step[] = [{ what: `operator ${at} reads the record`, state: fresh }];
  if (state.budget.stale > 0 && before.recordAt !== recordAt) {
    const reading = { record: before.record, recordAt: before.recordAt, foreign: foreignBefore };
    steps.push({
      what: `operator ${at} reads a stale record`,
      state: withStale(state, at, { ...idle(operator), reading }),
    });
  }
  return steps;
}

/** The second read: groups and secret, current or stale. */
function readRest(state: State, at: number, operator: Operator, rules: Rules): readonly Step[] {
  const { record, recordAt, foreign } = operator.reading as NonNullable<Operator["reading"]>;
  const sentAt = timeOn(operator.clock, state.now, rules);
  const seen = (from: Partial<Readable>, knows: number): Operator => ({
    ...idle(operator),
    seen: { read: { ...readable(state), record, recordAt, ...from }, sentAt, foreign: knows },
  });
  const steps: Step[] = [
    { what: `operator ${at} reads groups and secret`, state: withOperator(state, at, seen({}, foreign)) },
  ];
  if (state.budget.stale > 0) {
    const { before, foreignBefore } = state;
    const knows = Math.min(foreign, foreignBefore);
    const staleGroups = seen({ groups: before.groups }, knows);
    const staleSecret = seen({ versions: before.versions, current: before.current }, knows);
    if (before.groups !== state.groups) {
      steps.push({ what: `operator ${at} reads stale groups`, state: withStale(state, at, staleGroups) });
    }
    if (before.versions !== state.versions || before.current !== state.current) {
      steps.push({ what: `operator ${at} reads a stale secret`, state: withStale(state, at, staleSecret) });
    }
  }
  return steps;
}

function withStale(state: State, at: number, operator: Operator): State {
  return { ...withOperator(state, at, operator), budget: { ...state.budget, stale: state.budget.stale - 1 } };
}

/**
 * The operator's own commands: abort, emergency, amend. They read and write in one step, because the register guards
 * them.
 */
function turns(state: State, at: number, rules: Rules): readonly Step[] {
  const steps: Step[] = [];
  const { abort, urgent } = state.budget;
  const aborted = abort > 0 && state.record.goal === "forward" ? rules.turnToAbort(state.record) : undefined;
  if (aborted !== undefined) {
    const budget = { ...state.budget, abort: abort - 1 };
    steps.push({ what: `operator ${at} aborts`, state: { ...withRecord(state, aborted), budget } });
  }
  const compromised = urgent > 0 ? rules.turnToUrgent(state.record) : undefined;
  if (compromised !== undefined) {
    const budget = { ...state.budget, urgent: urgent - 1 };
    steps.push({
      what: `operator ${at} makes it compromised`,
      state: { ...withRecord(state, compromised), budget },
    });
  }
  if (state.budget.amend > 0 && state.declared === "short" && state.record.finished === undefined) {
    const budget = { ...state.budget, amend: state.budget.amend - 1 };
    const highest = Math.max(...state.groups.map(({ epoch }) => epoch));
    const amended = withRecord(state, rules.amend(state.record, highest, state.now));
    steps.push({ what: `operator ${at} amends`, state: { ...amended, budget, declared: "amended" } });
  }
  return steps;
}

/** Excuses a write that was decided before the third party's last one, or based on a cookie life declared too short. */
function isExcused({ foreign, declared }: State, decided: NonNullable<Operator["decided"]>): boolean {
  if (foreign > decided.foreign || declared === "short") return true;
  return declared === "amended" && decided.record.settings.longestLife < TIMES.longestLife;
}

/** One step of an operator that is never suspended: it reads, decides, writes and reports. */
function quickSteps(state: State, at: number, rules: Rules): readonly Step[] {
  if (state.lost !== undefined) return rebuildSteps(state, at, rules);
  const steps = [...turns(state, at, rules)];
  if (state.record.finished !== undefined && !hasLeftovers(state)) return steps;
  const { isQuick: _, ...slow } = state.operators[at] as Operator;
  const sentAt = timeOn(slow.clock, state.now, rules);
  const seen = { read: readable(state), sentAt, foreign: state.foreign };
  const looks = decide(withOperator(state, at, { ...slow, seen }), at, { ...slow, seen }, rules);
  const again = (next: State): State =>
    withOperator(next, at, { ...idle(next.operators[at] as Operator), isQuick: true });
  for (const { what, state: looked } of looks) {
    const operator = looked.operators[at] as Operator;
    if (operator.decided === undefined) {
      const isNew =
        operator.told !== slow.told ||
        operator.knows !== slow.knows ||
        looked.recordAt !== state.recordAt ||
        looked.declared !== state.declared;
      if (isNew) steps.push({ what, state: again(looked) });
      continue;
    }
    const { act, read } = operator.decided;
    const after = perform(withOperator(looked, at, idle(operator)), at, operator, rules);
    const done = after.operators[at] as Operator;
    const told = done.telling === undefined ? after : tell(after, at, done);
    const wrote = { act, basis: read.record, excused: state.declared === "short" };
    steps.push({ what: `operator ${at} at once: ${describe(act)}`, state: again(told), wrote });
  }
  return steps;
}

function hasLeftovers({ pins }: State): boolean {
  return Object.keys(pins).length > 0;
}
