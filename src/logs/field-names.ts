/** Field names of access logs, as AWS spells them in each format, and our single spelling. */

/** Standard logging v1, in its fixed order. DG:standard-logs-reference. */
export const V1_FIELDS =
  "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end".split(
    " ",
  );

/** The fields that the view reads; others are ignored. Spelled as in Parquet and Athena. */
export const LOG_FIELDS = [
  "date",
  "time",
  "timestamp",
  "timestamp_ms",
  "x_edge_location",
  "c_ip",
  "cs_method",
  "cs_host",
  "cs_uri_stem",
  "sc_status",
  "cs_user_agent",
  "cs_uri_query",
  "cs_cookie",
  "x_edge_result_type",
  "x_edge_request_id",
  "x_host_header",
  "cs_protocol",
  "time_taken",
  "x_edge_response_result_type",
  "x_edge_detailed_result_type",
  "sc_content_type",
  "sc_content_len",
  "origin_fbl",
  "r_host",
  "asn",
  "c_country",
] as const;
export type LogField = (typeof LOG_FIELDS)[number];

/** `cs(User-Agent)`, `cs-user-agent` and `cs_user_agent` are one field: `cs_user_agent`. */
export function fieldName(spelled: string): string {
  return spelled
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_|_$/g, "");
}

/** The names after `#Fields:`; undefined for any other line. v1 separates them by spaces, others as their lines. */
export function fieldsLine(line: string): readonly string[] | undefined {
  const [, names] = /^#Fields:\s*(.*?)\s*$/i.exec(line) ?? [];
  return names === undefined || names === "" ? undefined : names.split(/[^\w()-]+/);
}

/** `--fields`: names separated by commas or spaces, as in the console. */
export function fieldsFlag(given: string): readonly string[] {
  return given.split(/[\s,]+/).filter((name) => name !== "");
}
