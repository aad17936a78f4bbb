/** One rule of `nextAction`, which tries the tables of rules in order. */
import type { Next, Run } from "./next.ts";
import type { Situation } from "./situation.ts";

/** The next action, or undefined to leave it to the next rule. */
export type Rule = (situation: Situation, run: Run) => Next | undefined;
