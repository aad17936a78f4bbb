/** `--report md=FILE`. */
import { UsageError } from "../errors.ts";

/** The path; undefined without --report. Throws ERR_USAGE. */
export function markdownFile(option: string | undefined): string | undefined {
  if (option === undefined) return undefined;
  const path = /^md=(.+)$/.exec(option)?.[1];
  if (path !== undefined) return path;
  throw new UsageError("ERR_USAGE", `--report ${option} is not md=FILE`, ["--report md=report.md"]);
}
