/** How urgent a rotation is: its mode only becomes more urgent (R18). */

/** In order of urgency. */
export const MODES = ["normal", "compromised", "cut-now"] as const;
export type Mode = (typeof MODES)[number];

export function isMoreUrgent(mode: Mode, than: Mode): boolean {
  return MODES.indexOf(mode) > MODES.indexOf(than);
}
