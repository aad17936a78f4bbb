/** The abstract world of the search: small, immutable, and with just enough history to judge every write. */
import type { Mode } from "../../../src/rotation/mode.ts";
import type { RotationAct } from "../../../src/rotation/next.ts";
import type { Observed } from "../../../src/rotation/observed.ts";
import type { PendingWrites } from "../../../src/rotation/pending-writes.ts";
import { PROOFS, type Proof, type RotationRecord } from "../../../src/rotation/record.ts";
import type { MachineClock } from "./machine-clocks.ts";

/**
 * Key pair IDs: the old key's, the new key's, and a stranger's, which no group trusts unless a rotation by hand put it
 * there.
 */
export const OLD = "KOLD";
export const NEW = "KNEW";
export const STRANGER = "KXXX";
/** The new key's ID after its public key was deleted and uploaded again. */
export const AGAIN = "KNEW2";
export type Key = typeof OLD | typeof NEW | typeof AGAIN | typeof STRANGER;
/** The rotation's own IDs. */
export const OWN = [OLD, NEW, AGAIN] as const;

export interface Group {
  readonly items: readonly string[];
  readonly epoch: number;
  /** Another gate's epoch in the same Comment. */
  readonly other?: number;
  readonly etag: number;
}
interface Version {
  readonly id: string;
  readonly key: Key;
  readonly at: number;
}

/** What a read may return: the present, or, if it is stale, the state before the last change. */
export interface Readable {
  readonly groups: readonly Group[];
  readonly versions: readonly Version[];
  readonly current: string;
  readonly keys: readonly string[];
  readonly record: RotationRecord;
  readonly recordAt: number;
}

export interface Operator {
  /** The record, which is read first. */
  readonly reading?: { readonly record: RotationRecord; readonly recordAt: number; readonly foreign: number };
  /** Groups and secret, read next, and when they were requested; then the decision made from them. */
  readonly seen?: { readonly read: Readable; readonly sentAt: number; readonly foreign: number };
  readonly decided?: {
    readonly act: RotationAct;
    readonly read: Readable;
    /** The record as read, plus what the run knows. */
    readonly record: RotationRecord;
    readonly observed: Observed;
    readonly foreign: number;
  };
  /** A repair that is not yet recorded. */
  readonly telling?: { readonly record: RotationRecord; readonly basis: number };
  /** The record rebuilt from what a lost one left, but not yet written. */
  readonly rebuilt?: RotationRecord;
  /** What the run knows but has not written: lost when it crashes or ends. */
  readonly knows?: PendingWrites;
  readonly told: number;
  /** The clock of its machine, if that is wrong. */
  readonly clock?: MachineClock | undefined;
  /** Never suspended: reads, decides and writes in one step. */
  readonly isQuick?: boolean;
}

/** How often each kind of event may still happen in the search. */
export interface Budget {
  /** Writes of a third party. */
  readonly foreign: number;
  /** Rotations by hand: every group trusts a stranger's key, which becomes current. */
  readonly hand: number;
  readonly stale: number;
  readonly crash: number;
  readonly abort: number;
  readonly urgent: number;
  /** Writes of another gate that shares the groups: its key, and its epoch in the Comment. */
  readonly gate: number;
  /** Observations in which one answer's Date is far ahead of the others. */
  readonly misdated: number;
  /** Amendments of a cookie life that was declared too short. */
  readonly amend: number;
  /** Public keys of the rotation that a third party removes from the groups and deletes. */
  readonly deletion: number;
  /** Records that somebody deletes or overwrites. */
  readonly loss: number;
  /** Runs that end while they wait, and write what they know to the record. */
  readonly ends: number;
}

