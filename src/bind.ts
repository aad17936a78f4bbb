/** `bind` gives a command its world, prints its report and sets the exit code: the one place where that happens. */
import type { Report } from "./report/report.ts";
import type { World } from "./seams.ts";

/** The flags that every command has; declared once, on the program. */
export interface GlobalFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  /** False after --no-color. */
  readonly color?: boolean;
  readonly config?: string;
  readonly gate?: string;
  readonly profile?: string;
  readonly region?: string;
  readonly endpointUrl?: string;
}

/**
 * Turns `run` into a commander action. `flags` holds the command's options, the global ones, and its positional
 * arguments under their declared names: `new Command("mint").argument("[url]")` gives `flags.url`.
 */
export type Bind = <Flags>(
  run: (flags: Flags & GlobalFlags, world: World) => Promise<Report>,
) => (...commanderArguments: unknown[]) => Promise<void>;
