/** Athena's DDL as far as tables of access logs take it: database, external table, view. */

export interface ExternalTable {
  readonly kind: "table";
  readonly database: string;
  readonly name: string;
  /** All strings. */
  readonly columns: readonly string[];
  readonly partitions: readonly string[];
  readonly format: "tabs" | "json" | "parquet";
  /** `s3://bucket/prefix/` */
  readonly location: string;
  /** `storage.location.template`, where partitions are projected. */
  readonly template?: string;
  readonly skippedLines: number;
  /** Column -> the field's name in JSON. */
  readonly mappings: ReadonlyMap<string, string>;
}
export type Defined =
  | ExternalTable
  | { readonly kind: "database"; readonly database: string }
  | { readonly kind: "view"; readonly database: string; readonly name: string; readonly sql: string };

/** Throws an Error in Athena's style for what it cannot read. */
export function readDdl(sql: string): Defined {
  const database = /^\s*CREATE DATABASE IF NOT EXISTS `(\w+)`\s*$/.exec(sql)?.[1];
  if (database !== undefined) return { kind: "database", database };
  const view = /^\s*CREATE OR REPLACE VIEW "(\w+)"\."(\w+)" AS\s+(.*)$/s.exec(sql);
  if (view !== null)
    return { kind: "view", database: view[1] ?? "", name: view[2] ?? "", sql: view[3] ?? "" };
  const table = /^\s*CREATE EXTERNAL TABLE IF NOT EXISTS `(\w+)`\.`(\w+)` \((.*?)\n\)\n(.*)$/s.exec(sql);
  if (table === null) throw new Error("FAILED: ParseException line 1:0 cannot recognize input");
  const [, of = "", name = "", columns = "", rest = ""] = table;
  const properties = new Map(
    [...rest.matchAll(/'((?:[^']|'')+)'\s*=\s*'((?:[^']|'')*)'/g)].map(([, key = "", value = ""]) => [
      key,
      value.replaceAll("''", "'"),
    ]),
  );
  const location = /^LOCATION '([^']+)'/m.exec(rest)?.[1];
  if (location === undefined || !location.startsWith("s3://") || !location.endsWith("/"))
    throw new Error("FAILED: SemanticException a table needs a LOCATION that is a folder in S3");
  const template = properties.get("storage.location.template");
  return {
    kind: "table",
    database: of,
    name,
    columns: names(columns),
    partitions: names(/^PARTITIONED BY \((.*)\)$/m.exec(rest)?.[1] ?? ""),
    format: /STORED AS PARQUET/.test(rest) ? "parquet" : /JsonSerDe/.test(rest) ? "json" : "tabs",
    location,
    template,
    skippedLines: Number(properties.get("skip.header.line.count") ?? 0),
    mappings: new Map(
      [...properties].flatMap(([key, value]) =>
        key.startsWith("mapping.") ? [[key.slice("mapping.".length), value] as const] : [],
      ),
    ),
  };
}

const names = (text: string) => [...text.matchAll(/`(\w+)` string/g)].map(([, name = ""]) => name);
