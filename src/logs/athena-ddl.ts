/**
 * The table and the view for Athena: what lies in S3, as the view `logs` that every question asks. Partitions are
 * projected: every hour of every day of this year and those around it, without a crawler. AWS's own example covers the
 * hours 01 to 12 only, and ends with 2025.
 */
import { fieldName, LOG_FIELDS, V1_FIELDS } from "./field-names.ts";
import { textLiteral } from "./sql-text.ts";
import { type ViewSettings, viewText } from "./view.ts";

export const TABLE_FORMATS = ["v1", "json", "parquet"] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

export interface DdlOptions {
  readonly database: string;
  readonly format: TableFormat;
  /** `s3://bucket/prefix/`: above the partitions, for v2. */
  readonly location: string;
  readonly distributions: readonly string[];
  /** `year=2026/month=11/...` instead of `2026/11/...`. */
  readonly isHiveStyle: boolean;
  /** Of the calendar now. */
  readonly year: number;
  readonly view: ViewSettings;
}

/** In order; each can be sent to Athena by itself. */
export function athenaDdl(options: DdlOptions): Readonly<Record<string, string>> {
  const { database, format } = options;
  return {
    database: `CREATE DATABASE IF NOT EXISTS \`${database}\``,
    table: format === "v1" ? v1Table(options) : v2Table(options),
    view: `CREATE OR REPLACE VIEW "${database}"."logs" AS\n${viewText(fields(options), options.view)}`,
  };
}

/** `app` -> `keyturn_app`: letters, digits and underscores are all that Athena takes. */
export const databaseFor = (gate: string | undefined) =>
  `keyturn_${(gate ?? "logs").toLowerCase().replace(/[^a-z0-9]+/g, "_")}`;

const columnsOf = (names: readonly string[]) =>
  names.map((name) => `  \`${fieldName(name)}\` string`).join(",\n");

function v1Table({ database, location }: DdlOptions): string {
  return `CREATE EXTERNAL TABLE IF NOT EXISTS \`${database}\`.\`lines\` (
${columnsOf(V1_FIELDS)}
)
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t'
LOCATION ${textLiteral(location)}
TBLPROPERTIES ('skip.header.line.count' = '2')`;
}

/** Spelled as v2 spells them in JSON; Parquet has the same with underscores. */
const V2_FIELDS = [...V1_FIELDS, "timestamp(ms)", "origin-fbl", "origin-lbl", "asn", "c-country"];
const PARTS = ["year", "month", "day", "hour"] as const;

function v2Table(options: DdlOptions): string {
  const { database, format, location, distributions, isHiveStyle, year } = options;
  const folders = ["distributionid", ...PARTS].map((part) => `${isHiveStyle ? `${part}=` : ""}$\{${part}}`);
  const properties = {
    "projection.enabled": "true",
    "projection.distributionid.type": "enum",
    "projection.distributionid.values": distributions.join(","),
    "projection.year.type": "integer",
    "projection.year.range": `${year - 1},${year + 1}`,
    "projection.year.digits": "4",
    "projection.month.type": "integer",
    "projection.month.range": "1,12",
    "projection.month.digits": "2",
    "projection.day.type": "integer",
    "projection.day.range": "1,31",
    "projection.day.digits": "2",
    "projection.hour.type": "integer",
    "projection.hour.range": "0,23",
    "projection.hour.digits": "2",
    "storage.location.template": `${location}${folders.join("/")}`,
  };
  return `CREATE EXTERNAL TABLE IF NOT EXISTS \`${database}\`.\`lines\` (
${columnsOf(V2_FIELDS)}
)
PARTITIONED BY (\`distributionid\` string, ${PARTS.map((part) => `\`${part}\` string`).join(", ")})
${format === "parquet" ? "STORED AS PARQUET" : jsonSerde()}
LOCATION ${textLiteral(location)}
TBLPROPERTIES (
${listed(properties)}
)`;
}

function jsonSerde(): string {
  const mapped = V2_FIELDS.filter((name) => fieldName(name) !== name);
  const mappings = Object.fromEntries(mapped.map((name) => [`mapping.${fieldName(name)}`, name]));
  return `ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
WITH SERDEPROPERTIES (
${listed({ "ignore.malformed.json": "true", "case.insensitive": "false", ...mappings })}
)`;
}

const listed = (properties: Readonly<Record<string, string>>) =>
  Object.entries(properties)
    .map(([name, value]) => `  ${textLiteral(name)} = ${textLiteral(value)}`)
    .join(",\n");

/** The relation that the view reads: `-` is absent; what the format has not is NULL. */
function fields({ database, format }: DdlOptions): string {
  const has = new Set((format === "v1" ? V1_FIELDS : V2_FIELDS).map(fieldName));
  const columns = LOG_FIELDS.map((field) =>
    has.has(field)
      ? `NULLIF(NULLIF("${field}", '-'), '') AS "${field}"`
      : `CAST(NULL AS VARCHAR) AS "${field}"`,
  );
  return `(SELECT FALSE AS is_cut_off, ${columns.join(", ")} FROM "${database}"."lines") fields`;
}
