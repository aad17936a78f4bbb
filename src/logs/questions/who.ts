/** `who`: who is denied, by host, route, edge location, method, country, network, and address family. */
import type { Finding } from "../../finding.ts";
import type { LogRow } from "../../seams/logs.ts";
import { type AnswerRow, type KnownFacts, type Question, sum } from "../question.ts";
import { booleanValue, numberValue, textValue } from "../row-values.ts";

const DIMENSIONS = [
  ["host", "host"],
  ["route", "route"],
  ["edge_location", "edge_location"],
  ["method", "method"],
  ["country", "country"],
  ["as_number", "as_number"],
  ["is_ipv6", "is_ipv6"],
  ["host_kind", "host_kind"],
] as const;

export const who: Question = {
  name: "who",
  title: "who is denied",
  texts: () => ({
    who: `WITH denied AS (
  SELECT host, route, edge_location, method, country, as_number, is_ipv6, CASE WHEN regexp_like(host, '[.]cloudfront[.]net(:[0-9]+)?$') THEN 'cloudfront.net' ELSE 'alternate name' END AS host_kind
  FROM logs
  WHERE is_denied
)
SELECT ${DIMENSIONS.map(([column]) => column).join(", ")}, GROUPING(${DIMENSIONS.map(([column]) => column).join(", ")}) AS grouped, COUNT(*) AS requests
FROM denied
GROUP BY GROUPING SETS (${DIMENSIONS.map(([column]) => `(${column})`).join(", ")})
ORDER BY grouped, requests DESC, ${DIMENSIONS.map(([column]) => column).join(", ")}`,
  }),
  answer(tables, known) {
    const all = (tables.who ?? []).flatMap(dimensionRow);
    // Most logs do not have every field: report nothing about a country that no line contains.
    const present = new Set(all.flatMap(({ dimension, value }) => (value === null ? [] : [dimension])));
    const rows = all.filter(({ dimension }) => present.has(dimension));
    const biggest = DIMENSIONS.map(([, name]) => rows.find(({ dimension }) => dimension === name));
    return {
      rows,
      says: biggest.flatMap((row) =>
        row === undefined || row.value === null
          ? []
          : [`most by ${String(row.dimension).replaceAll("_", " ")}: ${row.value} (${row.requests})`],
      ),
      cannotTell: [],
      findings: ipBound(known),
    };
  },
};

/** The dimension that the row is grouped by: the only one whose bit is not set. */
function dimensionRow(row: LogRow): AnswerRow[] {
  const bits = numberValue(row, "grouped");
  const at = DIMENSIONS.findIndex((_, index) => (bits & (1 << (DIMENSIONS.length - 1 - index))) === 0);
  const dimension = DIMENSIONS[at];
  if (dimension === undefined) return [];
  const [column, name] = dimension;
  const value = column === "is_ipv6" ? String(booleanValue(row, column)) : textValue(row, column);
  return [{ dimension: name, value, requests: numberValue(row, "requests") }];
}

function ipBound({ reasons }: KnownFacts): Finding[] {
  const hit = reasons.judged.filter(
    ({ line, reason, isIpBound }) => line.isIpv6 && isIpBound && reason === "ip-mismatch",
  );
  if (hit.length === 0) return [];
  return [
    {
      id: "ipv6-with-ip-policy",
      severity: "error",
      message: "viewers on IPv6 are denied: their policies allow only IPv4 addresses",
      basis: hit.every(({ basis }) => basis === "observed") ? "observed" : "inferred",
      evidence: [
        `${sum(hit.map(({ line }) => line.requests))} denials of IPv6 viewers with an IpAddress condition`,
      ],
      remedy: "leave IpAddress out of the policy, or turn off IPv6 on the distribution",
    },
  ];
}
