/** What may happen next in the abstract world: operators read, decide and write, a third party writes, time passes. */
import { itemsAfter } from "../../../src/rotation/execute.ts";
import type { Act } from "../../../src/rotation/next.ts";
import type { Observed } from "../../../src/rotation/observed.ts";
import { advanceProof, carried } from "../../../src/rotation/proof.ts";
import { PROOFS, type ProofName, type RotationRecord } from "../../../src/rotation/record.ts";
import { parseVersionId } from "../../../src/rotation/version-id.ts";
import { changed, readable, withCurrent, withGroup, withOperator, withRecord } from "./changes.ts";
import { foreignSteps, rotatedByHand } from "./foreign.ts";
import type { Rules } from "./rules.ts";
import { type Group, NEW, OLD, type Operator, type Readable, STRANGER, type State } from "./state.ts";
import { nextTime, observedOf } from "./view.ts";

export interface Step {
  readonly what: string;
  readonly state: State;
  /** Present when an operator wrote: judged by `invariant.ts`. */
  readonly wrote?: { readonly act: Act; readonly basis: RotationRecord; readonly excused: boolean };
}

/** Every state that can follow. Throws when `next` throws: no state may be without a rule. */
export function stepsFrom(state: State, rules: Rules): readonly Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < state.operators.length; at += 1) steps.push(...operatorSteps(state, at, rules));
  if (state.budget.foreign > 0) steps.push(...foreignSteps(state));
  if (state.budget.hand > 0) steps.push(rotatedByHand(state));
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
    const { record, basis } = operator.telling;
    const told = withOperator(state, at, { told: operator.told });
    steps.push({ what: `${name} tells`, state: basis === state.recordAt ? withRecord(told, record) : told });
  } else if (operator.decided !== undefined) {
    crash();
    const { act, foreign } = operator.decided;
    const after = perform(withOperator(state, at, { told: operator.told }), at, operator, rules);
    steps.push({
      what: `${name} ${describe(act)}`,
      state: after,
      wrote: { act, basis: operator.decided.read.record, excused: state.foreign > foreign },
    });
  } else if (operator.seen !== undefined) {
    steps.push(decide(state, at, operator, rules));
  } else if (operator.reading !== undefined) {
    steps.push(...readRest(state, at, operator));
  } else {
    steps.push(...readRecord(state, at, operator), ...turns(state, at, rules));
  }
  return steps;
}

/** The first read: the record, perhaps a stale one. */
function readRecord(state: State, at: number, { told }: Operator): readonly Step[] {
  const { record, recordAt, before, foreign, foreignBefore } = state;
  if (record.finished !== undefined && !hasLeftovers(state)) return [];
  const fresh = withOperator(state, at, { told, reading: { record, recordAt, foreign } });
  const steps: Step[] = [{ what: `operator ${at} reads the record`, state: fresh }];
  if (state.budget.stale > 0 && before.recordAt !== recordAt) {
    const reading = { record: before.record, recordAt: before.recordAt, foreign: foreignBefore };
    steps.push({
      what: `operator ${at} reads a stale record`,
      state: withStale(state, at, { told, reading }),
    });
  }
  return steps;
}

