/** Runs the same questions in Athena. Each query starts with the view, so only the table has to exist. */
import type { LogWarehouse } from "../seams/logs.ts";
import type { World } from "../seams/world.ts";
import { type Answers, askQuestions, type QuestionRun } from "./ask.ts";
import { type LinesOptions, linesRelation } from "./athena-ddl.ts";
import type { AthenaTable } from "./athena-tables.ts";
import type { TimeRange } from "./period.ts";
import { type ViewSettings, viewText } from "./view.ts";

export interface AthenaAnswers extends Answers {
  readonly queries: number;
  readonly scannedBytes: number;
}
export interface AthenaRequest {
  readonly questionRun: QuestionRun;
  readonly table: AthenaTable;
  readonly form: Omit<LinesOptions, "database" | "within">;
  readonly view: ViewSettings;
  readonly within: TimeRange;
}

/** In US dollars, in most regions (Athena pricing); a query costs at least that of 10 MB. */
export const PER_TERABYTE = 5;
const LEAST_BYTES = 10_000_000;

export async function askAthena(
  { questionRun, table, form, view, within }: AthenaRequest,
  warehouse: LogWarehouse,
  { terminal }: Pick<World, "terminal">,
): Promise<AthenaAnswers> {
  const relation = linesRelation({ ...form, database: table.database, within });
  const logs = viewText(relation, { ...view, ...within });
  let [queries, scannedBytes] = [0, 0];
  const answers = await askQuestions(questionRun, async (sql) => {
    queries += 1;
    if (terminal.interactive) terminal.progress(`Athena: query ${queries} is running`);
    const answer = await warehouse.run(withLogs(logs, sql), table);
    scannedBytes += answer.scannedBytes;
    return answer.rows;
  });
  return { ...answers, queries, scannedBytes };
}

/** `WITH logs AS (...)`, joined with the query's own WITH, if it has one. */
function withLogs(logs: string, sql: string): string {
  const own = /^\s*WITH\s+/i.exec(sql)?.[0];
  return `WITH logs AS (\n${logs}\n)${own === undefined ? `\n${sql}` : `,\n${sql.slice(own.length)}`}`;
}

/** The least that so many bytes cost. */
export function dollars(scannedBytes: number, queries: number): number {
  return (Math.max(scannedBytes, queries * LEAST_BYTES) / 1e12) * PER_TERABYTE;
}
