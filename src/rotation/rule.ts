/** One rule of `nextAction`: the tables of rules are tried in order. */
import type { Next, Run } from "./next.ts";
import type { Situation } from "./situation.ts";

/** What is next, or undefined to leave it to the next rule. */
export type Rule = (situation: Situation, run: Run) => Next | undefined;
