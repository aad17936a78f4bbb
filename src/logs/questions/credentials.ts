/** Denied lines whose credential may explain them. Not a question itself: the input for finding reasons. */
import type { EpochSeconds } from "../../time.ts";
import type { QuestionOptions } from "../question.ts";
import { instantLiteral } from "../sql-text.ts";

/** Judges at most this many distinct credentials; the rest counts as `cannot-tell`. */
export const MOST_CREDENTIALS = 20_000;

const TELLING =
  "is_denied AND (answered_by = 'edge-signature' OR (answered_by IN ('error-page', 'unsure') AND (credential_query IS NOT NULL OR credential_cookie IS NOT NULL)))";
/** All that a line's reason depends on, apart from its time. */
const JUDGED =
  "time_taken, protocol, host, path, credential_query, credential_cookie, client_ip, wire_code, answered_by";

/** `until`: where the lines end that can be among the first; the engine then groups no others. */
export function credentialsText({ bucket }: QuestionOptions, until?: EpochSeconds): string {
  const within = until === undefined ? "" : ` AND at_time < ${instantLiteral(until)}`;
  return `SELECT to_unixtime(date_trunc('${bucket}', at_time)) AS bucket, to_unixtime(at_time) AS at_seconds, ${JUDGED}, COUNT(*) AS requests
FROM logs
WHERE ${TELLING}${within}
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
LIMIT ${MOST_CREDENTIALS}`;
}

/**
 * For DuckDB only: the second in which the rows of `credentialsText` reach their limit, NULL if they never do. It groups
 * hashes: grouping the credentials of every denied line fills the memory. Two that share a hash only make it later.
 */
export const LAST_SECOND_TEXT = `WITH hashes AS (
  SELECT DISTINCT date_trunc('second', at_time) AS at_second, hash(at_time, ${JUDGED}) AS hashed
  FROM logs
  WHERE ${TELLING}
),
seconds AS (
  SELECT at_second, COUNT(*) AS credentials FROM hashes GROUP BY 1
)
SELECT to_unixtime(MIN(at_second)) AS last_second
FROM (SELECT at_second, SUM(credentials) OVER (ORDER BY at_second) AS so_far FROM seconds)
WHERE so_far >= ${MOST_CREDENTIALS}`;
