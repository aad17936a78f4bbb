/**
 * The sandbox's Athena: queries start, run, end and are paged as on AWS. Tables are external, over the sandbox's
 * S3; the queries run in DuckDB, which is loaded with the first one. DDL is read as Athena reads it.
 */
import { InputError } from "../../errors.ts";
import type { LogAccess, LogRow } from "../../seams/logs.ts";
import type { Clock, Random } from "../../seams/world.ts";
import type { EpochSeconds, Seconds } from "../../time.ts";
import { type JsonObject, JsonRefusal, jsonService, pageByToken, requiredText } from "../json-wire.ts";
import type { LogStore } from "./log-store.ts";
import { type ExternalTable, readDdl } from "./table-ddl.ts";
import { runInDuckDb } from "./warehouse-engine.ts";

type State = "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELLED";

interface Query {
  readonly id: string;
  readonly sql: string;
  readonly token: string;
  readonly kind: "DDL" | "DML";
  readonly startedAt: EpochSeconds;
  state: State;
  reason?: string;
  rows: readonly LogRow[];
  scannedBytes: number;
}

export interface AthenaOptions {
  readonly clock: Pick<Clock, "now">;
  readonly random: Pick<Random, "uuid">;
  readonly store: LogStore;
  /** Absent: every query fails, as without DuckDB. */
  readonly logs?: Pick<LogAccess, "workspace">;
}

/** As AWS pages. */
const PAGE = 1000;

export class Athena {
  readonly #options: AthenaOptions;
  readonly #queries = new Map<string, Query>();
  readonly #databases = new Set<string>(["default"]);
  readonly #tables = new Map<string, ExternalTable>();
  readonly #views = new Map<string, string>();
  /** The minimum duration of a query. */
  slowness: Seconds = 0;

  constructor(options: AthenaOptions) {
    this.#options = options;
  }

  /** The queries so far, newest last. */
  get queries(): readonly Pick<Query, "id" | "sql" | "state">[] {
    return [...this.#queries.values()];
  }

  service() {
    return jsonService("athena", "AmazonAthena", {
      StartQueryExecution: {
        members: [
          ...["QueryString", "WorkGroup", "ClientRequestToken", "ResultConfiguration"],
          ...["QueryExecutionContext", "ExecutionParameters"],
        ],
        run: (input) => this.#start(input),
      },
      GetQueryExecution: {
        members: ["QueryExecutionId"],
        run: (input) => ({ QueryExecution: this.#told(this.#query(input)) }),
      },
      GetQueryResults: {
        members: ["QueryExecutionId", "NextToken", "MaxResults"],
        run: (input) => this.#results(input),
      },
      StopQueryExecution: {
        members: ["QueryExecutionId"],
        run: (input) => {
          const query = this.#query(input);
          if (this.#stateOf(query) === "RUNNING") query.state = "CANCELLED";
          return {};
        },
      },
    });
  }

  #start(input: JsonObject): JsonObject {
    const sql = requiredText(input, "QueryString");
    if (Buffer.byteLength(sql) > 262_144)
      throw new JsonRefusal("InvalidRequestException", "Your query has exceeded the maximum query length");
    const token = requiredText(input, "ClientRequestToken");
    const same = [...this.#queries.values()].find((query) => query.token === token);
    if (same !== undefined) return { QueryExecutionId: same.id };
    const output = (input.ResultConfiguration as JsonObject | undefined)?.OutputLocation;
    if (output === undefined && (input.WorkGroup ?? "primary") === "primary")
      throw new JsonRefusal("InvalidRequestException", "No output location provided.");
    const query: Query = {
      id: this.#options.random.uuid(),
      sql,
      token,
      kind: /^\s*(CREATE|DROP|ALTER)\b/i.test(sql) ? "DDL" : "DML",
      startedAt: this.#options.clock.now(),
      state: "RUNNING",
      rows: [],
      scannedBytes: 0,
    };
    this.#queries.set(query.id, query);
    void this.#run(query);
    return { QueryExecutionId: query.id };
  }

  async #run(query: Query): Promise<void> {
    try {
      if (query.kind === "DDL") this.#define(query.sql);
      else {
        const { logs, store } = this.#options;
        if (logs === undefined) throw new Error("GENERIC_INTERNAL_ERROR: no engine");
        const catalog = { databases: this.#databases, tables: this.#tables, views: this.#views };
        const ran = await runInDuckDb(query.sql, catalog, store, logs);
        query.rows = ran.rows;
        query.scannedBytes = ran.scannedBytes;
      }
      if (query.state === "RUNNING") query.state = "SUCCEEDED";
    } catch (thrown) {
      if (query.state !== "RUNNING") return;
      query.state = "FAILED";
      query.reason =
        thrown instanceof InputError ? `GENERIC_USER_ERROR: ${thrown.message}` : (thrown as Error).message;
    }
  }

  #define(sql: string): void {
    const made = readDdl(sql);
    if (made.kind === "database") this.#databases.add(made.database);
    else if (!this.#databases.has(made.database))
      throw new Error(`SCHEMA_NOT_FOUND: Database ${made.database} does not exist`);
    else if (made.kind === "view") this.#views.set(`${made.database}.${made.name}`, made.sql);
    else if (!this.#tables.has(`${made.database}.${made.name}`))
      this.#tables.set(`${made.database}.${made.name}`, made);
  }

  #query(input: JsonObject): Query {
    const id = requiredText(input, "QueryExecutionId");
    const query = this.#queries.get(id);
    if (query === undefined)
      throw new JsonRefusal("InvalidRequestException", `QueryExecution ${id} was not found`);
    return query;
  }

  #stateOf({ state, startedAt }: Query): State {
    const isSlow = this.#options.clock.now() < startedAt + this.slowness;
    return state === "SUCCEEDED" && isSlow ? "RUNNING" : state;
  }

  #told(query: Query): JsonObject {
    const state = this.#stateOf(query);
    return {
      QueryExecutionId: query.id,
      Query: query.sql,
      StatementType: query.kind,
      Status: {
        State: state,
        SubmissionDateTime: query.startedAt,
        StateChangeReason: query.reason,
      },
      Statistics: { DataScannedInBytes: query.scannedBytes, EngineExecutionTimeInMillis: 1 },
    };
  }

  #results(input: JsonObject): JsonObject {
    const query = this.#query(input);
    if (this.#stateOf(query) !== "SUCCEEDED")
      throw new JsonRefusal("InvalidRequestException", "Query has not yet finished.");
    const names = Object.keys(query.rows[0] ?? {});
    const header = { Data: names.map((name) => ({ VarCharValue: name })) };
    const rows = query.rows.map((row) => ({
      Data: names.map((name) => (row[name] === null ? {} : { VarCharValue: String(row[name]) })),
    }));
    const { items, next } = pageByToken([header, ...rows], input.NextToken, PAGE);
    return {
      ResultSet: {
        Rows: items,
        ResultSetMetadata: {
          ColumnInfo: names.map((name) => ({
            CatalogName: "hive",
            Name: name,
            Type: typeOf(query.rows, name),
          })),
        },
      },
      UpdateCount: 0,
      NextToken: next,
    };
  }
}

function typeOf(rows: readonly LogRow[], name: string): string {
  const value = rows.find((row) => row[name] !== null)?.[name];
  if (typeof value === "boolean") return "boolean";
  if (typeof value !== "number") return "varchar";
  return rows.every((row) => row[name] === null || Number.isInteger(row[name])) ? "bigint" : "double";
}