export interface State extends Readable {
  readonly now: number;
  readonly before: Readable;
  /** Per group: when it last lacked the key; absent if it never did. */
  readonly lacked: readonly Readonly<Partial<Record<Key, number>>>[];
  /** When AWSCURRENT last held the key. */
  readonly signedUntil: Readonly<Partial<Record<Key, number>>>;
  readonly operators: readonly Operator[];
  readonly budget: Budget;
  /** Third-party writes so far, and how many of them are in the state `before`. */
  readonly foreign: number;
  readonly foreignBefore: number;
  readonly pins: Readonly<Partial<Record<string, string>>>;
  /** How the record was lost: deleted, or unreadable because somebody overwrote it. */
  readonly lost?: "deleted" | "unreadable";
  /** The mode that people had declared when the record was lost. */
  readonly declaredMode?: Mode;
  /** The version that was AWSCURRENT before. */
  readonly previous?: string;
  /** When each version of the record was written; absent if the version limit plays no role. */
  readonly written?: readonly number[];
  /**
   * A cookie life that was declared too short: decisions based on it are excused. Once the record is amended and an
   * operator waits accordingly, the invariant must hold.
   */
  readonly declared?: "short" | "amended" | "settled";
  /** The edge learns no more keys. */
  readonly isDeaf?: boolean;
}

/** The gate's mark in Comments, and another gate's. */
export const MARK = "m0de10";
export const OTHERS_MARK = "0ther0";

/** The model's durations, in its seconds. */
export const TIMES = { settle: 2, skew: 1, cacheTtl: 2, longestLife: 3 } as const;

export function keyOfCurrent({ versions, current }: Pick<Readable, "versions" | "current">): Key {
  return versions.find(({ id }) => id === current)?.key ?? STRANGER;
}

/** Whether a signer may mint with the key, or a cookie of it may still be unexpired. */
export function isInUse(state: State, key: Key, life: number = TIMES.longestLife): boolean {
  const until = keyOfCurrent(state) === key ? state.now : state.signedUntil[key];
  return until !== undefined && until + TIMES.cacheTtl + life > state.now;
}

export function isTrustedNow({ groups }: Readable, key: string): boolean {
  return groups.every(({ items }) => items.includes(key));
}

/** Trusted by every group and known to every edge location, even the slowest. */
export function isTrustedAtEdges(state: State, key: Key): boolean {
  return (
    isTrustedNow(state, key) &&
    state.lacked.every((each) => each[key] === undefined || (each[key] as number) + TIMES.settle <= state.now)
  );
}

/** The same text for states that behave alike: times are relative to now, ETags and versions to the present ones. */
export function keyOf(state: State): string {
  const { budget, lacked, signedUntil, pins, operators, before } = state;
  const {
    foreign: f,
    hand,
    stale,
    crash,
    abort,
    urgent,
    ends,
    gate,
    amend,
    misdated,
    deletion,
    loss,
  } = budget;
  const left = [f, hand, stale, crash, abort, urgent, ends, gate, amend, misdated, deletion, loss].join("");
  let key = `${readableKey(state, state)}|${left}${state.declared ?? ""}${state.lost ?? ""}`;
  if (loss > 0 || state.lost !== undefined || state.declaredMode !== undefined)
    key += `${state.previous}${state.declaredMode}`;
  if (stale > 0) key += `|${readableKey(before, state)}`;
  for (const each of lacked) key += `|${OWN.map((own) => ago(each[own], state))}`;
  key += `|${OWN.map((own) => ago(signedUntil[own], state))}|${pins["keyturn-new"]},${pins["keyturn-old"]}`;
  // The order of two equal operators does not matter.
  const parts = operators.map((each) => operatorKey(each, state));
  return key + (operators.some(({ isQuick }) => isQuick) ? parts : parts.sort()).join("");
}

