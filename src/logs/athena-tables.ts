/**
 * The name of a gate's Athena table, and where its logs are and in what format: from flags, then keyturn.yaml, then
 * the account.
 */
import { UsageError } from "../errors.ts";
import type { Gate } from "../gates/gate.ts";
import type { QuerySettings } from "../seams/logs.ts";
import type { World } from "../seams/world.ts";
import {
  databaseFor,
  isTableFormat,
  type LinesOptions,
  PARTITIONS,
  type TableForm,
  type TableFormat,
} from "./athena-ddl.ts";
import type { LogDestination, LogLocation } from "./destinations.ts";
import { readableDestinations } from "./fetch-logs.ts";
import { fieldsFlag } from "./field-names.ts";
import { logsListed } from "./listing.ts";
import type { SettingFlags } from "./setting.ts";
import { type GateDestinations, gateDestinations } from "./where.ts";

export interface AthenaFlags {
  readonly workgroup?: string;
  readonly database?: string;
  readonly outputLocation?: string;
  readonly format?: TableFormat;
  /** For w3c: the names in their order. */
  readonly fields?: string;
}
export interface AthenaTable extends QuerySettings {
  readonly database: string;
}

export function athenaTable(gate: Gate | undefined, flags: AthenaFlags): AthenaTable {
  const { workgroup = gate?.athena?.workgroup, outputLocation = gate?.athena?.outputLocation } = flags;
  return {
    database: flags.database ?? gate?.athena?.database ?? databaseFor(gate?.name),
    workgroup,
    outputLocation,
  };
}

/** The table's log format: the flag's, else the gate's destination's, else v1. Throws ERR_USAGE for w3c without fields. */
export async function askedTable(
  gate: Gate | undefined,
  flags: AthenaFlags & SettingFlags,
  world: Pick<World, "env" | "cloud" | "logCloud">,
): Promise<Omit<LinesOptions, "database" | "within">> {
  const { format = "v1" } = flags;
  if (gate === undefined || flags.offline)
    return { ...tableForm(format, flags), partitions: format === "v1" ? [] : PARTITIONS };
  const found = await gateDestinations(gate, flags, world);
  const destinations = readableDestinations(gate.distributions, found, flags.format);
  const [{ format: named, s3, fields }] = destinations as [LogDestination];
  return {
    ...tableForm(isTableFormat(named) ? named : "v1", flags, fields),
    partitions: s3 === undefined ? [] : partitionsOf(s3),
    objects: destinations.flatMap(({ s3: place }) =>
      place?.layout === "v1" ? [`s3://${place.bucket}/${place.prefix}${place.distribution}.`] : [],
    ),
  };
}

/**
 * Athena cannot read field names from w3c files; the delivery lists them in the order of the lines (CreateDelivery,
 * recordFields).
 */
export function tableForm(
  format: TableFormat,
  flags: AthenaFlags,
  delivered: readonly string[] = [],
): TableForm {
  if (format !== "w3c") return { format };
  const fields = flags.fields === undefined ? delivered : fieldsFlag(flags.fields);
  if (fields.length > 0) return { format, fields };
  throw new UsageError("ERR_USAGE", "Athena needs the names of the w3c fields, which are unknown", [
    "give them in the order of a file's #Fields line:",
    "keyturn logs --ddl --format w3c --fields 'date,time,...'",
  ]);
}

export interface TableLayout extends TableForm {
  /** `s3://bucket/prefix/`: above all partitions. */
  readonly location: string;
  /** Below it, with `${distributionid}`, `${year}`, `${month}`, `${day}`, `${hour}`; empty for v1. */
  readonly template: string;
}

