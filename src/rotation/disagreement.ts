/** Says that AWS's reads disagree, and until when they are asked again: two silent minutes look like a hang. */

import type { World } from "../seams.ts";
import { noteColumns, wrap } from "../text/layout.ts";
import { type EpochSeconds, formatInstant, type Seconds } from "../time.ts";

export interface Disagreement {
  /** Absent while no record was read. */
  readonly gate: string | undefined;
  /** Which reads, and how they differ. */
  readonly what: string;
  readonly now: EpochSeconds;
  /** Since when they disagree without a break. */
  readonly since: EpochSeconds;
  /** When the last try is made. */
  readonly until: EpochSeconds;
}

/** Most reads agree within seconds, and nobody needs to know. */
const UNREMARKABLE: Seconds = 3;
/** How often it is said again while the same reads disagree. */
const AGAIN: Seconds = 20;

export function reportDisagreement(
  terminal: Pick<World["terminal"], "note" | "interactive" | "columns">,
): (seen: Disagreement) => void {
  let said = { what: "", at: Number.NEGATIVE_INFINITY };
  return ({ gate, what, now, since, until }) => {
    if (now - since < UNREMARKABLE) return;
    if (what === said.what && now - said.at < AGAIN) return;
    said = { what, at: now };
    const again = `reading them again until about ${formatInstant(Math.ceil(until))}`;
    const whose = gate === undefined ? "" : `gate ${gate}: `;
    const text = `${whose}AWS's answers do not agree with each other yet: ${what}; ${again}`;
    terminal.note(wrap(text, noteColumns(terminal), 0, 2));
  };
}