function operatorKey(operator: Operator, state: State): string {
  const { reading, seen, decided, telling, rebuilt, told, knows, clock = "" } = operator;
  const { foreign } = state;
  let key = `#${clock}${told}`;
  if (reading) {
    key += `r${recordKey(reading.record, state)},${state.recordAt - reading.recordAt},${foreign - reading.foreign}`;
  }
  if (seen) key += `s${readableKey(seen.read, state)},${ago(seen.sentAt, state)},${foreign - seen.foreign}`;
  if (decided) {
    key += `d${actKey(decided.act, state)},${state.recordAt - decided.read.recordAt},${foreign - decided.foreign}`;
  }
  if (telling) key += `t${recordKey(telling.record, state)},${state.recordAt - telling.basis}`;
  if (rebuilt) key += `b${recordKey(rebuilt, state)}`;
  if (knows) {
    key += `n${proofsKey(knows.proofs, state)}/${basisKey(knows, state)}/${knows.repairs.map(({ kind }) => kind)}`;
  }
  return key;
}

function ago(at: number | undefined, { now }: State): string {
  return at === undefined ? "-" : String(Math.min(now - at, 12));
}

function readableKey(read: Readable, state: State): string {
  let key = `${read.current};${read.keys};${state.recordAt - read.recordAt};`;
  read.groups.forEach(({ items, epoch, other, etag }, at) => {
    key += `${items.join()}e${epoch},${other}/${(state.groups[at] as Group).etag - etag};`;
  });
  for (const { id, key: held, at } of read.versions) key += `${id}${held}${ago(at, state)};`;
  return key + recordKey(read.record, state);
}

function recordKey(record: RotationRecord, state: State): string {
  const { goal, mode, epoch, newMaySign, oldMayGo, noReturn, finished, switchedAt, backAt, proofs, repairs } =
    record;
  const flags = [newMaySign, oldMayGo, noReturn, finished]
    .map((each) => (each === undefined ? 0 : 1))
    .join("");
  let key = `${goal}${mode}${epoch}${flags}${record.new?.keyPairId}`;
  for (const each of [switchedAt, backAt]) {
    if (each) key += `@${ago(each.sentAt, state)},${ago(each.at, state)},${each.known.join()}`;
  }
  for (const { kind } of repairs) key += kind;
  return key + proofsKey(proofs, state);
}

/** All that matters about the old record is whether its proofs still stand in the present one. */
function basisKey({ basis }: PendingWrites, { record, before, budget }: State): string {
  const says = (proofs: RotationRecord["proofs"]) =>
    PROOFS.map((name) => (isSameProof(proofs[name], basis[name]) ? 1 : 0)).join("");
  return says(record.proofs) + (budget.stale > 0 ? says(before.record.proofs) : "");
}

const isSameProof = (one: Proof | undefined, other: Proof | undefined) =>
  one === other || JSON.stringify(one) === JSON.stringify(other);

function proofsKey(proofs: RotationRecord["proofs"], state: State): string {
  let key = "";
  for (const [name, proof] of Object.entries(proofs)) {
    const etags = Object.entries(proof.etags).map(
      ([id, etag]) => (state.groups[Number(id)] as Group).etag - Number(etag),
    );
    const long = proof.lastAt - proof.begunAt > 60 ? "L" : "";
    key += `${name}${etags}${ago(proof.lastAt, state)},${ago(proof.goodSince, state)},${proof.good}${proof.provenAt ? "P" : ""}${long}`;
  }
  return key;
}

function actKey(act: RotationAct, state: State): string {
  switch (act.act) {
    case "write-record":
      return `r${recordKey(act.record, state)}`;
    case "write-group": {
      const behind = (state.groups[Number(act.group.id)] as Group).etag - Number(act.group.etag);
      return `g${act.group.id}/${behind}${act.group.items}+${act.add}-${act.remove}e${act.epoch}${act.repair}`;
    }
    case "move-current":
      return `m${act.from}>${act.to}${act.repair}`;
    case "store-copy":
      return `c${act.versionId}`;
    case "send-triple":
      return `t${act.proof}`;
    case "pin":
      return `p${act.label}${act.from}${act.to}`;
    case "release":
      return `l${act.label}${act.from}`;
    case "delete-key":
      return `k${act.keyPairId}`;
    default:
      return act.act;
  }
}
