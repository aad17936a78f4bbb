/** Breadth-first over everything that can happen; the shortest history to a violation is the counterexample. */
import { damage, violation } from "./invariant.ts";
import { RULES, type Rules } from "./rules.ts";
import { keyOf, type State } from "./state.ts";
import { type Step, stepsFrom } from "./steps.ts";

export interface Found {
  readonly states: number;
  readonly writes: number;
  /** Absent when nothing is wrong; else the sentence and the history to it. */
  readonly wrong?: { readonly sentence: string; readonly history: readonly string[] };
}

interface Node {
  readonly state: State;
  readonly from: Node | undefined;
  readonly what: string;
}

export interface SearchOptions {
  readonly rules?: Rules;
  readonly limit?: number;
  /** Also follow one operator alone from each state: repairs within two writes, and an end, a wait or a halt. */
  readonly follow?: boolean;
}

export function search(
  begin: readonly State[],
  { rules = RULES, limit = 400_000, follow = false }: SearchOptions = {},
): Found {
  const seen = new Set<string>();
  let level: Node[] = [];
  let writes = 0;
  const visit = (node: Node, next: Node[]): void => {
    const key = keyOf(node.state);
    if (seen.has(key)) return;
    seen.add(key);
    next.push(node);
  };
  for (const state of begin) visit({ state, from: undefined, what: "begin" }, level);
  while (level.length > 0 && seen.size < limit) {
    const next: Node[] = [];
    for (const node of level) {
      if (follow) {
        const sentence = unmended(node.state, rules);
        if (sentence !== undefined)
          return { states: seen.size, writes, wrong: { sentence, history: historyOf(node) } };
      }
      for (const step of stepsFrom(node.state, rules)) {
        const child = { state: step.state, from: node, what: step.what };
        const sentence = judge(node.state, step);
        if (step.wrote !== undefined) writes += 1;
        if (sentence !== undefined)
          return { states: seen.size, writes, wrong: { sentence, history: historyOf(child) } };
        visit(child, next);
      }
    }
    level = next;
  }
  return { states: seen.size, writes };
}

/** A write made before the third party's last one cannot know of it: that is repaired, not prevented. */
function judge(before: State, { state, wrote }: Step): string | undefined {
  if (wrote === undefined || wrote.excused) return undefined;
  return violation(before, state, wrote.act, wrote.basis);
}

/** One operator alone: two writes mend what is broken, and the rotation gets to its end. */
function unmended(state: State, rules: Rules): string | undefined {
  if (state.operators.some((each) => each.decided !== undefined || each.telling !== undefined))
    return undefined;
  let now: State = {
    ...state,
    operators: [{ told: 99 }],
    budget: { ...state.budget, foreign: 0, stale: 0, crash: 0, abort: 0, urgent: 0 },
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
    if (operator?.what.includes("halts: no-trusted-key")) return undefined;
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
    if (wasBroken !== undefined && writes > 2) return `not mended within two writes: ${wasBroken}`;
    if (isIdle && time === undefined && operator?.what.includes("halts"))
      now = { ...now, operators: [{ told: 99 }] };
  }
  return "never gets to an end";
}

function historyOf(node: Node): readonly string[] {
  const history: string[] = [];
  for (let at: Node | undefined = node; at !== undefined; at = at.from) history.unshift(at.what);
  return history;
}
