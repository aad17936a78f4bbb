/** `request ID`: one log line, explained as `inspect` explains a request. */
import type { LogRow } from "../../seams/logs.ts";
import { formatInstant } from "../../time.ts";
import { COOKIE_LOGGING_OFF, hasCookies } from "../coverage.ts";
import type { AnswerRow, KnownFacts, Question } from "../question.ts";
import { booleanValue, instantValue, numberValue, textValue } from "../row-values.ts";
import { textLiteral } from "../sql-text.ts";

/** The response's `x-amz-cf-id`. */
export function isRequestId(text: string): boolean {
  return /^[A-Za-z0-9_=+/-]{8,128}$/.test(text);
}

export const request: Question = {
  name: "request",
  title: "one request by its x-amz-cf-id, explained",
  texts: ({ requestId = "" }) => ({
    request: `SELECT request_id, to_unixtime(at_time) AS at_seconds, edge_location, method, protocol, host, path, status, result_type, detailed_result_type, content_type, content_length, time_taken, answered_by, wire_code, edge_verdict, carrier, key_pair_id, route, is_protected, client_ip, country, as_number
FROM logs
WHERE request_id = ${textLiteral(requestId)}
LIMIT 2`,
  }),
  answer(tables, known) {
    const found = tables.request ?? [];
    const [row] = found;
    const { asked, explained, coverage } = known;
    if (row === undefined) {
      return {
        rows: [],
        says: [],
        cannotTell: [
          {
            why: `what happened: no line has the request ID ${asked.requestId}`,
            instead: "logs arrive up to 24 hours late, and not every request is logged: try a longer time",
          },
        ],
        findings: [],
      };
    }
    const conditions = explained?.inspection.conditions.map(({ name, state, reason }) => ({
      name,
      state,
      reason: reason ?? null,
    }));
    return {
      rows: found.map((each) => lineRow(each, known)),
      tables: conditions && { conditions },
      says: says(row, known),
      cannotTell: booleanValue(row, "is_denied") && !hasCookies(coverage) ? [COOKIE_LOGGING_OFF] : [],
      findings: explained?.findings ?? [],
    };
  },
};

function lineRow(row: LogRow, { client, reasons }: KnownFacts): AnswerRow {
  const [judged] = reasons.judged;
  const denied = textValue(row, "answered_by") !== null;
  return {
    request_id: textValue(row, "request_id"),
    at: instantValue(row, "at_seconds"),
    client: client(row.client_ip),
    method: textValue(row, "method"),
    host: textValue(row, "host"),
    path: textValue(row, "path"),
    status: numberValue(row, "status"),
    edge_location: textValue(row, "edge_location"),
    result_type: textValue(row, "result_type"),
    detailed_result_type: textValue(row, "detailed_result_type"),
    content_type: textValue(row, "content_type"),
    time_taken: numberValue(row, "time_taken"),
    answered_by: textValue(row, "answered_by"),
    wire_code: textValue(row, "wire_code"),
    reason: denied ? (judged?.reason ?? null) : null,
    carrier: textValue(row, "carrier"),
    key_pair_id: textValue(row, "key_pair_id"),
    expires_at: judged?.expiresAt === undefined ? null : formatInstant(judged.expiresAt),
    route: textValue(row, "route"),
    is_protected: booleanValue(row, "is_protected"),
    country: textValue(row, "country"),
    as_number: textValue(row, "as_number"),
  };
}

function says(row: LogRow, { reasons }: KnownFacts): string[] {
  const asked = `${textValue(row, "method")} ${textValue(row, "protocol")}://${textValue(row, "host")}${textValue(row, "path")}`;
  const answered = textValue(row, "answered_by");
  const code = textValue(row, "wire_code");
  const [judged] = reasons.judged;
  return [
    `${instantValue(row, "at_seconds")} ${asked}: ${numberValue(row, "status")}, at ${textValue(row, "edge_location")}`,
    answered === null
      ? `not denied; credential: ${textValue(row, "carrier")}${textValue(row, "key_pair_id") === null ? "" : `, key pair ID ${textValue(row, "key_pair_id")}`}`
      : `answered by ${answered}${code === null ? "" : ` with ${code}`}`,
    ...(judged === undefined
      ? []
      : [`reason: ${judged.reason} (${judged.basis})${agoText(judged.line.at, judged.expiresAt)}`]),
  ];
}

function agoText(at: number, expiresAt: number | undefined): string {
  if (expiresAt === undefined || expiresAt > at) return "";
  return `; its policy had ended ${Math.round(at - expiresAt)} s before`;
}
