/** Runs one query of the sandbox's Athena in DuckDB: the tables' objects are put into its private folder first. */
import type { LogAccess, LogEngine, LogRow } from "../../seams/logs.ts";
import type { LogStore, StoredObject } from "./log-store.ts";
import type { ExternalTable } from "./table-ddl.ts";

interface Catalog {
  readonly databases: ReadonlySet<string>;
  readonly tables: ReadonlyMap<string, ExternalTable>;
  /** `database.name` -> its SQL. */
  readonly views: ReadonlyMap<string, string>;
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

export async function runInDuckDb(
  sql: string,
  { databases, tables, views }: Catalog,
  store: LogStore,
  logs: Pick<LogAccess, "workspace">,
): Promise<{ readonly rows: readonly LogRow[]; readonly scannedBytes: number }> {
  for (const [, database = "", name = ""] of sql.matchAll(/\bFROM "(\w+)"\."(\w+)"/g)) {
    const full = `${database}.${name}`;
    if (!tables.has(full) && !views.has(full))
      throw new Error(`TABLE_NOT_FOUND: line 1:1: Table 'awsdatacatalog.${full}' does not exist`);
  }
  const workspace = await logs.workspace({ memoryLimit: "512MB" });
  try {
    for (const database of databases)
      await workspace.engine.query(`CREATE SCHEMA IF NOT EXISTS "${database}"`);
    let scannedBytes = 0;
    for (const table of tables.values()) {
      if (!sql.includes(`"${table.database}"."${table.name}"`) && !usesViewOf(sql, table, views)) continue;
      const found = await openedBy(sql, table, objectsOf(table, store), workspace.engine);
      scannedBytes += found.reduce((total, { object }) => total + object.body.length, 0);
      await workspace.engine.query(`CREATE TABLE "${table.database}"."${table.name}" (${columnsOf(table)})`);
      for (const [at, { object, values }] of found.entries()) {
        const path = await workspace.files.keep(`${table.name}-${at}`, object.body);
        await workspace.engine.query(
          insertText(table, path, object.body, [...values, pathOf(table, object)]),
        );
      }
    }
    for (const [name, view] of views) {
      const [database, short] = name.split(".");
      if (sql.includes(`"${database}"."${short}"`))
        await workspace.engine.query(`CREATE VIEW "${database}"."${short}" AS ${view}`);
    }
    return { rows: await workspace.engine.query(sql), scannedBytes };
  } finally {
    await workspace.close();
  }
}

const usesViewOf = (sql: string, { database }: ExternalTable, views: ReadonlyMap<string, string>) =>
  [...views.keys()].some((name) => name.startsWith(`${database}.`) && sql.includes(`"${database}"."logs"`));

/** Hive's hidden column is the last one. */
const columnsOf = ({ columns, partitions }: ExternalTable) =>
  [...columns, ...partitions, "$path"].map((name) => `"${name}" VARCHAR`).join(", ");
const pathOf = ({ location }: ExternalTable, { key }: StoredObject) =>
  `${location.split("/").slice(0, 3).join("/")}/${key}`;

/**
 * Prunes as Trino does: an object is not opened if its partition and path alone make the condition false. Columns that
 * depend on the object's lines are NULL here.
 */
async function openedBy(
  sql: string,
  table: ExternalTable,
  found: readonly Found[],
  engine: LogEngine,
): Promise<readonly Found[]> {
  const { database, name, columns } = table;
  const [, where] = new RegExp(`FROM "${database}"\\."${name}" WHERE (.*?)\\) fields`).exec(sql) ?? [];
  if (where === undefined || found.length === 0) return found;
  await engine.query(`CREATE OR REPLACE TEMP TABLE objects ("at" INTEGER, ${columnsOf(table)})`);
  const rows = found.map(({ object, values }, at) =>
    [at, ...columns.map(() => "NULL"), ...[...values, pathOf(table, object)].map(literal)].join(", "),
  );
  await engine.query(`INSERT INTO objects VALUES ${rows.map((row) => `(${row})`).join(", ")}`);
  const opened = await engine.query(`SELECT "at" FROM objects WHERE (${where}) IS NOT FALSE`);
  const numbers = new Set(opened.map(({ at }) => at));
  return found.filter((_, at) => numbers.has(at));
}

interface Found {
  readonly object: StoredObject;
  /** Values of the partition columns. */
  readonly values: readonly string[];
}

/** Below the location; where partitions are projected, only in folders that the template makes. */
function objectsOf({ location, template, partitions }: ExternalTable, store: LogStore): Found[] {
  const [, bucket = "", prefix = ""] = /^s3:\/\/([^/]+)\/(.*)$/.exec(location) ?? [];
  const objects = (store.objects(bucket) ?? []).filter(({ key }) => key.startsWith(prefix));
  if (template === undefined) {
    // Hive hides what starts with a dot or an underscore.
    return objects.map((object) => ({ object, values: [] }));
  }
  const pattern = template
    .replace(/^s3:\/\/[^/]+\//, "")
    .split(/\$\{(\w+)\}/)
    .map((part, at) => (at % 2 === 0 ? part.replace(/[.*+?^$()[\]{}|\\]/g, "\\$&") : `(?<${part}>[^/]+)`))
    .join("");
  const folder = new RegExp(`^${pattern}/[^/]*$`);
  return objects.flatMap((object) => {
    const groups = folder.exec(object.key)?.groups;
    return groups === undefined ? [] : [{ object, values: partitions.map((name) => groups[name] ?? "") }];
  });
}

function insertText(table: ExternalTable, path: string, body: Uint8Array, values: readonly string[]) {
  const { columns, format, mappings, skippedLines } = table;
  const isGz = body[0] === 0x1f && body[1] === 0x8b;
  const last = [...table.partitions, "$path"];
  const more = values.map((value) => `, ${literal(value)}`).join("");
  const into = `INSERT INTO "${table.database}"."${table.name}"`;
  const compression = `compression = '${isGz ? "gzip" : "none"}'`;
  const lines = `read_csv(${literal(path)}, columns = {'line': 'VARCHAR'}, header = false, delim = '\u0001\u001f\u0002\u001e', quote = '', escape = '', auto_detect = false, ${compression}, strict_mode = false, ignore_errors = true, skip = ${format === "tabs" ? skippedLines : 0}, max_line_size = 2500000)`;
  if (format === "parquet") {
    const selected = columns.map((name) => `"${name}"`).join(", ");
    return `${into} BY NAME SELECT * FROM (SELECT ${selected}${values.map((value, at) => `, ${literal(value)} AS "${last[at]}"`).join("")} FROM (SELECT ${columns.map((name) => `CAST(NULL AS VARCHAR) AS "${name}"`).join(", ")} WHERE FALSE UNION ALL BY NAME SELECT * FROM read_parquet(${literal(path)})))`;
  }
  if (format === "json") {
    const paths = columns.map((name) => literal(`$."${mappings.get(name) ?? name}"`)).join(", ");
    const selected = columns.map((_, at) => `parts[${at + 1}]`).join(", ");
    return `${into} SELECT ${selected}${more} FROM (SELECT json_extract_string(CASE WHEN json_valid(line) THEN line END, [${paths}]) AS parts FROM ${lines}) WHERE parts IS NOT NULL`;
  }
  const selected = columns.map((_, at) => `parts[${at + 1}]`).join(", ");
  return `${into} SELECT ${selected}${more} FROM (SELECT string_split(line, chr(9)) AS parts FROM ${lines})`;
}
