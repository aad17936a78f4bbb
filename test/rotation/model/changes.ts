/** Each function makes one change to the abstract world; the previous state stays available for stale reads. */
import type { RotationRecord } from "../../../src/rotation/record.ts";
import { fullUntil, VERSION_LIMIT } from "../../../src/rotation/record-room.ts";
import {
  type Group,
  type Key,
  keyOfCurrent,
  type Operator,
  OWN,
  type Readable,
  type State,
} from "./state.ts";

export function readable({ groups, versions, current, keys, record, recordAt }: Readable): Readable {
  return { groups, versions, current, keys, record, recordAt };
}

export function changed(state: State, change: Partial<State>): State {
  return { ...state, before: readable(state), foreignBefore: state.foreign, ...change };
}

export function withOperator(state: State, at: number, operator: Operator): State {
  // The operator's machine keeps its clock.
  const next = (each: Operator) => (each.clock === undefined ? operator : { ...operator, clock: each.clock });
  return { ...state, operators: state.operators.map((each, index) => (index === at ? next(each) : each)) };
}

/** Has no effect if Secrets Manager already keeps a hundred versions from the last day. */
export function withRecord(state: State, record: RotationRecord): State {
  const { written } = state;
  if (written !== undefined && fullUntil(written, VERSION_LIMIT, state.now) !== undefined) return state;
  const more = written === undefined ? {} : { written: [...written, state.now] };
  return changed(state, { record, recordAt: state.recordAt + 1, ...more });
}

export function withGroup(state: State, at: number, group: Group): State {
  const was = state.groups[at] as Group;
  const left = OWN.filter((key) => !was.items.includes(key));
  const lacked = state.lacked.map((each, index) =>
    index === at ? { ...each, ...Object.fromEntries(left.map((key) => [key, state.now])) } : each,
  );
  return changed(state, { groups: state.groups.map((each, index) => (index === at ? group : each)), lacked });
}

export function withCurrent(state: State, current: string): State {
  const key: Key = keyOfCurrent(state);
  return changed(state, {
    current,
    previous: state.current,
    signedUntil: { ...state.signedUntil, [key]: state.now },
  });
}
