/**
 * The table and the view for Athena: the objects in S3, as the view `logs` that every question queries. Partitions
 * are projected: every hour of every day of this year and the years around it, without a crawler. AWS's own example
 * covers the hours 01 to 12 only, and ends with 2025. v1's objects lie in one folder, which no partition can divide:
 * their names contain the hour, so a query for a period opens only those by their "$path".
 */

import type { EpochSeconds } from "../time.ts";
import { fieldName, LOG_FIELDS, V1_FIELDS } from "./field-names.ts";
import { textLiteral } from "./sql-text.ts";
import { type ViewSettings, viewText } from "./view.ts";

export const TABLE_FORMATS = ["v1", "json", "w3c", "parquet"] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];
export const isTableFormat = (name: string): name is TableFormat =>
  TABLE_FORMATS.some((each) => each === name);

/** The parts of a log table. */
export interface TableForm {
  readonly format: TableFormat;
  /** For w3c: the chosen fields, in order. */
  readonly fields?: readonly string[];
}

export interface DdlOptions extends TableForm {
  readonly database: string;
  /** `s3://bucket/prefix/`: above the partitions, for v2. */
  readonly location: string;
  readonly distributions: readonly string[];
  /** Folders below it, for v2: `${distributionid}/${year}/${month}/${day}/${hour}`. */
  readonly template: string;
  /** The current calendar year. */
  readonly year: number;
  readonly view: ViewSettings;
}

/** In order; each is a separate Athena statement. */
export function athenaDdl(options: DdlOptions): Readonly<Record<string, string>> {
  const { database, format } = options;
  return {
    database: `CREATE DATABASE IF NOT EXISTS \`${database}\``,
    table: format === "v1" ? v1Table(options) : v2Table(options),
    view: `CREATE OR REPLACE VIEW "${database}"."logs" AS\n${viewText(linesRelation(options), options.view)}`,
  };
}

/** `app` -> `keyturn_app`: Athena accepts only letters, digits and underscores. */
export const databaseFor = (gate: string | undefined) =>
  `keyturn_${(gate ?? "logs").toLowerCase().replace(/[^a-z0-9]+/g, "_")}`;

const columnsOf = (names: readonly string[]) =>
  names.map((name) => `  \`${fieldName(name)}\` string`).join(",\n");

function v1Table({ database, location }: DdlOptions): string {
  return `CREATE EXTERNAL TABLE IF NOT EXISTS \`${database}\`.\`lines\` (
${columnsOf(V1_FIELDS)}
)
${TABS}
LOCATION ${textLiteral(location)}
TBLPROPERTIES ('skip.header.line.count' = '2')`;
}

/** Spelled as v2 spells them in JSON; Parquet has the same with underscores. */
const V2_FIELDS = [...V1_FIELDS, "timestamp(ms)", "origin-fbl", "origin-lbl", "asn", "c-country"];
/** v1 has a fixed list; JSON and Parquet look up fields by name. */
const fieldsOf = ({ format, fields = [] }: TableForm) =>
  format === "w3c" ? fields : format === "v1" ? V1_FIELDS : V2_FIELDS;

export const PARTITIONS: readonly string[] = ["distributionid", "year", "month", "day", "hour"];

/** As AWS lays them out unless the delivery says otherwise. */
export function usualTemplate(isHiveStyle: boolean): string {
  return PARTITIONS.map((part) => {
    const key = part === "distributionid" ? "DistributionId" : part;
    return `${isHiveStyle ? `${key}=` : ""}$\{${part}}`;
  }).join("/");
}

const partitionsIn = (template: string) => PARTITIONS.filter((part) => template.includes(`$\{${part}}`));

const RANGES: Readonly<Record<string, (year: number) => readonly [range: string, digits: number]>> = {
  year: (year) => [`${year - 1},${year + 1}`, 4],
  month: () => ["1,12", 2],
  day: () => ["1,31", 2],
  hour: () => ["0,23", 2],
};

