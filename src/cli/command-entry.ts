/** One command of the table. */
import type { Command } from "commander";
import type { Bind } from "./bind.ts";

export interface CommandEntry {
  /** As typed after `keyturn`. */
  readonly words: string;
  /** Lower case, no final stop, short enough for one line of 80 columns. */
  readonly summary: string;
  /** Command lines as one would type them, each with what it is for; `--help` leads with them. */
  readonly examples?: readonly (readonly [line: string, purpose: string])[];
  readonly load: () => Promise<(bind: Bind) => Command>;
}
