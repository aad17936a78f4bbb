/** Asks before anything is changed: the gate's name typed back, or a flag where nobody can be asked. */
import { HaltError } from "../errors.ts";
import type { Terminal } from "../seams.ts";

export interface Consent {
  readonly gate: string;
  /** What will change and where, a line each. */
  readonly lines: readonly string[];
  /** The flag that says yes: `--yes`, or `--yes-cut-off-viewers` where viewers are cut off. */
  readonly flag: string;
  readonly given: boolean;
}

/** Throws ERR_CONFIRMATION when the answer is another one, or nobody can answer. */
export async function askConsent(terminal: Terminal, { gate, lines, flag, given }: Consent): Promise<void> {
  for (const line of lines) terminal.note(line);
  if (given) return;
  if (!terminal.interactive) {
    throw new HaltError("ERR_CONFIRMATION", `this changes gate ${gate}, and there is no terminal to ask on`, [
      `add ${flag}`,
    ]);
  }
  const typed = (await terminal.ask(`Type the gate's name to go on: `)).trim();
  if (typed === gate) return;
  throw new HaltError("ERR_CONFIRMATION", `"${typed}" is not ${gate}: nothing was changed`, [`add ${flag}`]);
}
