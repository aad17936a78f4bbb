/** `remints`: how often viewers mint, and clients in a mint-and-deny loop. */
import type { Finding } from "../../finding.ts";
import { USER_AGENT as OURS } from "../../probe/user-agent.ts";
import type { LogRow } from "../../seams/logs.ts";
import { type AnswerRow, countWithNoun, type KnownFacts, type Question, sum } from "../question.ts";
import { instantValue, numberValue, textValue } from "../row-values.ts";

export const remints: Question = {
  name: "remints",
  title: "requests to the mint endpoint, and clients that are denied in a loop",
  texts: ({ loop }) => ({
    remints: `WITH hours AS (
  SELECT status, client_ip, date_trunc('hour', at_time) AS hour, COUNT(*) AS requests
  FROM logs
  WHERE is_mint
  GROUP BY 1, 2, 3
)
SELECT status, CAST(SUM(requests) AS BIGINT) AS requests, COUNT(DISTINCT client_ip) AS clients, COUNT(*) AS client_hours, MAX(requests) AS most_per_client_hour
FROM hours
GROUP BY 1
ORDER BY 1`,
    peak: `SELECT to_unixtime(date_trunc('minute', at_time)) AS minute, COUNT(*) AS requests
FROM logs
WHERE is_mint
GROUP BY 1
ORDER BY 2 DESC, 1
LIMIT 1`,
    probes: `SELECT COUNT(*) AS requests FROM logs WHERE user_agent = '${OURS}' AND edge_verdict = 'denied'`,
    // Without keyturn's own requests: a probe is denied dozens of times, on purpose.
    // A run: everything that a client did since its last accepted request. Numbers the denials within a run. Times are
    // whole seconds: in the same one, a client is taken to have been denied, to have minted, and then to have got in.
    loops: `WITH seen AS (
  SELECT client_ip, COALESCE(user_agent, '') AS agent, at_time, is_mint AND status BETWEEN 200 AND 299 AS minted, edge_verdict = 'denied' AS refused,
    CASE WHEN edge_verdict = 'accepted' AND carrier <> 'none' AND NOT is_mint THEN 1 ELSE 0 END AS passed,
    CASE WHEN edge_verdict = 'denied' THEN 0 WHEN is_mint THEN 1 ELSE 2 END AS place
  FROM logs
  WHERE client_ip IS NOT NULL AND COALESCE(user_agent, '') <> '${OURS}' AND (is_mint AND status BETWEEN 200 AND 299 OR edge_verdict = 'denied' OR carrier <> 'none' AND NOT is_mint)
),
runs AS (
  SELECT *, SUM(passed) OVER (PARTITION BY client_ip, agent ORDER BY at_time, place ROWS UNBOUNDED PRECEDING) AS run
  FROM seen
),
refusals AS (
  SELECT *, LAG(at_time, ${loop.denials - 1}) OVER (PARTITION BY client_ip, agent, run ORDER BY at_time) AS earlier
  FROM runs
  WHERE refused
),
dense AS (
  SELECT client_ip, agent, run, COUNT(*) AS denials, COUNT_IF(date_diff('second', earlier, at_time) <= ${loop.within}) AS dense, MIN(at_time) AS first_at, MAX(at_time) AS last_at
  FROM refusals
  GROUP BY 1, 2, 3
),
longest AS (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY client_ip, agent ORDER BY denials DESC, run) AS rank_of_run
  FROM dense
  WHERE dense > 0
),
mints AS (
  SELECT *, LEAD(at_time) OVER (PARTITION BY client_ip, agent ORDER BY at_time, place) AS next_at, LEAD(refused) OVER (PARTITION BY client_ip, agent ORDER BY at_time, place) AS next_refused
  FROM runs
),
wasted AS (
  SELECT client_ip, agent, COUNT(*) AS mints, MIN(at_time) AS first_at, MAX(next_at) AS last_at
  FROM mints
  WHERE minted AND next_refused AND date_diff('second', at_time, next_at) <= ${loop.within}
  GROUP BY 1, 2
)
SELECT 'denied-repeatedly' AS kind, client_ip, denials AS requests, to_unixtime(first_at) AS first_seen, to_unixtime(last_at) AS last_seen
FROM longest
WHERE rank_of_run = 1
UNION ALL
SELECT 'denied-after-mint' AS kind, client_ip, mints AS requests, to_unixtime(first_at) AS first_seen, to_unixtime(last_at) AS last_seen
FROM wasted
ORDER BY 3 DESC, 1, 2
LIMIT 1000`,
  }),
  answer(tables, known) {
    const rows = (tables.remints ?? []).map(statusRow);
    const loops = (tables.loops ?? []).map((row) => loopRow(row, known));
    const [peak] = tables.peak ?? [];
    const [probes] = tables.probes ?? [];
    const probed = probes === undefined ? 0 : numberValue(probes, "requests");
    const all = sum(rows.map(({ requests }) => Number(requests)));
    const hasMint = known.gate?.signer.mintEndpoint !== undefined || rows.length > 0;
    return {
      rows,
      tables: { loops },
      says: [
        ...(all === 0
          ? hasMint
            ? ["no request to the mint endpoint"]
            : []
          : [
              `${countWithNoun(all, "request")} to the mint endpoint; most in one minute: ${peak === undefined ? 0 : numberValue(peak, "requests")} at ${peak === undefined ? "" : instantValue(peak, "minute")}`,
            ]),
        ...(loops.length === 0 ? ["no client was denied in a loop"] : [countWithNoun(loops.length, "loop")]),
        ...(probed === 0
          ? []
          : [`not counted as loops: ${countWithNoun(probed, "denial")} of keyturn's own probes`]),
      ],
      cannotTell: hasMint
        ? []
        : [
            {
              why: "how often viewers mint: no mint endpoint is known, or it is not behind this distribution",
              instead: "signer.mintEndpoint in keyturn.yaml, or --mint PATH",
            },
          ],
      findings: looping(loops, known),
    };
  },
};

