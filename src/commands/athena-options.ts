/** The flags of `keyturn logs` for Athena, and for printing queries. */
import { Option } from "commander";
import { UsageError } from "../errors.ts";
import { TABLE_FORMATS } from "../logs/athena-ddl.ts";

export function athenaOptions(): Option[] {
  return [
    new Option("--sql", "print the query instead of running it: for Athena, or --engine insights"),
    new Option("--engine <name>", "which engine runs the queries, or the SQL dialect of --sql").choices([
      "duckdb",
      "athena",
      "insights",
    ]),
    new Option("--ddl", "print the table and the view for Athena; with --yes, create them"),
    new Option("--format <name>", "which logs, if a gate has several (default: those with cookies)").choices(
      TABLE_FORMATS,
    ),
    new Option("--location <s3>", "log folder that --ddl makes a table for (default: the gate's)"),
    new Option(
      "--database <name>",
      "Athena database (default: as in keyturn.yaml, else keyturn_GATE)",
    ).argParser(database),
    new Option("--workgroup <name>", "Athena workgroup (default: as in keyturn.yaml, else primary)"),
    new Option(
      "--output-location <s3>",
      "where Athena writes results: s3://BUCKET/PREFIX/ (default: as in keyturn.yaml)",
    ),
    new Option("--hive", "--location contains year=2026/month=11/..."),
  ];
}

function database(given: string): string {
  if (/^[a-z0-9_]{1,128}$/.test(given)) return given;
  throw new UsageError("ERR_USAGE", `--database ${given} is not a valid Athena database name`, [
    "--database keyturn_app",
  ]);
}
