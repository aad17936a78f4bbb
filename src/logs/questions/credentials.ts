/** Denied lines whose credential may explain them. Not a question itself: the input for finding reasons. */
import type { QuestionOptions } from "../question.ts";

/** Judges at most this many distinct credentials; the rest counts as `cannot-tell`. */
export const MOST_CREDENTIALS = 20_000;

export function credentialsText({ bucket }: QuestionOptions): string {
  return `SELECT to_unixtime(date_trunc('${bucket}', at_time)) AS bucket, to_unixtime(at_time) AS at_seconds, time_taken, protocol, host, path, credential_query, credential_cookie, client_ip, wire_code, answered_by, COUNT(*) AS requests
FROM logs
WHERE is_denied AND (answered_by = 'edge-signature' OR (answered_by IN ('error-page', 'unsure') AND (credential_query IS NOT NULL OR credential_cookie IS NOT NULL)))
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
LIMIT ${MOST_CREDENTIALS}`;
}
