/** The options of an emergency, for start and resume. */
import type { Command } from "commander";

/** Adds --compromised, --cut-now and the flag that says yes to them. */
export const urgent = (command: Command) =>
  command
    .option("--compromised", "the old key has leaked: untrust it without waiting for its cookies")
    .option(
      "--cut-now",
      "replace the old key with the new one in a single group update: everybody is cut off until they mint again",
    )
    .option("--yes-cut-off-viewers", "confirm --compromised or --cut-now without being asked");