function v2Table(options: DdlOptions): string {
  const { database, format, location, distributions, template, year } = options;
  const partitions = partitionsIn(template);
  const properties: Record<string, string> = { "projection.enabled": "true" };
  for (const part of partitions) {
    const [range, digits] = RANGES[part]?.(year) ?? [];
    const settings =
      range === undefined
        ? { type: "enum", values: distributions.join(",") }
        : { type: "integer", range, digits: String(digits) };
    for (const [name, value] of Object.entries(settings)) properties[`projection.${part}.${name}`] = value;
  }
  if (partitions.length > 0) properties["storage.location.template"] = `${location}${template}`;
  const columns = partitions.map((part) => `\`${part}\` string`).join(", ");
  return `CREATE EXTERNAL TABLE IF NOT EXISTS \`${database}\`.\`lines\` (
${columnsOf(fieldsOf(options))}
)
${partitions.length > 0 ? `PARTITIONED BY (${columns})\n` : ""}${ROWS[format]()}
LOCATION ${textLiteral(location)}${partitions.length > 0 ? `\nTBLPROPERTIES (\n${listed(properties)}\n)` : ""}`;
}

const TABS = "ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t'";
const ROWS: Readonly<Record<TableFormat, () => string>> = {
  v1: () => TABS,
  // The query skips its header lines: how many there are is not documented.
  w3c: () => TABS,
  json: jsonSerde,
  parquet: () => "STORED AS PARQUET",
};

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

/** The days or hours that a query has to read, so that Athena opens no others. */
export interface LinesOptions extends TableForm {
  readonly database: string;
  readonly partitions?: readonly string[];
  /** For v1: how the paths of its objects begin, up to the hour in their names: `s3://bucket/prefixE1.` */
  readonly objects?: readonly string[];
  readonly within?: { readonly from?: EpochSeconds; readonly to?: EpochSeconds };
}

/** The relation that the view reads: `-` counts as absent; fields that the format lacks are NULL. */
export function linesRelation(options: LinesOptions): string {
  const { database, format, partitions = [], objects = [], within = {} } = options;
  const names = fieldsOf(options).map(fieldName);
  const has = new Set(names);
  const columns = LOG_FIELDS.map((field) =>
    has.has(field)
      ? `NULLIF(NULLIF("${field}", '-'), '') AS "${field}"`
      : `CAST(NULL AS VARCHAR) AS "${field}"`,
  );
  const isByDay = ["year", "month", "day"].every((part) => partitions.includes(part));
  const conditions = [
    ...(isByDay ? daysWithin(within) : []),
    ...hoursWithin(objects, within),
    ...(format === "w3c" ? [`substr("${names[0]}", 1, 1) <> '#'`] : []),
  ];
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  return `(SELECT FALSE AS is_cut_off, ${columns.join(", ")} FROM "${database}"."lines"${where}) fields`;
}

const DAY = 86_400;
/** Longer periods read every folder; the view still limits the lines to the period. */
const MOST_DAYS = 400;

/** Folders are named by the hour of the requests or of the delivery: add a day at both ends. */
function daysWithin({ from, to }: NonNullable<LinesOptions["within"]>): string[] {
  if (from === undefined || to === undefined || to - from > MOST_DAYS * DAY) return [];
  const months = new Map<string, string[]>();
  for (let day = Math.floor(from / DAY) - 1; day <= Math.floor(to / DAY) + 1; day += 1) {
    const text = new Date(day * DAY * 1000).toISOString();
    const month = text.slice(0, 7);
    months.set(month, [...(months.get(month) ?? []), text.slice(8, 10)]);
  }
  const conditions = [...months].map(([month, days]) => {
    const [year, number] = month.split("-");
    return `("year" = '${year}' AND "month" = '${number}' AND "day" IN (${days.map((day) => `'${day}'`).join(", ")}))`;
  });
  return [anyOf(conditions)];
}

const HOUR = 3600;

/**
 * The hour in a name is that of the requests, however late the object was delivered
 * (DG:standard-logging-legacy-s3); a request may end in the hour after it began. Two comparisons, which Trino treats
 * as a range of paths.
 */
function hoursWithin(
  objects: readonly string[],
  { from, to }: NonNullable<LinesOptions["within"]>,
): string[] {
  if (from === undefined || to === undefined || objects.length === 0) return [];
  const [first, last] = [from - 2 * HOUR, to + HOUR].map((at) =>
    new Date(at * 1000).toISOString().slice(0, 13).replace("T", "-"),
  );
  return [
    anyOf(
      objects.map(
        (start) =>
          `("$path" >= ${textLiteral(`${start}${first}`)} AND "$path" < ${textLiteral(`${start}${last}.~`)})`,
      ),
    ),
  ];
}

const anyOf = (conditions: readonly string[]) =>
  conditions.length === 1 ? (conditions[0] ?? "") : `(${conditions.join(" OR ")})`;
