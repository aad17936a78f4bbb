/** DuckDB over the logs: the only door to @duckdb/node-api, an optional peer dependency that is loaded here. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { InputError } from "../../errors.ts";
import type { LogEngine, LogRow, LogValue } from "../../seams/logs.ts";
import { missingDuckDb } from "./duckdb-missing.ts";

type DuckDb = typeof import("@duckdb/node-api");

export interface OpenDuckDb extends LogEngine {
  close(): void;
}

/** Trino functions that DuckDB names differently, so that one query text works in both. */
const TRINO_FUNCTIONS = [
  "CREATE MACRO regexp_like(text, pattern) AS regexp_matches(text, pattern)",
  "CREATE MACRO from_unixtime(seconds) AS make_timestamp(CAST(seconds * 1000000 AS BIGINT))",
  "CREATE MACRO to_unixtime(instant) AS epoch(instant)",
];

/** DuckDB stops a query if its threads fill the memory with what they are reading; fewer of them only take longer. */
const MEGABYTES_PER_THREAD = 64;

/** Spills to `folder`. Throws ERR_LOG_ENGINE if DuckDB is not installed. */
export async function openDuckDb(
  folder: string,
  memoryLimit: string,
  interrupt: AbortSignal,
): Promise<OpenDuckDb> {
  const { DuckDBInstance } = await loaded();
  const threads = Math.min(
    availableParallelism(),
    Math.max(1, Math.floor(megabytes(memoryLimit) / MEGABYTES_PER_THREAD)),
  );
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: memoryLimit,
    threads: String(threads),
    temp_directory: join(folder, "spill"),
    preserve_insertion_order: "false",
    // Downloads no extensions: gzip, JSON and Parquet are built in.
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const connection = await instance.connect();
  for (const sql of TRINO_FUNCTIONS) await connection.run(sql);
  const stop = () => connection.interrupt();
  interrupt.addEventListener("abort", stop);
  return {
    threads,
    async query(sql) {
      try {
        interrupt.throwIfAborted();
        const reader = await connection.runAndReadAll(sql);
        const names = reader.columnNames();
        return reader.getRows().map((row) => rowOf(names, row));
      } catch (cause) {
        interrupt.throwIfAborted();
        // The message may quote a log line: show only its kind.
        const kind = /^[A-Za-z ]{1,40}(?=:)/.exec((cause as Error).message)?.[0] ?? "error";
        throw new InputError("ERR_LOG_ENGINE", `DuckDB stopped: ${kind}`, hintsFor(kind), cause);
      }
    },
    close() {
      interrupt.removeEventListener("abort", stop);
      connection.closeSync();
      instance.closeSync();
    },
  };
}

function megabytes(size: string): number {
  return Number.parseInt(size, 10) * (size.endsWith("GB") ? 1000 : 1);
}

async function loaded(): Promise<DuckDb> {
  try {
    return await import("@duckdb/node-api");
  } catch (cause) {
    throw missingDuckDb(cause);
  }
}

function hintsFor(kind: string): readonly string[] {
  if (kind.startsWith("Out of Memory")) return ["--memory 2GB"];
  return ["keyturn help ERR_LOG_ENGINE"];
}

function rowOf(names: readonly string[], row: readonly unknown[]): LogRow {
  return Object.fromEntries(names.map((name, at) => [name, logValue(row[at])]));
}

function logValue(value: unknown): LogValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "number" || typeof value === "boolean") return value;
  return String(value);
}
