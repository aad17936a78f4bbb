/**
 * The view `logs`: our columns over the fields of any source. The same SQL for DuckDB and Trino (Athena): sources
 * below it differ, queries above it stay the same. `-` is already NULL here.
 *
 * The log does not say who sent a denial. The evidence, strongest first (DG:standard-logs-reference, DG:real-time-logs):
 * `r-host` and `origin-fbl` mark an origin's response; a detailed result type marks geo and method denials; the length of
 * the body identifies the signature check's five denials, and the page of a WAF block, which has 919 bytes.
 */
import { denialOf, WIRE_CODES } from "../edge/denial.ts";
import type { EpochSeconds } from "../time.ts";
import { instantLiteral, patternExpression, textLiteral } from "./sql-text.ts";

export interface LogRoute {
  readonly pattern: string;
  /** Must the edge deny requests without a valid signature there? */
  readonly isProtected: boolean;
  /** Hosts that have the route; absent: all. */
  readonly hosts?: readonly string[];
}
/** The gate's input to the view; all optional. */
export interface ViewSettings {
  /** Only requests that ended in this period; `to` is exclusive. */
  readonly from?: EpochSeconds;
  readonly to?: EpochSeconds;
  /** In the order in which they are tried: the first that matches counts. */
  readonly routes: readonly LogRoute[];
  /** The mint endpoint's URL or path. */
  readonly mint?: { readonly host?: string; readonly path: string };
  /** Statuses that custom error responses turn a 403 into. */
  readonly maskedStatuses: readonly number[];
  /** A rotation's start and end, to tell requests before, during and after it apart. */
  readonly rotation?: { readonly from: EpochSeconds; readonly to?: EpochSeconds };
}

/** The columns of `logs`, each with its expression over the fields; in layers, where each may use earlier ones. */
type Column = readonly [name: string, sql: string];

const SIGNED_QUERY = "'(^|&)(Key-Pair-Id|Signature|Policy|Expires|Hash-Algorithm)='";
const SIGNED_COOKIE = "'(^|; *|;%20)CloudFront-(Key-Pair-Id|Signature|Policy|Expires)='";
/** Cut out by plain searches: a regular expression over every cookie of every line costs as much as reading them. */
const keyAfter = (before: string) =>
  `NULLIF(split_part(split_part(cookie, '${before}CloudFront-Key-Pair-Id=', 2), ';', 1), '')`;
/** At the start of the header, behind `; ` or, in v1, `;%20`; only then in unusual places. NULL or empty: none. */
const KEY_COOKIE = `COALESCE(CASE WHEN cookie LIKE 'CloudFront-Key-Pair-Id=%' THEN ${keyAfter("")} END, ${keyAfter("; ")}, ${keyAfter(";%20")}, CASE WHEN strpos(cookie, 'CloudFront-Key-Pair-Id=') > 0 THEN regexp_extract(cookie, '(^|; *|;%20)CloudFront-Key-Pair-Id=([^;]*)', 2) END)`;
/**
 * Real-time logs truncate cookie headers at this length: a cookie missing from such a header may have been cut off.
 */
const CUT_OFF = 800;
/** The size of CloudFront's own page for a WAF block. */
const WAF_PAGE_BYTES = 919;

/** Coarse: enough to find the team whose client it is. */
const CLIENT_FAMILY = `CASE WHEN cs_user_agent IS NULL THEN 'none' ${[
  ["curl/", "curl"],
  ["okhttp", "okhttp"],
  ["CFNetwork", "iOS app"],
  ["Dart/", "Dart"],
  ["python", "Python"],
  ["Go-http-client", "Go"],
  ["axios", "axios"],
  ["node", "Node.js"],
  ["Edg/", "Edge"],
  ["Firefox/", "Firefox"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
  ["keyturn", "keyturn"],
]
  .map(([part, family]) => `WHEN strpos(cs_user_agent, '${part}') > 0 THEN '${family}'`)
  .join(" ")} ELSE 'other' END`;

