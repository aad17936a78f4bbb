/** `ungated`: who got in without a required credential. The most important question. */
import type { Finding } from "../../finding.ts";
import type { LogRow } from "../../seams/logs.ts";
import { COOKIE_LOGGING_OFF, cookiesCutOff, hasCookies } from "../coverage.ts";
import { type AnswerRow, countWithNoun, type KnownFacts, type Question, sum } from "../question.ts";
import { instantValue, numberValue, textValue } from "../row-values.ts";

/** True for a request that the edge let in on a protected route. */
const LET_IN = "is_protected AND NOT is_mint AND status BETWEEN 200 AND 399 AND NOT is_denied";
/** The edge answers these itself, perhaps before it looks at a signature. */
const NO_REDIRECT = "COALESCE(result_type, '') NOT IN ('Redirect', 'Error')";

/**
 * While cookies are not logged, a line without one proves nothing. Logging them takes up to 12 hours to reach every edge
 * location: if protected requests without a cookie came before the first one, the setting was still spreading, and for
 * so long a location proves nothing before its own first cookie.
 */
const COOKIE_LOGGING = `WITH at_locations AS (
  SELECT distribution_host, COALESCE(edge_location, '') AS location, MIN(CASE WHEN has_cookie THEN at_time END) AS since_here,
    MAX(CASE WHEN has_cookie THEN at_time END) AS last_here, MIN(CASE WHEN ${LET_IN} AND carrier = 'none' AND ${NO_REDIRECT} THEN at_time END) AS first_without
  FROM logs
  GROUP BY 1, 2
),
cookie_logging AS (
  SELECT distribution_host, location, since_here, MIN(since_here) OVER (PARTITION BY distribution_host) AS since,
    MAX(last_here) OVER (PARTITION BY distribution_host) + INTERVAL '1' HOUR AS until, MIN(first_without) OVER (PARTITION BY distribution_host) AS first_without
  FROM at_locations
)`;
const JOINED =
  "JOIN cookie_logging ON cookie_logging.distribution_host = logs.distribution_host AND location = COALESCE(edge_location, '')";
const IS_LOGGED =
  "at_time BETWEEN since AND until AND (COALESCE(first_without >= since, TRUE) OR at_time >= since_here OR at_time >= since + INTERVAL '12' HOUR)";

export const ungated: Question = {
  name: "ungated",
  title: "protected routes that let in requests without a credential",
  texts: () => ({
    ungated: `${COOKIE_LOGGING}
SELECT host, path, COUNT(*) AS requests, to_unixtime(MIN(at_time)) AS first_seen, to_unixtime(MAX(at_time)) AS last_seen
FROM logs
${JOINED}
WHERE ${LET_IN} AND carrier = 'none' AND ${NO_REDIRECT} AND ${IS_LOGGED}
GROUP BY 1, 2
ORDER BY 3 DESC, 1, 2
LIMIT 1000`,
    "ungated-unclear": `${COOKIE_LOGGING}
SELECT COUNT_IF(carrier = 'none') AS requests, COUNT_IF(carrier = 'unknown') AS cut_off
FROM logs
LEFT ${JOINED}
WHERE ${LET_IN} AND (carrier = 'unknown' OR carrier = 'none' AND NOT has_cookie AND NOT COALESCE(${IS_LOGGED}, FALSE))`,
  }),
  answer(tables, known) {
    const rows = (tables.ungated ?? []).map(pathRow);
    const requests = sum(rows.map((row) => Number(row.requests)));
    const unclear = tables["ungated-unclear"]?.[0] ?? {};
    const cutOff = numberValue(unclear, "cut_off");
    return {
      rows,
      says: !known.hasProtectedRoutes
        ? []
        : requests > 0
          ? [
              `${countWithNoun(requests, "request")} without a credential got in on ${countWithNoun(rows.length, "protected path")}`,
            ]
          : hasCookies(known.coverage) && cutOff === 0
            ? ["no protected route let in a request without a credential"]
            : [],
      cannotTell: [
        ...unclearLines(numberValue(unclear, "requests"), known),
        ...(known.hasProtectedRoutes ? cookiesCutOff("whether", cutOff, "had a credential") : []),
      ],
      findings: open(rows, requests),
    };
  },
};

function pathRow(row: LogRow): AnswerRow {
  return {
    host: textValue(row, "host"),
    path: textValue(row, "path"),
    requests: numberValue(row, "requests"),
    first_seen: instantValue(row, "first_seen"),
    last_seen: instantValue(row, "last_seen"),
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
        why: `whether ${unclear} accepted requests had a credential: cookies were not yet logged there, or no longer`,
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
      message: `${countWithNoun(requests, "request")} without a credential got in where the edge must deny`,
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
