/** The flags of `keyturn logs`. */
import { Option } from "commander";
import { UsageError } from "../errors.ts";
import { parseDuration, parseInstant, type Seconds } from "../time.ts";
import { athenaOptions } from "./athena-options.ts";
import { collect } from "./collect.ts";

export function logOptions(): Option[] {
  return [
    new Option("--from <time>", "only requests from this time on: RFC 3339 or epoch seconds").argParser(
      parseInstant,
    ),
    new Option("--to <time>", "only requests before this time").argParser(parseInstant),
    new Option("--since <duration>", "only the last 2h, 3d, ...").argParser(parseDuration),
    new Option("--rotation [id]", "only the time around a rotation of the gate: last, or its ID"),
    new Option("--yes", "fetch more than 1 GB without asking; with --ddl, create the table"),
    new Option("--fields <names>", "field names, if the lines have none (real-time logs)"),
    new Option(
      "--bucket <size>",
      "time step of the table (default: depends on the period that the lines cover)",
    ).choices(["minute", "hour", "day"]),
    new Option(
      "--protected <pattern>",
      "a path pattern that the edge must refuse unsigned; repeatable",
    ).argParser(collect),
    new Option("--mint <url>", "the mint endpoint: its URL, or its path"),
    new Option("--old-key <id>", "the key pair ID that a rotation removes"),
    new Option("--new-key <id>", "the key pair ID that a rotation adds"),
    new Option("--loop <count/duration>", "what counts as a loop (default: 5/60s)").argParser(loop),
    new Option("--public-key <file[=id]>", "trusted public key, PEM; repeatable").argParser(collect),
    new Option("--account", "read the trusted keys for each request's host from the account"),
    new Option("--offline", "make no AWS calls, even if there is a gate"),
    new Option("--show-clients", "print client addresses instead of their short hashes"),
    ...athenaOptions(),
    new Option(
      "--memory <size>",
      "memory limit of DuckDB, which then spills to disk (default: 512MB)",
    ).argParser(memory),
  ];
}

function loop(given: string): { readonly denials: number; readonly within: Seconds } {
  const [, count, length] = /^(\d{1,4})\/(\w+)$/.exec(given) ?? [];
  if (count === undefined || length === undefined || Number(count) < 2) {
    throw new UsageError("ERR_USAGE", `--loop ${given} is not COUNT/DURATION`, [
      "--loop 5/60s (5 denials within a minute)",
    ]);
  }
  return { denials: Number(count), within: parseDuration(length) };
}

function memory(given: string): string {
  if (/^\d{1,6}(MB|GB)$/.test(given)) return given;
  throw new UsageError("ERR_USAGE", `--memory ${given} is not a size`, ["--memory 512MB", "--memory 2GB"]);
}