const FIRST: readonly Column[] = [
  [
    "at_time",
    `COALESCE(TRY_CAST("date" || ' ' || "time" AS TIMESTAMP), CAST(from_unixtime(TRY_CAST(timestamp_ms AS DOUBLE) / 1000) AS TIMESTAMP), CAST(from_unixtime(TRY_CAST("timestamp" AS DOUBLE)) AS TIMESTAMP))`,
  ],
  ["request_id", "x_edge_request_id"],
  ["edge_location", "x_edge_location"],
  ["client_ip", "c_ip"],
  ["is_ipv6", "COALESCE(strpos(c_ip, ':') > 0, FALSE)"],
  ["method", "cs_method"],
  ["protocol", "COALESCE(cs_protocol, 'https')"],
  ["host", "COALESCE(x_host_header, cs_host)"],
  ["distribution_host", "COALESCE(cs_host, '')"],
  ["path", "split_part(cs_uri_stem, '?', 1)"],
  ["query", "COALESCE(cs_uri_query, NULLIF(split_part(cs_uri_stem, '?', 2), ''))"],
  ["cookie", "cs_cookie"],
  // Encoded in v1 and w3c only: files of both kinds may be read together.
  ["user_agent", "replace(cs_user_agent, '%20', ' ')"],
  ["client_family", CLIENT_FAMILY],
  ["status", "TRY_CAST(sc_status AS INTEGER)"],
  ["result_type", "x_edge_result_type"],
  ["response_result_type", "x_edge_response_result_type"],
  ["detailed_result_type", "x_edge_detailed_result_type"],
  ["content_type", "sc_content_type"],
  ["content_length", "TRY_CAST(sc_content_len AS BIGINT)"],
  ["time_taken", "TRY_CAST(time_taken AS DOUBLE)"],
  ["origin_host", "r_host"],
  ["origin_first_byte", "origin_fbl"],
  ["as_number", "asn"],
  ["country", "c_country"],
];

function second({ routes, mint, maskedStatuses, rotation }: ViewSettings): readonly Column[] {
  const masked = [...new Set(maskedStatuses)].filter(
    (status) => status >= 400 && status !== 401 && status !== 403,
  );
  return [
    [
      "is_masked",
      `COALESCE(result_type = 'Error' AND response_result_type = 'Error' AND (status BETWEEN 200 AND 399${masked.length > 0 ? ` OR status IN (${masked.join(", ")})` : ""}), FALSE)`,
    ],
    ["is_signed_url", `COALESCE(regexp_like(query, ${SIGNED_QUERY}), FALSE)`],
    ["query_key", "regexp_extract(query, '(^|&)Key-Pair-Id=([A-Za-z0-9_-]+)(&|$)', 2)"],
    ["cookie_key", KEY_COOKIE],
    ["has_cookie", "cookie IS NOT NULL"],
    ["route", routeCase(routes, ({ pattern }) => textLiteral(pattern), "CAST(NULL AS VARCHAR)")],
    ["is_protected", routeCase(routes, ({ isProtected }) => (isProtected ? "TRUE" : "FALSE"), "FALSE")],
    ["is_mint", mint === undefined ? "FALSE" : mintCondition(mint)],
    ["rotation_phase", phaseCase(rotation)],
  ];
}

const THIRD: readonly Column[] = [
  [
    "carrier",
    `CASE WHEN is_signed_url THEN 'query' WHEN length(cookie_key) > 0 OR COALESCE(regexp_like(CASE WHEN cookie_key IS NULL OR cookie_key = '' THEN cookie END, ${SIGNED_COOKIE}), FALSE) THEN 'cookies' WHEN length(cookie) >= ${CUT_OFF} AND is_cut_off THEN 'unknown' ELSE 'none' END`,
  ],
  [
    "key_pair_id",
    "CASE WHEN is_signed_url THEN CASE WHEN length(query_key) BETWEEN 1 AND 128 THEN query_key END WHEN length(cookie_key) BETWEEN 1 AND 128 THEN CASE WHEN regexp_like(cookie_key, '^[A-Za-z0-9_-]+$') THEN cookie_key END END",
  ],
  [
    "is_credential_cut_off",
    `is_cut_off AND NOT is_signed_url AND COALESCE(length(cookie) >= ${CUT_OFF} AND COALESCE(cookie_key, '') = '', FALSE)`,
  ],
  ["is_denied", "status IN (401, 403) OR is_masked"],
  [
    "wire_code",
    `CASE WHEN status = 403 AND strpos(content_type, 'text/xml') = 1 AND origin_host IS NULL AND (origin_first_byte IS NULL) THEN CASE content_length ${WIRE_CODES.map((code) => `WHEN ${denialOf(code).body.length} THEN '${code}'`).join(" ")} END END`,
  ],
];

const FOURTH: readonly Column[] = [
  [
    "answered_by",
    `CASE WHEN NOT is_denied THEN CAST(NULL AS VARCHAR) WHEN is_masked THEN 'error-page' WHEN wire_code IS NOT NULL THEN 'edge-signature' WHEN detailed_result_type = 'ClientGeoBlocked' THEN 'edge-geo' WHEN detailed_result_type = 'InvalidRequestMethod' THEN 'edge-method' WHEN detailed_result_type = 'InvalidRequestBlocked' THEN 'edge-waf' WHEN result_type IN ('FunctionGeneratedResponse', 'LambdaGeneratedResponse', 'FunctionExecutionError', 'LambdaExecutionError') THEN 'edge-function' WHEN origin_host IS NOT NULL OR origin_first_byte IS NOT NULL THEN 'origin' WHEN strpos(content_type, 'text/html') = 1 AND content_length = ${WAF_PAGE_BYTES} THEN 'edge-waf' WHEN status = 401 THEN 'origin' WHEN strpos(content_type, 'text/html') = 1 OR content_type IS NULL THEN 'unsure' WHEN time_taken < 0.002 THEN 'unsure' ELSE 'origin' END`,
  ],
];

