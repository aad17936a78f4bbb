/** Reports that AWS's reads disagree, and how long they will be repeated: two silent minutes look like a hang. */

import type { World } from "../seams/world.ts";
import { noteColumns, wrap } from "../text/layout.ts";
import { type EpochSeconds, formatInstant, type Seconds } from "../time.ts";

export interface Disagreement {
  /** Absent until a record is read. */
  readonly gate: string | undefined;
  /** Which reads, and how they differ. */
  readonly what: string;
  readonly now: EpochSeconds;
  /** Since when they have disagreed without a break. */
  readonly since: EpochSeconds;
  /** When the last attempt is made. */
  readonly until: EpochSeconds;
}

/** Most reads agree within seconds; nobody needs to hear about those. */
const UNREMARKABLE: Seconds = 3;
/** How often to repeat the notice while the same reads disagree. */
const AGAIN: Seconds = 20;

export function reportDisagreement(
  terminal: Pick<World["terminal"], "note" | "interactive" | "columns">,
): (disagreement: Disagreement) => void {
  let lastNotice = { what: "", at: Number.NEGATIVE_INFINITY };
  return ({ gate, what, now, since, until }) => {
    if (now - since < UNREMARKABLE) return;
    if (what === lastNotice.what && now - lastNotice.at < AGAIN) return;
    lastNotice = { what, at: now };
    const again = `reading them again until about ${formatInstant(Math.ceil(until))}`;
    const whose = gate === undefined ? "" : `gate ${gate}: `;
    const text = `${whose}AWS's responses do not agree yet: ${what}; ${again}`;
    terminal.note(wrap(text, noteColumns(terminal), 0, 2));
  };
}
