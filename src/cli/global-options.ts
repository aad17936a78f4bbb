/** The flags that every command takes, before and after its words. `GlobalFlags` is their type. */
import { Option } from "commander";
import { offering } from "../completion/offers.ts";

export function globalOptions(): Option[] {
  return [
    new Option("--json", "print one JSON document instead of text"),
    new Option("--quiet", "print only results and errors"),
    new Option("--verbose", "print more: requests, retries, stack traces"),
    new Option("--no-color", "no colors (also NO_COLOR)"),
    new Option("--no-pager", "print long results at once (also KEYTURN_PAGER=cat)"),
    new Option(
      "--config <file>",
      "keyturn.yaml to use (also KEYTURN_CONFIG; default: the nearest one in this folder or above)",
    ),
    offering(
      new Option("--gate <name>", "gate to work on (also KEYTURN_GATE; not needed if there is only one)"),
      "gates",
    ),
    new Option("--profile <name>", "AWS profile"),
    new Option("--region <name>", "AWS region of the secret"),
    new Option("--endpoint-url <url>", "AWS API endpoint, such as a sandbox's"),
  ];
}
