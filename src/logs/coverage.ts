/** What these lines can say at all: from when to when, of which distributions, and whether cookies are in them. */
import type { LogRow } from "../log-seams.ts";
import type { EpochSeconds } from "../time.ts";
import { epochIn, numberIn, textIn } from "./row-values.ts";

interface DistributionCoverage {
  /** `d111111abcdef8.cloudfront.net`, or the viewer's host in real-time logs. */
  readonly host: string;
  readonly lines: number;
  readonly withCookies: number;
}
export interface Coverage {
  readonly lines: number;
  readonly from?: EpochSeconds;
  readonly to?: EpochSeconds;
  readonly distributions: readonly DistributionCoverage[];
}

export const COVERAGE_TEXT = `SELECT distribution_host, COUNT(*) AS lines, COUNT_IF(has_cookie) AS with_cookies,
  to_unixtime(MIN(at_time)) AS first_at, to_unixtime(MAX(at_time)) AS last_at
FROM logs
GROUP BY 1
ORDER BY 1`;

export function coverageOf(rows: readonly LogRow[]): Coverage {
  const firsts = rows.flatMap((row) => epochIn(row, "first_at") ?? []);
  const lasts = rows.flatMap((row) => epochIn(row, "last_at") ?? []);
  return {
    lines: rows.reduce((total, row) => total + numberIn(row, "lines"), 0),
    ...(firsts.length > 0 && { from: Math.min(...firsts), to: Math.max(...lasts) }),
    distributions: rows.map((row) => ({
      host: textIn(row, "distribution_host") ?? "",
      lines: numberIn(row, "lines"),
      withCookies: numberIn(row, "with_cookies"),
    })),
  };
}

/** Is there any line with a cookie: without one, cookie logging was off, or nobody sent any. */
export const hasCookies = (coverage: Coverage) =>
  coverage.distributions.some(({ withCookies }) => withCookies > 0);

export const COOKIE_LOGGING_OFF = {
  why: "no line holds a cookie: cookie logging is off, so a credential in a cookie leaves no trace",
  instead:
    "switch cookie logging on before the next rotation (it takes up to 12 hours to apply, and the bucket then holds usable credentials): Logging.IncludeCookies of the distribution",
} as const;
