/** An option whose default is shown in help as one would type it. */
import { Option } from "commander";

/** A default as one would type it: `--help` shows `5s`, the command gets 5. */
export function withDefault<Value>(
  flags: string,
  what: string,
  parse: (text: string) => Value,
  shown: string,
): Option {
  return new Option(flags, what).argParser(parse).default(parse(shown), shown);
}