function statusRow(row: LogRow): AnswerRow {
  const [requests, hours] = [numberValue(row, "requests"), numberValue(row, "client_hours")];
  return {
    status: numberValue(row, "status"),
    requests,
    clients: numberValue(row, "clients"),
    per_client_hour: hours === 0 ? 0 : Math.round((100 * requests) / hours) / 100,
    most_per_client_hour: numberValue(row, "most_per_client_hour"),
  };
}

function loopRow(row: LogRow, { client }: KnownFacts): AnswerRow {
  return {
    kind: textValue(row, "kind"),
    client: client(row.client_ip),
    requests: numberValue(row, "requests"),
    first_seen: instantValue(row, "first_seen"),
    last_seen: instantValue(row, "last_seen"),
  };
}

function looping(loops: readonly AnswerRow[], { asked }: KnownFacts): Finding[] {
  const ofKind = (kind: string) => loops.filter((row) => row.kind === kind);
  const told = (rows: readonly AnswerRow[], what: string) =>
    rows
      .slice(0, 5)
      .map(
        (row) =>
          `client ${row.client}: ${countWithNoun(Number(row.requests), what)}, ${row.first_seen} to ${row.last_seen}`,
      );
  const [repeated, wasted] = [ofKind("denied-repeatedly"), ofKind("denied-after-mint")];
  if (repeated.length + wasted.length === 0) return [];
  return [
    {
      id: "remint-loop",
      severity: "warning",
      message: `${countWithNoun(new Set(loops.map(({ client }) => client)).size, "client")} denied in a loop`,
      basis: "observed",
      evidence: [
        ...(repeated.length > 0
          ? [
              `denied at least ${asked.loop.denials} times within ${asked.loop.within} s, without an accepted request in between; each client's longest run of denials:`,
              ...told(repeated, "denial"),
            ]
          : []),
        ...(wasted.length > 0 ? ["a successful mint, then a denial:", ...told(wasted, "mint")] : []),
      ],
      remedy: "keyturn runbook show remint-loops",
    },
  ];
}
