/** Breadth-first search over everything that can happen; the shortest history to a violation is the counterexample. */
import { withMode } from "../../../src/rotation/record.ts";
import { withRecord } from "./changes.ts";
import { damage, violation } from "./invariant.ts";
import { RULES, type Rules } from "./rules.ts";
import { keyOf, NEW, OLD, type State } from "./state.ts";
import { type Step, stepsFrom } from "./steps.ts";

export interface Found {
  readonly states: number;
  readonly writes: number;
  /** The search ended because there are no further states. */
  readonly isWhole: boolean;
  /** Absent if nothing is wrong; otherwise what is wrong, and the history that leads to it. */
  readonly wrong?: { readonly sentence: string; readonly history: readonly string[] };
}

/** How a state was reached; the state itself is dropped once its successors are known. */
interface Trail {
  readonly what: string;
  readonly from: Trail | undefined;
}
interface Node {
  readonly state: State;
  readonly trail: Trail;
}

export interface SearchOptions {
  readonly rules?: Rules;
  readonly limit?: number;
  /**
   * Also follow one operator alone from each state: it must repair within two writes, and reach an end, a wait or a
   * halt.
   */
  readonly follow?: boolean;
}

export function search(
  begin: readonly State[],
  { rules = RULES, limit = 400_000, follow = false }: SearchOptions = {},
): Found {
  const seen = new Set<number>();
  let level: Node[] = [];
  let writes = 0;
  let followed = 0;
  const wrong = (sentence: string, trail: Trail): Found => ({
    states: seen.size,
    writes,
    isWhole: false,
    wrong: { sentence, history: historyOf(trail) },
  });
  const visit = (state: State, trail: Trail, next: Node[]): void => {
    const key = hashOf(keyOf(state));
    if (seen.has(key)) return;
    seen.add(key);
    next.push({ state, trail });
  };
  begin.forEach((state, at) => {
    visit(state, { what: `begin ${at}: epoch ${state.record.epoch}`, from: undefined }, level);
  });
  while (level.length > 0 && seen.size < limit) {
    const next: Node[] = [];
    for (const { state, trail } of level) {
      followed += 1;
      const isFollowed =
        follow && state.declared !== "short" && (damage(state) !== undefined || followed % 50 === 0);
      const sentence = isFollowed ? stuck(state, rules) : undefined;
      if (sentence !== undefined) return wrong(sentence, trail);
      for (const step of stepsFrom(state, rules)) {
        const reached = { what: step.what, from: trail };
        const broken = judge(state, step);
        if (step.wrote !== undefined) writes += 1;
        if (broken !== undefined) return wrong(broken, reached);
        visit(step.state, reached, next);
      }
    }
    level = next;
  }
  return { states: seen.size, writes, isWhole: level.length === 0 };
}

/** 53 bits: among a million states, two collide in one of eighteen thousand searches, and then one is not followed. */
function hashOf(text: string): number {
  let one = 0xdeadbeef;
  let two = 0x41c6ce57;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    one = Math.imul(one ^ code, 2_654_435_761);
    two = Math.imul(two ^ code, 1_597_334_677);
  }
  one = Math.imul(one ^ (one >>> 16), 2_246_822_507) ^ Math.imul(two ^ (two >>> 13), 3_266_489_909);
  two = Math.imul(two ^ (two >>> 16), 2_246_822_507) ^ Math.imul(one ^ (one >>> 13), 3_266_489_909);
  return 4_294_967_296 * (2_097_151 & two) + (one >>> 0);
}

/** A write decided before the third party's last one cannot take it into account: that is repaired, not prevented. */
function judge(before: State, { state, wrote }: Step): string | undefined {
  if (wrote === undefined || wrote.excused) return undefined;
  return violation(before, state, wrote.act, wrote.basis);
}

/**
 * Writes to replace a deleted public key: record it, upload, record, store, record that it may sign, move AWSCURRENT.
 */
const LOST_KEY = 6;

/** Two writes per break and group; an emergency may first have to prepare the move to the new key. */
function patienceWith({ groups, foreign, record, keys, lost }: State): number {
  const isEmergency = record.mode !== "normal" && record.goal === "forward";
  const isDeleted = !keys.includes(OLD) || !keys.includes(NEW);
  // The record is rebuilt, and declared an emergency again.
  const again = lost === undefined ? 0 : 2;
  return (
    2 * groups.length * Math.max(1, foreign) + (isEmergency ? 3 : 0) + (isDeleted ? LOST_KEY : 0) + again
  );
}

/**
 * What goes wrong if one operator goes on alone: it must repair the damage within two writes, and finish the rotation.
 */
function stuck(state: State, rules: Rules): string | undefined {
  if (state.operators.some((each) => each.decided !== undefined || each.telling !== undefined))
    return undefined;
  let now: State = {
    ...state,
    operators: [{ told: 99 }],
    budget: {
      ...state.budget,
      foreign: 0,
      hand: 0,
      stale: 0,
      crash: 0,
      abort: 0,
      urgent: 0,
      gate: 0,
      amend: 0,
      deletion: 0,
      loss: 0,
      ends: 9,
      misdated: 0,
    },
  };
  let writes = 0;
  let wasBroken = damage(now);
  for (let count = 0; count < 300; count += 1) {
    if (now.record.finished !== undefined && Object.keys(now.pins).length === 0) return undefined;
    const steps = stepsFrom(now, rules);
    const operator = steps.find(({ what }) => what.startsWith("operator"));
    const time = steps.find(({ what }) => what.startsWith("time"));
    const isIdle =
      operator === undefined || operator.what.endsWith("waits") || operator.what.includes("halts");
    const halt = / halts: (\S+)/.exec(operator?.what ?? "")?.[1];
    // Run the command that the halt prints: go forward, since holders of the old key's cookies are cut off already.
    if (isWayBackGone(halt, now)) {
      now = withRecord(now, withMode(now.record, "compromised"));
      continue;
    }
    // Only people can decide how to continue from these.
    if (halt === "no-trusted-key" || halt === "foreign-signing-key") return undefined;
    if (isIdle && operator?.what.endsWith("waits") && time === undefined)
      return "waits for a time that never comes";
    const chosen = isIdle && time !== undefined ? time : operator;
    if (chosen === undefined) return undefined;
    if (chosen.wrote !== undefined && chosen.state.groups !== now.groups) writes += 1;
    else if (chosen.wrote !== undefined && chosen.state.versions !== now.versions) writes += 1;
    else if (chosen.wrote !== undefined && chosen.state.current !== now.current) writes += 1;
    else if (chosen.wrote !== undefined && chosen.state.recordAt !== now.recordAt) writes += 1;
    now = chosen.state;
    wasBroken = wasBroken === undefined ? undefined : damage(now);
    if (wasBroken !== undefined && writes > patienceWith(state))
      return `not repaired within two writes: ${wasBroken}`;
    if (isIdle && time === undefined && operator?.what.includes("halts"))
      now = { ...now, operators: [{ told: 99 }] };
  }
  return "never gets to an end";
}

function isWayBackGone(halt: string | undefined, { record }: State): boolean {
  const isHalt = halt === "old-key-gone" || halt === "no-trusted-key";
  return isHalt && record.goal === "abort" && record.noReturn === undefined;
}

function historyOf(trail: Trail): readonly string[] {
  const history: string[] = [];
  for (let at: Trail | undefined = trail; at !== undefined; at = at.from) history.unshift(at.what);
  return history;
}
