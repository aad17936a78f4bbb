/** Clocks that operators' machines may have, beside the true one: what each shows at a time of the model. */
import type { Rules } from "./rules.ts";

export const MACHINE_CLOCKS = {
  ahead: (now: number) => now + 4,
  behind: (now: number) => now - 4,
  "runs fast": (now: number) => BEGUN + 2 * (now - BEGUN),
  "stands still": () => BEGUN,
  steps: (now: number) => now + (now % 4 < 2 ? 4 : -4),
  /** Of every three seconds it sleeps through two. */
  sleeps: (now: number) => now - 2 * Math.floor((now - BEGUN) / 3),
} as const;
export type MachineClock = keyof typeof MACHINE_CLOCKS;

/** The model's first moment. */
export const BEGUN = 10;

/** What time it is for an operator: AWS's, unless a mutant goes by what its machine shows. */
export function timeOn(
  clock: MachineClock | undefined,
  now: number,
  { timeOf }: Pick<Rules, "timeOf">,
): number {
  return timeOf(now, clock === undefined ? now : MACHINE_CLOCKS[clock](now));
}
