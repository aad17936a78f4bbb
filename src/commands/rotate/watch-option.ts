/** The --watch option of `keyturn rotate status`. */
import { Option } from "commander";
import { UsageError } from "../../errors.ts";
import { parseDuration, type Seconds } from "../../time.ts";

export const WATCH_EVERY: Seconds = 15;
/** A read takes about ten calls to AWS, and others use the same quota. */
const SHORTEST: Seconds = 5;

export const watchOption = () =>
  new Option("--watch [duration]", "keep watching until the rotation ends, at this interval (default: 15s)")
    .argParser((text) => {
      const every = parseDuration(text);
      if (every >= SHORTEST) return every;
      throw new UsageError("ERR_USAGE", `--watch ${text} would query AWS too often; at least ${SHORTEST}s`, [
        `--watch ${SHORTEST}s`,
      ]);
    })
    .conflicts(["all", "evidence"]);
