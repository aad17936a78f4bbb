/** `ungated`: who got in without a required credential. The most important question. */
import type { Finding } from "../../finding.ts";
import type { LogRow } from "../../log-seams.ts";
import { COOKIE_LOGGING_OFF, hasCookies } from "../coverage.ts";
import { type AnswerRow, counted, type KnownFacts, type Question, sum } from "../question.ts";
import { instantIn, numberIn, textIn } from "../row-values.ts";

/**
 * While cookies are not logged, a line without one proves nothing. Logging them takes up to 12 hours to take effect, so the
 * hour before the first one proves nothing either.
 */
const COOKIE_LOGGING = `WITH cookie_logging AS (
  SELECT distribution_host, MIN(at_time) AS since, MAX(at_time) + INTERVAL '1' HOUR AS until
  FROM logs
  WHERE has_cookie
  GROUP BY 1
)`;

export const ungated: Question = {
  name: "ungated",
  title: "protected routes that let in requests without a credential",
  texts: () => ({
    ungated: `${COOKIE_LOGGING}
SELECT host, path, COUNT(*) AS requests, to_unixtime(MIN(at_time)) AS first_seen, to_unixtime(MAX(at_time)) AS last_seen
FROM logs
JOIN cookie_logging ON cookie_logging.distribution_host = logs.distribution_host
WHERE is_protected AND NOT is_mint AND carrier = 'none' AND status BETWEEN 200 AND 399 AND NOT is_denied
  AND COALESCE(result_type, '') NOT IN ('Redirect', 'Error') AND at_time BETWEEN since AND until
GROUP BY 1, 2
ORDER BY 3 DESC, 1, 2
LIMIT 1000`,
    "ungated-unclear": `${COOKIE_LOGGING}
SELECT COUNT(*) AS requests
FROM logs
LEFT JOIN cookie_logging ON cookie_logging.distribution_host = logs.distribution_host
WHERE is_protected AND NOT is_mint AND carrier IN ('none', 'unknown') AND NOT has_cookie AND status BETWEEN 200 AND 399 AND NOT is_denied
  AND COALESCE(at_time NOT BETWEEN since AND until, TRUE)`,
  }),
  answer(tables, known) {
    const rows = (tables.ungated ?? []).map(pathRow);
    const requests = sum(rows.map((row) => Number(row.requests)));
    return {
      rows,
      says: !known.hasProtectedRoutes
        ? []
        : requests > 0
          ? [
              `${counted(requests, "request")} without a credential got in on ${counted(rows.length, "protected path")}`,
            ]
          : hasCookies(known.coverage)
            ? ["no protected route let in a request without a credential"]
            : [],
      cannotTell: unclearLines(numberIn(tables["ungated-unclear"]?.[0] ?? {}, "requests"), known),
      findings: open(rows, requests),
    };
  },
};

function pathRow(row: LogRow): AnswerRow {
  return {
    host: textIn(row, "host"),
    path: textIn(row, "path"),
    requests: numberIn(row, "requests"),
    first_seen: instantIn(row, "first_seen"),
    last_seen: instantIn(row, "last_seen"),
  };
}

function unclearLines(unclear: number, { hasProtectedRoutes, coverage }: KnownFacts) {
  if (!hasProtectedRoutes) {
    return [
      {
        why: "whether a protected route is open: no route is declared protected",
        instead: "name the gate (--gate NAME), or the routes: --protected '/api/*'",
      },
    ];
  }
  if (coverage.lines === 0 || unclear === 0) return [];
  if (hasCookies(coverage)) {
    return [
      {
        why: `whether ${unclear} accepted requests had a credential: cookies were not yet logged, or no longer`,
        instead: "later lines can show it: cookie logging takes up to 12 hours to take effect",
      },
    ];
  }
  return [
    {
      ...COOKIE_LOGGING_OFF,
      why: `whether ${unclear} accepted requests had a credential: ${COOKIE_LOGGING_OFF.why}`,
    },
  ];
}

function open(rows: readonly AnswerRow[], requests: number): Finding[] {
  const [first] = rows;
  if (first === undefined) return [];
  return [
    {
      id: "unsigned-allowed",
      severity: "error",
      message: `${counted(requests, "request")} without a credential got in where the edge must deny`,
      basis: "observed",
      evidence: rows
        .slice(0, 10)
        .map(
          ({ host, path, requests, first_seen, last_seen }) =>
            `${requests} to ${host}${path}, ${first_seen} to ${last_seen}`,
        ),
      remedy: "keyturn runbook show gate-is-open",
      where: `${first.host}${first.path}`,
    },
  ];
}