/** Lines whose credential may explain the denial; a request that reached the origin had a good one. */
const CREDENTIAL_TELLS = "answered_by IN ('edge-signature', 'error-page', 'unsure')";

const FIFTH: readonly Column[] = [
  [
    "edge_verdict",
    `CASE WHEN answered_by = 'edge-signature' THEN 'denied' WHEN answered_by = 'origin' THEN 'accepted' WHEN is_denied OR status IN (0, 400, 414, 494) OR result_type = 'Redirect' THEN 'unknown' ELSE 'accepted' END`,
  ],
  ["credential_query", `CASE WHEN ${CREDENTIAL_TELLS} THEN query END`],
  ["credential_cookie", `CASE WHEN ${CREDENTIAL_TELLS} THEN cookie END`],
];

/** The columns of `logs`, in order. */
export const VIEW_COLUMNS: readonly string[] = [
  ...FIRST,
  ...second({ routes: [], maskedStatuses: [] }),
  ...THIRD,
  ...FOURTH,
  ...FIFTH,
].map(([name]) => name);

interface KeptColumns {
  readonly all: readonly string[];
  /** NULL in lines that are not denials. */
  readonly ofDenied?: readonly string[];
}

/**
 * A SELECT over `fields` (a relation with every name of LOG_FIELDS, and `is_cut_off`). Keeps only these columns and
 * `also`; the query engine drops what they do not need.
 */
export function viewText(
  fields: string,
  settings: ViewSettings,
  { all, ofDenied = [] }: KeptColumns = { all: VIEW_COLUMNS },
  also: readonly string[] = [],
): string {
  const layer = (added: readonly Column[]) => added.map(([name, sql]) => `${sql} AS ${name}`).join(",\n  ");
  const within = [
    ...(settings.from === undefined ? [] : [`at_time >= ${instantLiteral(settings.from)}`]),
    ...(settings.to === undefined ? [] : [`at_time < ${instantLiteral(settings.to)}`]),
  ];
  const where = within.length === 0 ? "" : `\nWHERE ${within.join(" AND ")}`;
  const some = ofDenied.filter((name) => !all.includes(name));
  const kept = [...all, ...some.map((name) => `CASE WHEN is_denied THEN ${name} END AS ${name}`), ...also];
  const passed = ["is_cut_off", ...also].join(", ");
  return `SELECT ${kept.join(", ")}
FROM (SELECT *,
  ${layer(FIFTH)}
FROM (SELECT *,
  ${layer(FOURTH)}
FROM (SELECT *,
  ${layer(THIRD)}
FROM (SELECT *,
  ${layer(second(settings))}
FROM (SELECT ${passed},
  ${layer(FIRST)}
FROM ${fields}) one) two) three) four) five${where}`;
}

/** The first that matches, as CloudFront's behaviors do. */
function routeCase(
  routes: readonly LogRoute[],
  value: (route: LogRoute) => string,
  otherwise: string,
): string {
  if (routes.length === 0) return otherwise;
  const cases = routes.map((route) => {
    const hosts =
      route.hosts === undefined
        ? ""
        : ` AND split_part(host, ':', 1) IN (${route.hosts.map(textLiteral).join(", ")})`;
    return `WHEN regexp_like(path, ${textLiteral(patternExpression(route.pattern))})${hosts} THEN ${value(route)}`;
  });
  return `CASE ${cases.join(" ")} ELSE ${otherwise} END`;
}

function mintCondition({ host, path }: NonNullable<ViewSettings["mint"]>): string {
  const ofHost =
    host === undefined ? "" : ` AND COALESCE(split_part(host, ':', 1) = ${textLiteral(host)}, FALSE)`;
  return `COALESCE(path = ${textLiteral(path)}, FALSE)${ofHost}`;
}

function phaseCase(rotation: ViewSettings["rotation"]): string {
  if (rotation === undefined) return "CAST(NULL AS VARCHAR)";
  const after =
    rotation.to === undefined ? "" : ` WHEN at_time >= ${instantLiteral(rotation.to)} THEN 'after'`;
  return `CASE WHEN at_time < ${instantLiteral(rotation.from)} THEN 'before'${after} ELSE 'during' END`;
}
