/** Athena: one query at a time, started, awaited, read page by page; stopped there too when it is interrupted here. */
import {
  AthenaClient,
  type AthenaClientConfig,
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  type QueryExecution,
  type ResultSet,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
} from "@aws-sdk/client-athena";
import { InputError } from "../../errors.ts";
import type { LogRow, LogValue, LogWarehouse } from "../../seams/logs.ts";
import { type Bounds, boundExchanges } from "./bounded-exchange.ts";
import { type AwsCalls, WRITE_GRACE_PERIOD } from "./call.ts";
import type { CloudClientOptions } from "./client-settings.ts";
import type { CallName } from "./errors.ts";

/** Athena's own limit, in bytes of UTF-8. */
const LONGEST_QUERY = 262_144;
/** Between two polls, doubling. */
const [FIRST_WAIT, LONGEST_WAIT] = [0.2, 3];

export function athenaWarehouse(
  config: object,
  bounds: Omit<Bounds, "by">,
  calls: AwsCalls,
  { clock, random, interrupt }: Pick<CloudClientOptions, "clock" | "random" | "interrupt">,
): LogWarehouse {
  const client = new AthenaClient(config as AthenaClientConfig);
  boundExchanges(client, { ...bounds, by: "Athena" });

  async function ended(id: string): Promise<QueryExecution> {
    for (let wait = FIRST_WAIT; ; wait = Math.min(LONGEST_WAIT, wait * 2)) {
      const { QueryExecution: execution } = await calls.read(
        nameOf("GetQueryExecution", `query ${id}`),
        (options) => client.send(new GetQueryExecutionCommand({ QueryExecutionId: id }), options),
      );
      const state = execution?.Status?.State;
      if (execution !== undefined && state !== "QUEUED" && state !== "RUNNING") return execution;
      await clock.sleep(wait, interrupt);
    }
  }

  async function rowsOf(id: string): Promise<LogRow[]> {
    const rows: LogRow[] = [];
    let token: string | undefined;
    let isFirst = true;
    do {
      const { ResultSet: set, NextToken } = await calls.read(
        nameOf("GetQueryResults", `query ${id}`),
        (options) =>
          client.send(new GetQueryResultsCommand({ QueryExecutionId: id, NextToken: token }), options),
      );
      // The first page of a SELECT starts with the column names.
      rows.push(...typedRows(set, isFirst));
      isFirst = false;
      token = NextToken || undefined;
    } while (token !== undefined);
    return rows;
  }

  /** AWS would otherwise finish the query, and charge for it. */
  async function stop(id: string): Promise<void> {
    const abortSignal =
      clock.deadline?.(WRITE_GRACE_PERIOD) ?? AbortSignal.timeout(WRITE_GRACE_PERIOD * 1000);
    await client
      .send(new StopQueryExecutionCommand({ QueryExecutionId: id }), { abortSignal })
      .catch(() => undefined);
  }

  return {
    async run(sql, { workgroup = "primary", outputLocation }) {
      if (Buffer.byteLength(sql) > LONGEST_QUERY) {
        throw new InputError("ERR_LOG_ENGINE", `Athena takes queries of at most ${LONGEST_QUERY} bytes`, [
          "name fewer routes, or read files: `keyturn logs --since 2h`",
        ]);
      }
      const input = {
        QueryString: sql,
        WorkGroup: workgroup,
        // Identifies the query, so that a repeated start finds the running one.
        ClientRequestToken: random.uuid(),
        ResultConfiguration: outputLocation === undefined ? undefined : { OutputLocation: outputLocation },
      };
      // Sent as a write, so that an interrupt waits for the query's id and can stop the query.
      const { QueryExecutionId: id = "" } = await calls.write(
        nameOf("StartQueryExecution", `workgroup ${workgroup}`),
        (options) => client.send(new StartQueryExecutionCommand(input), options),
      );
      try {
        interrupt.throwIfAborted();
        const { Status, Statistics, StatementType } = await ended(id);
        if (Status?.State !== "SUCCEEDED") throw failed(Status);
        const rows = StatementType === "DDL" ? [] : await rowsOf(id);
        return { rows, scannedBytes: Number(Statistics?.DataScannedInBytes ?? 0) };
      } catch (thrown) {
        if (interrupt.aborted) await stop(id);
        throw thrown;
      }
    },
  };
}

const nameOf = (operation: string, subject: string): CallName => ({
  action: `athena:${operation}`,
  subject,
  role: "log-reader",
});

/** Its reason may quote a line of the logs: only the kind, and a name in quotes, are passed on. */
function failed(status: QueryExecution["Status"]): InputError {
  const reason = status?.AthenaError?.ErrorMessage ?? status?.StateChangeReason ?? "";
  const kind = /^[A-Z][A-Z_]{3,60}(?=:)/.exec(reason)?.[0] ?? status?.State ?? "FAILED";
  const isMissing = /TABLE_NOT_FOUND|SCHEMA_NOT_FOUND|does not exist|not found/i.test(reason);
  const isForbidden = /access denied|not authorized|insufficient permissions/i.test(reason);
  const why = isForbidden ? "access denied, to the data or the output location" : kind;
  return new InputError("ERR_LOG_ENGINE", `Athena ended the query: ${why}`, [
    ...(isMissing ? ["keyturn logs --ddl --yes"] : []),
    ...(isForbidden ? ["keyturn iam --role log-reader"] : []),
    "keyturn help ERR_LOG_ENGINE",
  ]);
}

const NUMBERS = /^(tinyint|smallint|integer|int|bigint|float|real|double|decimal)/;

function typedRows(set: ResultSet | undefined, hasHeader: boolean): LogRow[] {
  const columns = set?.ResultSetMetadata?.ColumnInfo ?? [];
  return (set?.Rows ?? [])
    .slice(hasHeader ? 1 : 0)
    .map(({ Data = [] }) =>
      Object.fromEntries(
        columns.map(({ Name = "", Type = "" }, at) => [Name, typed(Data[at]?.VarCharValue, Type)]),
      ),
    );
}

function typed(text: string | undefined, type: string): LogValue {
  if (text === undefined) return null;
  if (NUMBERS.test(type)) return Number(text);
  return type === "boolean" ? text === "true" : text;
}