/** Where the gate's logs are; with several formats, the one with cookies. Throws ERR_LOG_UNREADABLE, ERR_USAGE. */
export async function gateLayout(
  gate: Gate,
  found: GateDestinations,
  flags: AthenaFlags,
): Promise<TableLayout> {
  const [destination, ...others] = readableDestinations(gate.distributions, found, flags.format);
  const { s3, format: named, fields } = destination as LogDestination;
  if (s3 === undefined || !isTableFormat(named))
    throw new UsageError("ERR_USAGE", `Athena has no table format for logs in the format ${named}`, [
      "keyturn logs --since 2h",
    ]);
  const elsewhere = others.find((each) => each.place !== destination?.place || each.format !== named);
  if (elsewhere !== undefined)
    throw new UsageError(
      "ERR_USAGE",
      `the logs of the gate's distributions are delivered to different places: ${destination?.place} and ${elsewhere.place}`,
      ["make a table for one of them:", "keyturn logs --ddl --format FORMAT --location s3://BUCKET/PREFIX/"],
    );
  if (named === "v1")
    return { format: named, location: `s3://${s3.bucket}/${s3.prefix.replace(/[^/]*$/, "")}`, template: "" };
  const folder = (await firstFolder(s3, found)) ?? assumedFolder(s3);
  return { ...tableForm(named, flags, fields), ...split(`s3://${s3.bucket}/${s3.prefix}${folder}`) };
}

/** Derived from the first delivered object: how AWS joins the parts is not always documented. */
async function firstFolder(place: LogLocation, { bucketOf }: GateDestinations): Promise<string | undefined> {
  const bucket = await bucketOf();
  for await (const { key } of logsListed(place, { from: 0, to: Number.MAX_SAFE_INTEGER }, bucket)) {
    return templated(key.slice(place.prefix.length).replace(/[^/]*$/, ""), place.distribution);
  }
  return undefined;
}

/** `DistributionId=E1/year=2026/...` -> `DistributionId=${distributionid}/year=${year}/...` */
function templated(folder: string, distribution: string): string {
  const names = ["year", "month", "day", "hour"];
  let next = 0;
  return folder
    .split("/")
    .map((part) => {
      const [, key = "", value = ""] = /^([\w-]+=)?(.*)$/.exec(part) ?? [];
      if (value === distribution) return `${key}$\{distributionid}`;
      const isNext = next === 0 ? /^20\d\d$/.test(value) : /^\d\d$/.test(value) && next < names.length;
      if (!isNext) return part;
      next += 1;
      return `${key}$\{${names[next - 1]}}`;
    })
    .join("/");
}

/** Columns of the table that keyturn makes for that destination. */
function partitionsOf({ layout, suffixPath }: LogLocation): readonly string[] {
  if (layout === "v1") return [];
  if (!suffixPath) return PARTITIONS;
  return PARTITIONS.filter((part) =>
    Object.entries(COLUMNS).some(([name, column]) => column === part && suffixPath.includes(`{${name}}`)),
  );
}

const HIVE_KEYS: Readonly<Record<string, string>> = {
  DistributionId: "DistributionId=",
  yyyy: "year=",
  MM: "month=",
  dd: "day=",
  HH: "hour=",
};
const COLUMNS: Readonly<Record<string, string>> = {
  DistributionId: "distributionid",
  yyyy: "year",
  MM: "month",
  dd: "day",
  HH: "hour",
};

/** Before the first delivery: AWS's default. */
function assumedFolder({ account, suffixPath, isHiveStyle }: LogLocation): string {
  const suffix = (suffixPath || "{DistributionId}/{yyyy}/{MM}/{dd}/{HH}").replace(/^\/|\/$/g, "");
  const filled = suffix.replace(/(=?)\{(\w+)\}/g, (whole, hasKey: string, name: string) => {
    const column = COLUMNS[name];
    if (column === undefined) return whole;
    return `${hasKey !== "" || !isHiveStyle ? hasKey : HIVE_KEYS[name]}$\{${column}}`;
  });
  return `AWSLogs/${isHiveStyle ? "aws-account-id=" : ""}${account}/CloudFront/${filled}/`;
}

/** At the first folder that differs from partition to partition. */
function split(whole: string): Pick<TableLayout, "location" | "template"> {
  const at = whole.lastIndexOf("/", whole.indexOf("${"));
  return at < 0 || !whole.includes("${")
    ? { location: whole, template: "" }
    : { location: whole.slice(0, at + 1), template: whole.slice(at + 1).replace(/\/$/, "") };
}