/** The second: groups and secret, as they are by now, or stale. */
function readRest(state: State, at: number, { told, reading }: Operator): readonly Step[] {
  const { record, recordAt, foreign } = reading as NonNullable<Operator["reading"]>;
  const seen = (from: Partial<Readable>, knows: number): Operator => ({
    told,
    seen: { read: { ...readable(state), record, recordAt, ...from }, sentAt: state.now, foreign: knows },
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

/** The operator's own commands: abort, and the emergency. Read and written at once: the register guards them. */
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
  return steps;
}

/** Reads, decides, writes and tells in one step: an operator that is never suspended. */
function quickSteps(state: State, at: number, rules: Rules): readonly Step[] {
  const steps = turns(state, at, rules);
  if (state.record.finished !== undefined && !hasLeftovers(state)) return steps;
  const { isQuick: _, ...slow } = state.operators[at] as Operator;
  const seen = { read: readable(state), sentAt: state.now, foreign: state.foreign };
  const { what, state: looked } = decide(
    withOperator(state, at, { ...slow, seen }),
    at,
    { ...slow, seen },
    rules,
  );
  const operator = looked.operators[at] as Operator;
  const again = (next: State, told: number) => withOperator(next, at, { told, isQuick: true });
  if (operator.decided === undefined) {
    return operator.told === slow.told ? steps : [...steps, { what, state: again(looked, operator.told) }];
  }
  const { act } = operator.decided;
  const after = perform(withOperator(looked, at, { told: operator.told }), at, operator, rules);
  const { telling } = after.operators[at] as Operator;
  const wrote = { act, basis: operator.decided.read.record, excused: false };
  const told =
    telling === undefined || telling.basis !== after.recordAt ? after : withRecord(after, telling.record);
  return [
    ...steps,
    { what: `operator ${at} at once: ${describe(act)}`, state: again(told, operator.told), wrote },
  ];
}

/** The second half of an observation: the record again; then the decision. */
function decide(state: State, at: number, operator: Operator, rules: Rules): Step {
  const { read, sentAt, foreign } = operator.seen as NonNullable<Operator["seen"]>;
  const over = (): Step => ({
    what: `operator ${at} starts over`,
    state: withOperator(state, at, { told: operator.told }),
  });
  const epochs = [...read.groups.map(({ epoch }) => epoch), parseVersionId(read.current)?.epoch ?? 0];
  if (
    rules.startsOver &&
    (state.recordAt !== read.recordAt || epochs.some((each) => each > read.record.epoch))
  )
    return over();
  const observed = observedOf(read, sentAt, state.now, state.pins);
  const next = rules.next(read.record, observed, state.now, {
    tried: triedNow(read.record, state),
    told: operator.told,
  });
  if (!("act" in next)) {
    // A halt has been told; whoever resumes after it knows.
    const told = "halt" in next ? 99 : operator.told;
    return {
      what: `operator ${at} ${"halt" in next ? `halts: ${next.halt}` : "waits"}`,
      state: withOperator(state, at, { told }),
    };
  }
  const decided = { act: next, read, observed, foreign };
  return {
    what: `operator ${at} decides ${describe(next)}`,
    state: withOperator(state, at, { told: operator.told, decided }),
  };
}

/** A run that sent a triple at this very moment knows that it did; any later one may be another's. */
function triedNow({ proofs }: RotationRecord, { now }: State): readonly ProofName[] {
  return PROOFS.filter((name) => (proofs[name]?.lastAt ?? -1) >= now);
}

/** The conditional write itself, against the world as it is now. */
function perform(state: State, at: number, operator: Operator, rules: Rules): State {
  const { act, read, observed } = operator.decided as NonNullable<Operator["decided"]>;
  switch (act.act) {
    case "write-record":
      return state.recordAt === read.recordAt ? withRecord(state, act.record) : state;
    case "write-group": {
      const index = Number(act.group.id);
      const group = state.groups[index] as Group;
      if (String(group.etag) !== act.group.etag) return state;
      const items = itemsAfter(act);
      if (items.some((each) => each !== STRANGER && !state.keys.includes(each))) return state;
      const written = withGroup(state, index, { items, epoch: act.epoch, etag: group.etag + 1 });
      const from = act.group.etag;
      const proofs = carried(read.record.proofs, {
        id: act.group.id,
        from,
        to: String(group.etag + 1),
        items,
      });
      return telling(written, at, operator, proofs);
    }
    case "store-copy": {
      const id = rules.versionOf(act.versionId);
      if (state.versions.some((each) => each.id === id)) return state;
      const key = act.role === "new" ? NEW : OLD;
      return changed(state, {
        versions: [...state.versions, { id, key, at: state.now }],
        pins: { ...state.pins, [`keyturn-${act.role}`]: id },
      });
    }
    case "move-current": {
      const from = rules.movesFromRead ? rules.versionOf(act.from) : state.current;
      if (state.current !== from) return state;
      return telling(withCurrent(state, rules.versionOf(act.to)), at, operator);
    }
    case "send-triple":
      return prove(state, act, read, observed, rules);
    case "delete-key": {
      if (state.groups.some(({ items }) => items.includes(act.keyPairId))) return state;
      return changed(state, { keys: state.keys.filter((each) => each !== act.keyPairId) });
    }
    case "pin":
      return state.pins[act.label] === act.from
        ? { ...state, pins: { ...state.pins, [act.label]: act.to } }
        : state;
    case "release": {
      if (state.pins[act.label] !== act.from) return state;
      const { [act.label]: _, ...pins } = state.pins;
      return { ...state, pins };
    }
    default:
      throw new Error(`the model begins after ${act.act}`);
  }
}

/** The near location knows every change at once; the slowest one is what the settle time is for. */
function prove(
  state: State,
  act: Act & { act: "send-triple" },
  read: Readable,
  observed: Observed,
  rules: Rules,
): State {
  const isAccepted = act.proof === "gone" ? !someTrusts(state, OLD) : everyTrusts(state, act.keyPairId);
  const same = state.groups.every(({ etag }, at) => String(etag) === observed.groups[at]?.etag);
  if (!same || state.recordAt !== read.recordAt) return state;
  const outcome = { good: isAccepted, locations: [], requestIds: [] };
  const triple = { keyPairId: act.keyPairId, groups: observed.groups, sentAt: state.now, outcome };
  const timing = {
    ...read.record.settings,
    settle: rules.settle,
    ...(rules.settle === 0 ? { skew: 0 } : {}),
  };
  const proof = advanceProof(read.record.proofs[act.proof], triple, timing);
  return withRecord(state, { ...read.record, proofs: { ...read.record.proofs, [act.proof]: proof } });
}

const everyTrusts = ({ groups }: Readable, key: string) => groups.every(({ items }) => items.includes(key));
const someTrusts = ({ groups }: Readable, key: string) => groups.some(({ items }) => items.includes(key));

/** What the write means for the record is a second write: a crash may come between. */
function telling(state: State, at: number, operator: Operator, proofs?: RotationRecord["proofs"]): State {
  const { act, read } = operator.decided as NonNullable<Operator["decided"]>;
  const { record, recordAt: basis } = read;
  const repair = act.repair && { kind: act.repair, at: state.now, what: act.why };
  const isCarried = proofs !== undefined && JSON.stringify(proofs) !== JSON.stringify(record.proofs);
  if (repair === undefined && !isCarried) return state;
  const repairs = repair === undefined ? record.repairs : [...record.repairs, repair];
  return withOperator(state, at, {
    told: operator.told,
    telling: { record: { ...record, repairs, proofs: proofs ?? record.proofs }, basis },
  });
}

function hasLeftovers({ pins }: State): boolean {
  return Object.keys(pins).length > 0;
}

function describe(act: Act): string {
  if (act.act === "write-group")
    return `write-group ${act.group.id} +${act.add} -${act.remove} e${act.epoch} (${act.step})`;
  if (act.act === "move-current") return `move-current ${act.from} -> ${act.to}`;
  if (act.act === "write-record") return `write-record (${act.why})`;
  return `${act.act} (${act.why})`;
}
