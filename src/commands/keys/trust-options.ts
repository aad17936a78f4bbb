/** The options of `keys trust` and `keys untrust`. */
import { Argument, type Command, Option } from "commander";
import { offering } from "../../completion/offers.ts";
import { parseDuration } from "../../time.ts";
import { mutating } from "../confirm.ts";

export const trusting = (command: Command) =>
  mutating(
    command
      .addArgument(
        offering(new Argument("<key>", "key pair ID, the start of one, or the key's name"), "keyIds"),
      )
      .option("--group <id...>", "key groups, by ID, start of ID, or name (default: those of the gate)")
      .addOption(
        new Option("--settle <duration>", "how long to wait for the edge (default: the gate's)").argParser(
          parseDuration,
        ),
      )
      .option("--no-proof", "do not ask the edge afterwards"),
  );
