/** Chooses the pager for a result, as git does. */
import type { World } from "../seams/world.ts";

/** Commands whose result is read from the top. If the important line comes last, there is no pager. */
export const PAGED: ReadonlySet<string> = new Set([
  ...["inspect", "probe", "audit", "doctor", "logs", "matrix", "iam", "explain", "help", "keys list"],
  ...["rotate plan", "rotate history", "config check", "config schema", "runbook list", "runbook show"],
]);

/**
 * A shell command: KEYTURN_PAGER, else PAGER, else less. Undefined if there is to be none: --no-pager, an empty variable
 * or `cat`, a terminal that cannot move its cursor, or Windows, which has no less.
 */
export function pagerOf(flag: boolean | undefined, { env }: Pick<World, "env">): string | undefined {
  if (flag === false || env.TERM === undefined || env.TERM === "dumb") return undefined;
  const pager = env.KEYTURN_PAGER ?? env.PAGER ?? (env.OS === "Windows_NT" ? "" : "less");
  return pager.trim() === "" || pager.trim() === "cat" ? undefined : pager;
}
