/** A record that somebody deletes or overwrites, and how an operator rebuilds it from what the rotation left. */
import { publicKeyName } from "../../../src/rotation/leftovers.ts";
import { lostRecord, type Traces } from "../../../src/rotation/lost-record.ts";
import type { RotationRecord } from "../../../src/rotation/record.ts";
import { changed, withOperator, withRecord } from "./changes.ts";
import { timeOn } from "./machine-clocks.ts";
import type { Rules } from "./rules.ts";
import { MARK, NEW, type Operator, OWN, type State } from "./state.ts";
import type { Step } from "./steps.ts";
import { commentOf, currentOf, fingerprintOf } from "./view.ts";
import { idle } from "./writes.ts";

export function lossSteps(state: State): readonly Step[] {
  if (state.lost !== undefined || state.record.finished !== undefined) return [];
  const budget = { ...state.budget, loss: state.budget.loss - 1 };
  return [
    { what: "somebody deletes the record", state: { ...state, budget, lost: "deleted" } },
    { what: "somebody writes over the record", state: { ...state, budget, lost: "unreadable" } },
  ];
}

/**
 * `resume --rebuild-record` takes two steps, because it reads the traces before it creates the record. An operator who
 * is never suspended takes both at once. In an emergency the operator has to declare it again, because no trace shows
 * it.
 */
export function rebuildSteps(state: State, at: number, rules: Rules): readonly Step[] {
  const operator = state.operators[at] as Operator;
  const keeps = (next: State) =>
    withOperator(next, at, { ...idle(operator), ...(operator.isQuick ? { isQuick: true } : {}) });
  if (operator.rebuilt !== undefined) return [created(keeps(state), at, operator.rebuilt)];
  if (state.lost === "unreadable") {
    const { lost: _, ...restored } = keeps(state);
    return [{ what: `operator ${at} puts the last readable record back`, state: restored }];
  }
  const record = composed(state, timeOn(operator.clock, state.now, rules), rules);
  if (record === undefined) return [nothingOpen(keeps(state), at)];
  if (operator.isQuick) return [created(keeps(state), at, record)];
  return [
    {
      what: `operator ${at} reads what the lost record left`,
      state: withOperator(state, at, { ...idle(operator), rebuilt: record }),
    },
  ];
}

/** Refused if somebody created one first. */
function created(state: State, at: number, rebuilt: RotationRecord): Step {
  const what = `operator ${at} rebuilds the record in epoch ${rebuilt.epoch}`;
  const { lost, ...found } = state;
  if (lost !== "deleted") return { what: `${what}: refused`, state };
  return {
    what,
    state: { ...withRecord(found, rebuilt), declaredMode: state.record.mode },
    wrote: {
      act: { act: "write-record", step: "record-opened", why: "rebuild the record", record: rebuilt },
      basis: state.record,
      excused: false,
    },
  };
}

/** Labels and keys show that the rotation is over; only the record was still open. */
function nothingOpen(state: State, at: number): Step {
  const record: RotationRecord = {
    ...state.record,
    finished: { at: state.now, outcome: state.record.goal === "forward" ? "rotated" : "aborted" },
  };
  const { lost: _, ...found } = state;
  return {
    what: `operator ${at} finds no rotation open`,
    state: changed(found, { record, recordAt: state.recordAt + 1 }),
    wrote: {
      act: { act: "write-record", step: "record-opened", why: "nothing is open", record },
      basis: state.record,
      excused: false,
    },
  };
}

function composed(state: State, now: number, rules: Rules): RotationRecord | undefined {
  const { record, keys } = state;
  const traces = tracesOf(state);
  const lost = lostRecord(traces);
  if (lost?.open === undefined) return undefined;
  const { open } = lost;
  const keyOf = (versionId: string) => state.versions.find(({ id }) => id === versionId)?.key ?? NEW;
  const oldKey = keyOf(open.oldVersionId);
  const newKey = fingerprintOf(keyOf(open.newVersionId));
  return rules.rebuild(
    { ...lost, open },
    {
      gate: record.gate,
      mode: record.mode,
      mark: MARK,
      groups: traces.groups,
      versions: traces.versions,
      old: {
        keyPairId: oldKey,
        fingerprint: fingerprintOf(oldKey),
        trustedAs: keys.includes(oldKey) ? oldKey : undefined,
      },
      fresh: { fingerprint: newKey, keyPairId: keys.find((each) => fingerprintOf(each) === newKey) },
      distributions: [],
      rebuiltBy: {},
      settings: record.settings,
      now,
    },
  );
}

function tracesOf(state: State): Traces {
  const { groups, versions, current, previous, pins, keys, record } = state;
  const labels = { ...pins, AWSCURRENT: current, AWSPREVIOUS: previous };
  const isOurs = (id: string) => OWN.some((own) => own === id) && fingerprintOf(id) === NEW;
  return {
    gate: record.gate,
    mark: MARK,
    groups: groups.map(({ items, epoch, other }, at) => ({
      id: String(at),
      name: `g${at}`,
      items,
      comment: commentOf(epoch, other),
    })),
    versions: versions.map(({ id, at }) => ({
      versionId: id,
      stages: Object.entries(labels).flatMap(([label, holder]) => (holder === id ? [label] : [])),
      createdAt: at,
    })),
    publicKeys: keys.map((id) => ({ id, name: isOurs(id) ? publicKeyName(record) : id })),
    current: currentOf(state),
  };
}
