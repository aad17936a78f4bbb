/** One command of the table. */
import type { Command } from "commander";
import type { Bind } from "./bind.ts";

export interface CommandEntry {
  /** As typed after `keyturn`. */
  readonly words: string;
  /** Lower case, no period, short enough for one line of 80 columns. */
  readonly summary: string;
  /** Example command lines, each with its purpose; `--help` starts with them. */
  readonly examples?: readonly (readonly [line: string, purpose: string])[];
  readonly load: () => Promise<(bind: Bind) => Command>;
}
