/** States to start the search from: a rotation at each of its points, taken there by one undisturbed operator. */
import type { Mode } from "../../../src/rotation/mode.ts";
import type { RotationRecord } from "../../../src/rotation/record.ts";
import { versionIdOf } from "../../../src/rotation/version-id.ts";
import { BEGUN, type MachineClock } from "./machine-clocks.ts";
import { RULES, type Rules } from "./rules.ts";
import { type Budget, MARK, NEW, OLD, type Operator, type State, TIMES } from "./state.ts";
import { stepsFrom } from "./steps.ts";

const ROTATION = "20261122-model0";
const DRAFT = versionIdOf({ rotation: ROTATION, epoch: 1, role: "draft" });
const NONE: Budget = {
  foreign: 0,
  hand: 0,
  stale: 0,
  crash: 0,
  abort: 0,
  urgent: 0,
  gate: 0,
  amend: 0,
  ends: 0,
  misdated: 0,
  deletion: 0,
  loss: 0,
};

export interface Begin {
  readonly mode?: Mode;
  readonly groups?: number;
  readonly operators?: number;
  /** All but the last operator are never suspended. */
  readonly quick?: boolean;
  readonly budget?: Partial<Budget>;
  /** The clocks of the operators' machines, in order; correct if absent. */
  readonly clocks?: readonly (MachineClock | undefined)[];
  /** The longest cookie life that is declared; by default the real one. */
  readonly life?: number;
}

/** A rotation whose new key is generated and uploaded; nothing is public yet but its ID. */
export function opened({
  mode = "normal",
  groups = 1,
  operators = 2,
  quick = true,
  budget = {},
  clocks = [],
  life = TIMES.longestLife,
}: Begin = {}): State {
  const etags = Object.fromEntries(Array.from({ length: groups }, (_, at) => [String(at), "1"]));
  const record: RotationRecord = {
    version: 1,
    gate: "model",
    rotation: ROTATION,
    goal: "forward",
    mode,
    epoch: 1,
    openedEpoch: 1,
    openedAt: 0,
    startedBy: {},
    old: { keyPairId: OLD, fingerprint: OLD, versionId: "v0" },
    new: {
      keyPairId: NEW,
      fingerprint: NEW,
      versionId: versionIdOf({ rotation: ROTATION, epoch: 1, role: "new" }),
    },
    groups: Array.from({ length: groups }, (_, at) => String(at)),
    mark: MARK,
    distributions: [],
    proofs: {
      old: {
        keyPairId: OLD,
        etags: etags,
        begunAt: 0,
        lastAt: 0,
        provenAt: 0,
        good: 0,
        locations: [],
        requestIds: [],
      },
    },
    repairs: [],
    settings: {
      secret: { id: "s", format: "json", fields: { privateKey: "p", keyPairId: "k" } },
      keyType: "ecdsa-p256",
      keyPairId: "in-secret",
      hash: "SHA256",
      ...TIMES,
      longestLife: life,
      triples: 1,
      canaries: {},
      ownership: "none",
    },
  };
  const readable = {
    groups: record.groups.map(() => ({ items: [OLD], epoch: 0, etag: 1 })),
    versions: [
      { id: "v0", key: OLD, at: -100 },
      { id: DRAFT, key: NEW, at: 0 },
    ] as const,
    current: "v0",
    keys: [OLD, NEW],
    record,
    recordAt: 1,
  };
  return {
    ...readable,
    before: readable,
    now: BEGUN,
    lacked: record.groups.map(() => ({ [NEW]: 10 })),
    signedUntil: { [OLD]: 10 },
    operators: Array.from(
      { length: operators },
      (_, at): Operator => ({ told: 0, isQuick: quick && at < operators - 1, clock: clocks[at] }),
    ),
    budget: { ...NONE, ...budget },
    foreign: 0,
    foreignBefore: 0,
    ...(life < TIMES.longestLife ? { declared: "short" as const } : {}),
    pins: { "keyturn-old": "v0", "keyturn-new": DRAFT },
  };
}

/** Every state that a single operator passes through, from the opened record to the end. */
export function alone(begin: State, rules: Rules = RULES): readonly State[] {
  const states: State[] = [];
  let state: State = { ...begin, budget: NONE };
  for (let count = 0; count < 400 && state.record.finished === undefined; count += 1) {
    const [next, ...others] = stepsFrom({ ...state, operators: state.operators.slice(0, 1) }, rules);
    const time = others.find(({ what }) => what.startsWith("time"));
    const isIdle =
      next?.what.endsWith("waits") || next?.what.includes("halts") || next?.what.includes("starts over");
    const chosen = next === undefined || (isWaiting(state, rules) && time !== undefined) ? time : next;
    if (chosen === undefined) break;
    state = { ...chosen.state, operators: chosen.state.operators };
    if (!isIdle && state.operators[0]?.seen === undefined && state.operators[0]?.reading === undefined)
      states.push(state);
  }
  return states;
}

/** Whether the only operator looks and finds nothing to do; then time must pass. */
function isWaiting(state: State, rules: Rules): boolean {
  let looked = state;
  while (looked.operators[0]?.decided === undefined && looked.operators[0]?.telling === undefined) {
    const [step] = stepsFrom({ ...looked, operators: [looked.operators[0] as Operator] }, rules);
    if (step === undefined || !/ reads | decides /.test(step.what)) return true;
    looked = step.state;
  }
  return false;
}

/** The opened record and every later point, each with the operators and the budget. */
export function roots(begin: Begin): readonly State[] {
  const first = opened(begin);
  const points = alone(opened({ ...begin, operators: 1, budget: {}, clocks: [] }));
  return [first, ...points.map((point) => ({ ...point, operators: first.operators, budget: first.budget }))];
}

/** The state after a history: each step is the first whose description matches. Throws if none matches. */
export function after(state: State, history: readonly RegExp[], rules: Rules = RULES): State {
  return history.reduce((now, pattern) => {
    const step = stepsFrom(now, rules).find(({ what }) => pattern.test(what));
    if (step === undefined) throw new Error(`no step ${pattern} here`);
    return step.state;
  }, state);
}
