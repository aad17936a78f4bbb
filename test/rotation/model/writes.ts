/** The writes of the abstract world's operators, conditional on the world as it is now. */
import { itemsAfter } from "../../../src/rotation/execute.ts";
import type { RotationAct } from "../../../src/rotation/next.ts";
import type { PendingWrites } from "../../../src/rotation/pending-writes.ts";
import { advanceProof, carryProofsOver } from "../../../src/rotation/proof.ts";
import type { RotationRecord } from "../../../src/rotation/record.ts";
import { changed, withCurrent, withGroup, withOperator, withRecord } from "./changes.ts";
import { timeOn } from "./machine-clocks.ts";
import type { Rules } from "./rules.ts";
import {
  AGAIN,
  type Group,
  type Key,
  NEW,
  OLD,
  type Operator,
  OWN,
  type Readable,
  type State,
} from "./state.ts";

/** Between two observations an operator keeps only what it knows. */
export function idle({ told, knows }: Operator): Operator {
  return { told, ...(knows === undefined ? {} : { knows }) };
}

/** Performs the conditional write against the world as it is now. */
export function perform(state: State, at: number, operator: Operator, rules: Rules): State {
  const { act, read, record } = operator.decided as NonNullable<Operator["decided"]>;
  switch (act.act) {
    case "write-record":
      return state.recordAt === read.recordAt && state.lost === undefined
        ? withRecord(withOperator(state, at, { told: operator.told }), act.record)
        : state;
    case "write-group": {
      const index = Number(act.group.id);
      const group = state.groups[index] as Group;
      if (String(group.etag) !== act.group.etag) return state;
      const items = itemsAfter(act);
      if (OWN.some((each) => items.includes(each) && !state.keys.includes(each))) return state;
      const written = withGroup(state, index, { ...group, items, epoch: act.epoch, etag: group.etag + 1 });
      const from = act.group.etag;
      const proofs = carryProofsOver(record.proofs, {
        id: act.group.id,
        from,
        to: String(group.etag + 1),
        items,
      });
      return learned(written, at, operator, proofs, rules);
    }
    case "store-copy": {
      const id = rules.versionOf(act.versionId);
      if (state.versions.some((each) => each.id === id)) return state;
      if (!state.keys.includes(act.keyPairId)) return state;
      const key = act.keyPairId as Key;
      return changed(state, {
        versions: [...state.versions, { id, key, at: state.now }],
        pins: { ...state.pins, [`keyturn-${act.role}`]: id },
      });
    }
    // The draft has its private half. CloudFront never gives the same ID twice.
    case "upload-key":
      return state.keys.includes(NEW) || state.keys.includes(AGAIN)
        ? state
        : changed(state, { keys: [...state.keys, AGAIN] });
    case "move-current": {
      const from = rules.movesFromRead ? rules.versionOf(act.from) : state.current;
      if (state.current !== from) return state;
      return learned(withCurrent(state, rules.versionOf(act.to)), at, operator, record.proofs, rules);
    }
    case "send-triple":
      return prove(state, at, operator, act, rules);
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

/** The near location knows every change at once; the settle time covers the slowest one. */
function prove(
  state: State,
  at: number,
  operator: Operator,
  act: RotationAct & { act: "send-triple" },
  rules: Rules,
): State {
  const { record, observed } = operator.decided as NonNullable<Operator["decided"]>;
  const isAccepted = act.proof === "gone" ? !someTrusts(state, OLD) : everyTrusts(state, act.keyPairId);
  const same = state.groups.every(({ etag }, index) => String(etag) === observed.groups[index]?.etag);
  if (!same) return state;
  const sentAt = timeOn(operator.clock, state.now, rules);
  const outcome = { good: isAccepted && state.isDeaf !== true, locations: [], requestIds: [] };
  const triple = { keyPairId: act.keyPairId, groups: observed.groups, sentAt, doneAt: sentAt, outcome };
  const timing = {
    ...record.settings,
    settle: rules.settle,
    ...(rules.settle === 0 ? { skew: 0 } : {}),
  };
  const proof = advanceProof(record.proofs[act.proof], triple, timing);
  return learned(state, at, operator, { ...record.proofs, [act.proof]: proof }, rules);
}

const everyTrusts = ({ groups }: Readable, key: string) => groups.every(({ items }) => items.includes(key));
const someTrusts = ({ groups }: Readable, key: string) => groups.some(({ items }) => items.includes(key));

/**
 * Records what an act has shown. Results that others need are written next, and a crash can come before that; the rest
 * stays in memory.
 */
function learned(
  state: State,
  at: number,
  operator: Operator,
  proofs: RotationRecord["proofs"],
  rules: Rules,
): State {
  const { act, read, record, observed } = operator.decided as NonNullable<Operator["decided"]>;
  const { record: written, recordAt: basis } = read;
  const repair = act.repair && { kind: act.repair, at: state.now, what: act.why };
  const earlier = record.repairs.slice(written.repairs.length);
  const repairs = repair === undefined ? earlier : [...earlier, repair];
  const knows: PendingWrites = { proofs, basis: written.proofs, repairs };
  const name = act.act === "send-triple" ? act.proof : undefined;
  const proof = name && proofs[name];
  const isNew =
    proof !== undefined &&
    rules.mustSaveAtOnce(name && written.proofs[name], proof, observed.groups, written.settings);
  const isTold = (repairs.length > 0 || isNew) && rules.hasRoom(state, record, "repeated");
  const isSame = repairs.length === 0 && JSON.stringify(proofs) === JSON.stringify(written.proofs);
  if (isSame) return withOperator(state, at, { told: operator.told });
  const next = { ...record, proofs, repairs: [...written.repairs, ...repairs] };
  return withOperator(state, at, {
    told: operator.told,
    knows,
    ...(isTold ? { telling: { record: next, basis } } : {}),
  });
}

/** Writes the results of an act to the record. If the record moved meanwhile, the run keeps them in memory. */
export function tell(state: State, at: number, operator: Operator): State {
  const { record, basis } = operator.telling as NonNullable<Operator["telling"]>;
  if (basis !== state.recordAt || state.lost !== undefined) return withOperator(state, at, idle(operator));
  const knows = { proofs: record.proofs, basis: record.proofs, repairs: [] };
  return withRecord(withOperator(state, at, { told: operator.told, knows }), record);
}
