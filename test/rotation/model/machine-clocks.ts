/** Wrong clocks that operators' machines may have: what each shows at a given time of the model. */
import type { Rules } from "./rules.ts";

export const MACHINE_CLOCKS = {
  ahead: (now: number) => now + 4,
  behind: (now: number) => now - 4,
  "runs fast": (now: number) => BEGUN + 2 * (now - BEGUN),
  "stands still": () => BEGUN,
  steps: (now: number) => now + (now % 4 < 2 ? 4 : -4),
  /** Is asleep for two of every three seconds. */
  sleeps: (now: number) => now - 2 * Math.floor((now - BEGUN) / 3),
} as const;
export type MachineClock = keyof typeof MACHINE_CLOCKS;

/** The time at which the model starts. */
export const BEGUN = 10;

/** The time that an operator goes by: AWS's, unless a mutant uses the machine's clock. */
export function timeOn(
  clock: MachineClock | undefined,
  now: number,
  { timeOf }: Pick<Rules, "timeOf">,
): number {
  return timeOf(now, clock === undefined ? now : MACHINE_CLOCKS[clock](now));
}
