/** What the lines cover: time span, distributions, and whether they contain cookies. */
import type { LogRow } from "../seams/logs.ts";
import type { EpochSeconds } from "../time.ts";
import { epochValue, numberValue, textValue } from "./row-values.ts";

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
  const firsts = rows.flatMap((row) => epochValue(row, "first_at") ?? []);
  const lasts = rows.flatMap((row) => epochValue(row, "last_at") ?? []);
  return {
    lines: rows.reduce((total, row) => total + numberValue(row, "lines"), 0),
    from: firsts.length > 0 ? Math.min(...firsts) : undefined,
    to: lasts.length > 0 ? Math.max(...lasts) : undefined,
    distributions: rows.map((row) => ({
      host: textValue(row, "distribution_host") ?? "",
      lines: numberValue(row, "lines"),
      withCookies: numberValue(row, "with_cookies"),
    })),
  };
}

/** Does any line have a cookie? If not, cookie logging was off, or nobody sent one. */
export const hasCookies = (coverage: Coverage) =>
  coverage.distributions.some(({ withCookies }) => withCookies > 0);

export const CUT_OFF_TEXT = "SELECT COUNT(*) AS requests FROM logs WHERE is_credential_cut_off";

/** Real-time logs cut the cookie header off: a credential that is not in it may have been sent all the same. */
export function cookiesCutOff(what: string, requests: number, did: string) {
  if (requests === 0) return [];
  return [
    {
      why: `${what} ${requests} request${requests === 1 ? "" : "s"} ${did}: real-time logs cut cookies off after 800 bytes`,
      instead:
        "read standard logs with cookies instead; `keyturn logs where --gate NAME` shows whether there are any",
    },
  ];
}

export const COOKIE_LOGGING_OFF = {
  why: "no line contains a cookie: cookie logging is off, so credentials in cookies leave no trace",
  instead:
    "turn on cookie logging before the next rotation (it takes up to 12 hours to take effect, and the bucket then contains usable credentials): Logging.IncludeCookies of the distribution",
} as const;

/**
 * What cookies would have told, if none was logged: at all, or of some distributions. Real-time logs name the viewer's
 * host instead, of which some get no cookies at all.
 */
export function cookiesNotLogged(what: string, { lines, distributions }: Coverage) {
  if (lines === 0) return [];
  const without = distributions.filter(({ withCookies }) => withCookies === 0).map(({ host }) => host);
  const isAll = without.length === distributions.length;
  if (without.length === 0 || !(isAll || distributions.every(({ host }) => host.endsWith(".cloudfront.net"))))
    return [];
  const some = `no line of ${without.slice(0, 3).join(", ")}${without.length > 3 ? ", ..." : ""} contains a cookie: cookie logging is off there`;
  return [
    {
      ...COOKIE_LOGGING_OFF,
      why: `${what}: ${isAll ? COOKIE_LOGGING_OFF.why : some}`,
    },
  ];
}
