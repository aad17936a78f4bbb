/** One rule of `nextAction`, which tries the tables of rules in order. */
import type { CurrentRun, NextAction } from "./next.ts";
import type { Situation } from "./situation.ts";

/** The next action, or undefined to leave it to the next rule. */
export type ActionRule = (situation: Situation, run: CurrentRun) => NextAction | undefined;
