/** Parquet as CloudFront's v2 writes it: names with underscores, all strings. Written by DuckDB. */
import { DuckDBInstance } from "@duckdb/node-api";
import { logFile } from "./asked-logs.ts";

export async function parquetFile(jsonLines: string): Promise<string> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const json = logFile(jsonLines, "json");
  const first = JSON.parse(jsonLines.split("\n", 1)[0] as string) as Record<string, string>;
  const columns = Object.keys(first).map((name) => `'${name}': 'VARCHAR'`);
  const renamed = Object.keys(first).map(
    (name) =>
      `"${name}" AS ${name
        .replace(/[()-]+/g, "_")
        .replace(/_$/, "")
        .toLowerCase()}`,
  );
  const path = json.replace(/json$/, "parquet");
  await connection.run(
    `COPY (SELECT ${renamed.join(", ")} FROM read_json('${json}', format = 'newline_delimited', columns = {${columns.join(", ")}})) TO '${path}' (FORMAT parquet)`,
  );
  connection.closeSync();
  instance.closeSync();
  return path;
}
