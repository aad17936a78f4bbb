/** Options of the commands that change which keys the edge trusts and then check it. */
import { Argument, type Command, Option } from "commander";
import { offering } from "../../completion/offers.ts";
import { parseDuration } from "../../time.ts";
import { mutating } from "../confirm.ts";

export const settleOption = () =>
  new Option("--settle <duration>", "how long to wait for the edge (default: the gate's)").argParser(
    parseDuration,
  );

export const trusting = (command: Command) =>
  mutating(
    command
      .addArgument(
        offering(new Argument("<key>", "key pair ID, the start of one, or the key's name"), "keyIds"),
      )
      .option("--group <id...>", "key groups, by ID, start of ID, or name (default: those of the gate)")
      .addOption(settleOption())
      .option("--no-proof", "do not check the edge afterwards"),
  );
