/** How an operator of the abstract world decides, and how its run ends. */
import type { NextAction, RotationAct } from "../../../src/rotation/next.ts";
import type { Observed } from "../../../src/rotation/observed.ts";
import { isWorthKeeping, NO_PENDING_WRITES, recordWith } from "../../../src/rotation/pending-writes.ts";
import { PROOFS, type ProofName, type RotationRecord } from "../../../src/rotation/record.ts";
import { parseVersionId } from "../../../src/rotation/version-id.ts";
import { withOperator, withRecord } from "./changes.ts";
import { describe } from "./describe.ts";
import { timeOn } from "./machine-clocks.ts";
import type { Rules } from "./rules.ts";
import { type Operator, type Readable, type State, TIMES } from "./state.ts";
import type { Step } from "./steps.ts";
import { observedOf } from "./view.ts";
import { idle } from "./writes.ts";

/** How many seconds ahead a contradicting Date is. */
const MISDATED = 7;

/** One answer's Date is far ahead; comparing it with the earlier ones shows the contradiction. */
export function decideMisdated(state: State, at: number, operator: Operator, rules: Rules): readonly Step[] {
  if (state.budget.misdated === 0) return [];
  const budget = { ...state.budget, misdated: state.budget.misdated - 1 };
  return decide({ ...state, budget }, at, operator, rules, MISDATED).map((step) => ({
    ...step,
    what: `${step.what} by a Date that is ${MISDATED} s ahead`,
  }));
}

/** The second half of an observation: read the record again, then decide. */
export function decide(
  state: State,
  at: number,
  operator: Operator,
  rules: Rules,
  misdated = 0,
): readonly Step[] {
  const now = timeOn(operator.clock, state.now, rules) + misdated;
  const { read, sentAt, foreign } = operator.seen as NonNullable<Operator["seen"]>;
  const observed = {
    ...observedOf(read, sentAt, now, state.pins),
    contradiction: misdated === 0 ? undefined : contradictionBy(misdated, now),
  };
  const epochs = [
    ...observed.groups.map(({ comment }) => rules.epochOf(comment, read.record.mark)),
    parseVersionId(read.current)?.epoch ?? 0,
  ];
  if (
    rules.startsOver &&
    (state.recordAt !== read.recordAt ||
      state.lost !== undefined ||
      epochs.some((each) => each > read.record.epoch))
  )
    return [{ what: `operator ${at} starts over`, state: withOperator(state, at, idle(operator)) }];
  const record = recordWith(read.record, operator.knows ?? NO_PENDING_WRITES, observed.groups);
  // Forget what the record now contains, and what no longer matches the groups.
  const isUseful = JSON.stringify(record) !== JSON.stringify(read.record);
  const own: Operator = isUseful ? idle(operator) : { told: operator.told };
  const run = { tried: triedNow(record, state), told: operator.told };
  const next = rules.next(record, observed, now, run);
  if ("act" in next && isRoomFor(next, state, record, rules)) {
    const decided = { act: next, read, record, observed, foreign };
    return [
      {
        what: `operator ${at} decides ${describe(next)}`,
        state: withOperator(state, at, { ...own, decided }),
      },
    ];
  }
  return ends(state, at, own, { next, read, record, observed }, rules);
}

function contradictionBy(seconds: number, date: number): Observed["contradiction"] {
  const later = { by: "CloudFront", date: date - seconds } as const;
  return { earlier: { by: "Secrets Manager", date }, later, seconds };
}

/** A wait or a halt: a run that stays keeps what it knows, one that ends writes it to the record. */
function ends(
  state: State,
  at: number,
  operator: Operator,
  {
    next,
    read,
    record,
    observed,
  }: { next: NextAction; read: Readable; record: RotationRecord; observed: Observed },
  rules: Rules,
): readonly Step[] {
  const what = `operator ${at} ${"halt" in next ? `halts: ${next.halt}` : "waits"}`;
  // A halt was reported, so whoever resumes knows about it.
  const isByTheBook = state.declared === "amended" && record.settings.longestLife === TIMES.longestLife;
  const settled: State = isByTheBook ? { ...state, declared: "settled" } : state;
  const left = withOperator(settled, at, { told: "halt" in next ? 99 : operator.told });
  const seen = { registered: { record, versionId: "" }, written: read.record, observed };
  const isKept =
    operator.knows !== undefined &&
    isWorthKeeping(seen) &&
    state.budget.ends > 0 &&
    state.recordAt === read.recordAt &&
    rules.hasRoom(state, record, "repeated");
  const stays = { what, state: withOperator(settled, at, idle(operator)) };
  if (!isKept) return "halt" in next ? [{ what, state: left }] : [stays];
  const budget = { ...state.budget, ends: state.budget.ends - 1 };
  const ended = { what: `${what}, and its run ends`, state: { ...withRecord(left, record), budget } };
  return "halt" in next ? [ended] : [stays, ended];
}

function isRoomFor(act: RotationAct, state: State, record: RotationRecord, rules: Rules): boolean {
  if (act.act !== "write-record") return true;
  return rules.hasRoom(state, record, act.record.epoch === record.epoch ? "once" : "repeated");
}

/** A run knows about the canary check that it sent at this very moment; any later one may be another run's. */
function triedNow({ proofs }: RotationRecord, { now }: State): readonly ProofName[] {
  return PROOFS.filter((name) => (proofs[name]?.lastAt ?? -1) >= now);
}
