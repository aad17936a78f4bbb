/** `--report md=FILE`. */
import { UsageError } from "../errors.ts";

/** The path; undefined where no report was asked for. Throws ERR_USAGE. */
export function markdownFile(asked: string | undefined): string | undefined {
  if (asked === undefined) return undefined;
  const path = /^md=(.+)$/.exec(asked)?.[1];
  if (path !== undefined) return path;
  throw new UsageError("ERR_USAGE", `--report ${asked} is not md=FILE`, ["--report md=report.md"]);
}
