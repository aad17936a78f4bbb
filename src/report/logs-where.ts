/** The report of `keyturn logs where`: each destination, what its lines hold, and what that costs or misses. */
import type { Finding } from "../finding.ts";
import { countWithNoun } from "../logs/question.ts";
import { cookieText, type KnownDestination, type LoggedWhere } from "../logs/where.ts";
import { wrap } from "../text/layout.ts";
import { printable } from "../text/printable.ts";
import { formatDuration, formatInstant } from "../time.ts";
import { outcomeOf, type Report } from "./report.ts";
import type { Style } from "./style.ts";

export function whereReport(where: LoggedWhere): Report {
  const { gate, destinations, unlogged } = where;
  const findings = unlogged.map(
    (id): Finding => ({
      id: "access-logs-absent",
      severity: "note",
      message: "no access logs found",
      basis: "observed",
      evidence: [
        "standard logging (legacy) is off, and no behavior has real-time logs",
        "CloudWatch Logs describes no delivery of standard logging v2 for it",
      ],
      remedy: "turn standard logging on before you need it",
      where: id,
    }),
  );
  const result = { gate: gate.name, destinations: destinations.map(destinationDocument), unlogged };
  return { outcome: outcomeOf(findings), result, findings, text: (style) => whereText(where, style) };
}

function destinationDocument({ s3: _, oldest, newest, late, ...rest }: KnownDestination) {
  return {
    ...rest,
    oldest: oldest === undefined ? undefined : formatInstant(oldest),
    newest: newest === undefined ? undefined : formatInstant(newest),
    late: late && { objects: late.objects, median_seconds: late.median, most_seconds: late.most },
  };
}

const KINDS = {
  v1: "standard logging (legacy)",
  v2: "standard logging v2",
  "real-time": "real-time logs",
} as const;

function whereText({ gate, destinations, unlogged }: LoggedWhere, style: Style): string {
  const parts = destinations.map((each) => destinationText(each, gate.name, style));
  const missing = unlogged.map((id) => `${style.sign.warn} ${id}: nothing is logged`);
  return [...parts, ...missing].join("\n\n");
}

function destinationText(destination: KnownDestination, gate: string, style: Style): string {
  const { distribution, kind, format, place, to, fields } = destination;
  const rows: [string, string][] = [
    ["to", `${to === "s3" ? "" : `${to.replaceAll("-", " ")} `}${place}`],
    ["form", fields === undefined || fields.length === 0 ? format : `${format}, ${fields.length} fields`],
    ["cookies", cookieText(destination)],
    ...sinceRows(destination),
    ["read it", howToRead(destination, gate)],
  ];
  const body = rows.map(([name, text]) => wrap(`${name.padEnd(8)} ${printable(text)}`, style.columns, 2, 11));
  return [`${style.bold(distribution)}  ${KINDS[kind]}`, ...body].join("\n");
}

function sinceRows({ s3, to, oldest, newest, late, unread }: KnownDestination): [string, string][] {
  if (s3 === undefined && to !== "cloudwatch-logs") return [["since", "the API does not show it"]];
  if (unread !== undefined) return [["since", `cannot tell: ${unread}`]];
  if (oldest === undefined)
    return [["since", "nothing has been delivered yet; the first logs take about 4 hours"]];
  if (s3 === undefined && newest !== undefined)
    return [
      [
        "since",
        `${formatInstant(oldest)} (oldest event); newest indexed event ${formatInstant(newest)}, up to an hour late`,
      ],
    ];
  const since = `${formatInstant(oldest)} (oldest hour)`;
  if (newest === undefined || late === undefined)
    return [["since", `${since}; nothing in the last 24 hours`]];
  return [
    ["since", `${since}, newest ${formatInstant(newest)}`],
    [
      "late",
      `median ${formatDuration(late.median)} after the end of the hour, at most ${formatDuration(late.most)} (${countWithNoun(late.objects, "object")} in 24 hours); AWS documents usually less than an hour, up to 24`,
    ],
  ];
}

function howToRead({ to, format, place }: KnownDestination, gate: string): string {
  if (to === "s3" && READABLE.has(format)) return `keyturn logs --since 2h --gate ${gate}`;
  if (to === "cloudwatch-logs") {
    const group = /:log-group:([^:]+)/.exec(place)?.[1] ?? "GROUP";
    return `aws logs tail ${group} --since 2h --format short --region us-east-1 | keyturn logs - --gate ${gate}`;
  }
  if (to === "kinesis") return `keyturn logs FILE --fields NAMES --gate ${gate}`;
  return `keyturn logs FILE --gate ${gate}`;
}

/** Formats that name their own fields. */
const READABLE: ReadonlySet<string> = new Set(["v1", "json", "w3c", "parquet"]);
