/** `old-key`: which key pair IDs viewers used, until when, and who still uses the old one. */
import type { Finding } from "../../finding.ts";
import type { LogRow } from "../../seams/logs.ts";
import { formatInstant } from "../../time.ts";
import { CUT_OFF_TEXT, cookiesCutOff, cookiesNotLogged, hasCookies } from "../coverage.ts";
import { type AnswerRow, countWithNoun, type KnownFacts, type Question, sum } from "../question.ts";
import { instantValue, numberValue, textValue } from "../row-values.ts";
import { instantLiteral, textLiteral } from "../sql-text.ts";

export const oldKey: Question = {
  name: "old-key",
  title: "accepted and denied requests per key pair ID, and who still uses the old one",
  texts: (_, { oldKey: old, switchedAt, oldMayGo }) => ({
    "old-key": `WITH by_location AS (
  SELECT key_pair_id, edge_location, COUNT_IF(edge_verdict = 'accepted') AS accepted, COUNT_IF(edge_verdict = 'denied') AS denied, COUNT_IF(edge_verdict = 'unknown') AS unclear,
    MIN(at_time) AS first_at, MAX(at_time) AS last_at, MAX(CASE WHEN edge_verdict = 'accepted' THEN at_time END) AS accepted_until,
    MIN(CASE WHEN wire_code = 'InvalidKey' THEN at_time END) AS first_unknown, MAX(CASE WHEN wire_code = 'InvalidKey' THEN at_time END) AS last_unknown
  FROM logs
  WHERE key_pair_id IS NOT NULL
  GROUP BY 1, 2
),
locations AS (
  SELECT *, MAX(accepted_until) OVER (PARTITION BY key_pair_id) AS accepted_anywhere_until FROM by_location
)
SELECT key_pair_id, CAST(SUM(accepted) AS BIGINT) AS accepted, CAST(SUM(denied) AS BIGINT) AS denied, CAST(SUM(unclear) AS BIGINT) AS unclear,
  to_unixtime(MIN(first_at)) AS first_seen, to_unixtime(MAX(last_at)) AS last_seen, to_unixtime(MAX(accepted_until)) AS last_accepted,
  to_unixtime(MIN(CASE WHEN first_unknown > COALESCE(accepted_until, accepted_anywhere_until) THEN first_unknown WHEN last_unknown > accepted_until THEN last_unknown END)) AS taken_out_by
FROM locations
GROUP BY 1
ORDER BY 1`,
    "old-key-uses": `SELECT key_pair_id, host, route, client_family, COUNT_IF(edge_verdict = 'accepted') AS accepted, COUNT_IF(edge_verdict = 'denied') AS denied, to_unixtime(MAX(at_time)) AS last_seen
FROM logs
WHERE key_pair_id IS NOT NULL${old === undefined ? "" : ` AND key_pair_id = ${textLiteral(old)}`}${sinceText(switchedAt ?? oldMayGo)}
GROUP BY 1, 2, 3, 4
ORDER BY 5 DESC, 6 DESC, 1, 2, 3, 4
LIMIT 200`,
    "cut-off": CUT_OFF_TEXT,
  }),
  answer(tables, known) {
    const rows = (tables["old-key"] ?? []).map(keyRow);
    const uses = (tables["old-key-uses"] ?? []).map(useRow);
    const cutOff = numberValue(tables["cut-off"]?.[0] ?? {}, "requests");
    const { marks, coverage } = known;
    const old = rows.find(({ key_pair_id }) => key_pair_id === marks.oldKey);
    return {
      rows,
      tables: { uses },
      says: rows.length === 0 && cutOff > 0 ? [] : saysOf(rows, old, known),
      cannotTell: [
        ...cookiesCutOff("which key", cutOff, "came with"),
        ...cookiesNotLogged("which key cookies were signed with", coverage),
        ...(marks.oldKey === undefined && rows.length > 0
          ? [
              {
                why: "which key is the old one: no rotation is known",
                instead: "keyturn logs old-key FILE --old-key KEY_PAIR_ID",
              },
            ]
          : []),
      ],
      findings: inUse(old, uses, known),
    };
  },
};

/** After the switch no signer should use it; earlier use is normal. */
const sinceText = (at: number | undefined) =>
  at === undefined ? "" : ` AND at_time >= ${instantLiteral(Math.floor(at))}`;

function keyRow(row: LogRow): AnswerRow {
  return {
    key_pair_id: textValue(row, "key_pair_id"),
    accepted: numberValue(row, "accepted"),
    denied: numberValue(row, "denied"),
    unclear: numberValue(row, "unclear"),
    first_seen: instantValue(row, "first_seen"),
    last_seen: instantValue(row, "last_seen"),
    last_accepted: instantValue(row, "last_accepted"),
    // Denied as an unknown key, and no longer accepted there: it had been removed by then. A new key is denied only until
    // the edge location knows it.
    taken_out_by: instantValue(row, "taken_out_by"),
  };
}

function useRow(row: LogRow): AnswerRow {
  return {
    key_pair_id: textValue(row, "key_pair_id"),
    host: textValue(row, "host"),
    route: textValue(row, "route"),
    client_family: textValue(row, "client_family"),
    accepted: numberValue(row, "accepted"),
    denied: numberValue(row, "denied"),
    last_seen: instantValue(row, "last_seen"),
  };
}

function saysOf(
  rows: readonly AnswerRow[],
  old: AnswerRow | undefined,
  { marks, coverage }: KnownFacts,
): string[] {
  if (rows.length === 0) return hasCookies(coverage) ? ["no request has a key pair ID"] : [];
  const keys = `${countWithNoun(rows.length, "key pair ID")} in ${countWithNoun(sum(rows.map(({ accepted, denied, unclear }) => Number(accepted) + Number(denied) + Number(unclear))), "request")}`;
  if (marks.oldKey === undefined) return [keys];
  if (old === undefined) return [keys, `no line shows the old key ${marks.oldKey}`];
  return [
    keys,
    `the old key ${marks.oldKey} was last accepted ${old.last_accepted ?? "never"}, last seen ${old.last_seen}`,
  ];
}

function inUse(
  old: AnswerRow | undefined,
  uses: readonly AnswerRow[],
  { marks, coverage }: KnownFacts,
): Finding[] {
  if (old === undefined) return [];
  const since = marks.switchedAt;
  const after = uses.filter(({ key_pair_id }) => key_pair_id === old.key_pair_id);
  const accepted = sum(after.map((row) => Number(row.accepted)));
  const denied = sum(after.map((row) => Number(row.denied)));
  if (accepted + denied === 0) return [];
  const isGone = marks.oldMayGo !== undefined || old.taken_out_by !== null;
  return [
    {
      id: "old-key-in-use",
      severity: isGone || denied > 0 ? "error" : "warning",
      message: `viewers still use the old key ${old.key_pair_id}${since === undefined ? "" : ` after the signer switched at ${formatInstant(since)}`}`,
      basis: "observed",
      evidence: [
        `${accepted} requests accepted and ${denied} denied, the last at ${old.last_seen}`,
        ...after
          .slice(0, 5)
          .map(
            (row) =>
              `${Number(row.accepted) + Number(row.denied)} from ${row.client_family} to ${row.host}${row.route === null ? "" : `, route ${row.route}`}, last ${row.last_seen}`,
          ),
        ...(coverage.to === undefined ? [] : [`the lines end at ${formatInstant(coverage.to)}`]),
      ],
      remedy: isGone
        ? "their next mint uses the new key: find the clients named above, and any signer that still uses the old one"
        : "wait until their cookies have expired; if the last use keeps getting later, a signer still uses the old key",
    },
  ];
}
