/** Loads files into the engine as the view `logs`, and reports what each file was. */
import { InputError } from "../errors.ts";
import type { LogFiles, LogRow, LogWorkspace } from "../seams/logs.ts";
import { batchesOf, LINE_COLUMNS, type LogFile, localFields } from "./local-source.ts";
import { type LogForm, layoutOf, logForm } from "./log-form.ts";
import { numberValue, textValue } from "./row-values.ts";
import { instantLiteral, textLiteral } from "./sql-text.ts";
import { VIEW_COLUMNS, type ViewSettings, viewText } from "./view.ts";

export interface LogSource {
  readonly path: string;
  readonly format: LogForm["name"] | "unknown";
  readonly lines: number;
  readonly damaged: number;
  /** What is wrong with the whole file. */
  readonly trouble?:
    | "not an access log"
    | "cut off or damaged"
    | "contains differing lists of fields"
    | "empty";
}

/** How much of a file to look at: first enough for a header, then for some records, then for a huge field. */
const STARTS = [16_384, 262_144, 8_388_608] as const;

export async function detectSources(
  paths: readonly string[],
  files: LogFiles,
  fields: readonly string[] | undefined,
): Promise<{ readonly readable: readonly LogFile[]; readonly others: readonly LogSource[] }> {
  const readable: LogFile[] = [];
  const others: LogSource[] = [];
  for (const given of paths) {
    const file = await detect(given, files, fields);
    const path = files.shown(given);
    if (typeof file === "object") readable.push(file);
    else others.push({ path, format: "unknown", lines: 0, damaged: 0, trouble: file });
  }
  return { readable, others };
}

async function detect(
  path: string,
  files: LogFiles,
  fields: readonly string[] | undefined,
  isRewritten = false,
): Promise<LogFile | "empty" | "not an access log"> {
  for (const count of STARTS) {
    const { bytes, ...rest } = await files.start(path, count);
    if (bytes.length === 0) return rest.length === 0 ? "empty" : "not an access log";
    const form = logForm(bytes, fields);
    // The names of JSON's fields are those of the records seen, and not every record needs to have them all.
    const isSure = form?.kind !== "json" || count > STARTS[0] || bytes.length < count;
    if (form !== undefined && isSure) return { path, ...rest, form };
    if (!isRewritten && (bytes.length < count || count === STARTS.at(-1)))
      return ofLayout(path, bytes, files, fields);
    if (bytes.length < count) break;
  }
  return "not an access log";
}

async function ofLayout(
  path: string,
  start: Uint8Array,
  files: LogFiles,
  fields: readonly string[] | undefined,
): ReturnType<typeof detect> {
  const encoding = layoutOf(start);
  if (encoding === undefined) return "not an access log";
  return detect(await files.rewritten(path, encoding), files, fields, encoding === "utf-8");
}

/** Little: each thread keeps one in memory. */
const ROW_GROUP = "ROW_GROUP_SIZE 30720, ROW_GROUP_SIZE_BYTES '16MB'";

/**
 * Reads all files once, and keeps the columns that `texts` use; `logs` is a view over them. They are kept as Parquet:
 * a table of DuckDB's would fill its memory up to the limit. `keep`: only these lines.
 */
export async function loadSources(
  readable: readonly LogFile[],
  texts: readonly string[],
  settings: ViewSettings,
  { engine, files, folder }: Pick<LogWorkspace, "engine" | "files" | "folder">,
  keep?: string,
): Promise<readonly LogSource[]> {
  const columns = columnsIn(texts);
  // Columns that only queries about denials use are kept only for denied lines, which are few.
  const ofAll = columnsIn(texts.filter((text) => !/\bWHERE is_denied\b/.test(text)));
  const parquet = new Map<string, readonly string[]>();
  for (const { path, form } of readable) {
    if (form.kind !== "parquet") continue;
    const described = await engine.query(
      `DESCRIBE SELECT * FROM read_parquet(${textLiteral(path.replace(/[*?[]/g, "[$&]"))})`,
    );
    parquet.set(
      path,
      described.map((row) => String(row.column_name)),
    );
  }
  const { from, to, ...rest } = settings;
  const kept = { all: [...new Set([...ofAll, "at_time", "status", "is_denied"])], ofDenied: columns };
  const kind =
    "CASE WHEN line_kind = 'line' AND (at_time IS NULL OR status IS NULL) THEN 'damaged' ELSE line_kind END";
  const selected = `SELECT *${columns.includes("status") ? "" : " EXCLUDE (status)"} REPLACE (${kind} AS line_kind)`;
  const where = keep === undefined ? "" : ` WHERE line_kind <> 'line' OR ${keep}`;
  const pieces: string[] = [];
  for (const batch of batchesOf(readable, engine.threads)) {
    const piece = textLiteral(`${folder}/lines-${pieces.length}.parquet`);
    const lines = viewText(localFields(batch, parquet), rest, kept, LINE_COLUMNS);
    await engine.query(
      `COPY (${selected} FROM (${lines}) lines${where}) TO ${piece} (FORMAT parquet, ${ROW_GROUP})`,
    );
    pieces.push(piece);
  }
  await engine.query(
    `CREATE VIEW log_lines AS SELECT * FROM read_parquet([${pieces.join(", ")}], hive_partitioning = false)`,
  );
  const within = [
    "line_kind = 'line'",
    ...(from === undefined ? [] : [`at_time >= ${instantLiteral(from)}`]),
    ...(to === undefined ? [] : [`at_time < ${instantLiteral(to)}`]),
  ];
  await engine.query(`CREATE VIEW logs AS SELECT * FROM log_lines WHERE ${within.join(" AND ")}`);
  const hasText = readable.some(({ form }) => form.kind !== "parquet");
  return countedSources(readable, await countLines(engine, hasText), files, keep === undefined);
}

/** Every column of the view that a query uses. */
function columnsIn(texts: readonly string[]): readonly string[] {
  const words = new Set(texts.flatMap((text) => text.match(/\b[a-z_0-9]+\b/g) ?? []));
  return VIEW_COLUMNS.filter((name) => words.has(name));
}

/** DuckDB puts lines that it refused (too long, or not UTF-8) into separate tables, which exist once it has read text. */
async function countLines(engine: LogWorkspace["engine"], hasText: boolean): Promise<readonly LogRow[]> {
  const refused = `UNION ALL
  SELECT scans.file_path AS file, 0 AS lines, COUNT(DISTINCT errors.line) AS damaged, 0 AS other_fields, 0 AS length
  FROM reject_errors errors JOIN reject_scans scans ON errors.scan_id = scans.scan_id AND errors.file_id = scans.file_id
  GROUP BY 1`;
  return engine.query(`SELECT file, SUM(lines) AS lines, SUM(damaged) AS damaged, SUM(other_fields) AS other_fields, SUM(length) AS length
FROM (
  SELECT file, COUNT_IF(line_kind = 'line') AS lines, COUNT_IF(line_kind = 'damaged') AS damaged, COUNT_IF(line_kind = 'other-fields') AS other_fields, SUM(bytes) + COUNT(*) AS length
  FROM log_lines
  GROUP BY 1
  ${hasText ? refused : ""}
)
GROUP BY 1`);
}

async function countedSources(
  readable: readonly LogFile[],
  counts: readonly LogRow[],
  files: LogFiles,
  isAllKept: boolean,
): Promise<LogSource[]> {
  const byPath = new Map(counts.map((row) => [textValue(row, "file"), row]));
  const sources: LogSource[] = [];
  for (const file of readable) {
    const row = byPath.get(file.path) ?? {};
    const isCut =
      isAllKept && file.compression === "gzip" && (await isDamaged(file, numberValue(row, "length"), files));
    const trouble = isCut
      ? ("cut off or damaged" as const)
      : numberValue(row, "other_fields") > 0
        ? ("contains differing lists of fields" as const)
        : undefined;
    sources.push({
      path: files.shown(file.path),
      format: file.form.name,
      lines: numberValue(row, "lines"),
      damaged: numberValue(row, "damaged"),
      trouble,
    });
  }
  return sources;
}

/** Compares the length that the file claims with what was read; rechecks the whole file only if they differ. */
async function isDamaged({ path, length }: LogFile, read: number, files: LogFiles): Promise<boolean> {
  if (length === read % 2 ** 32 || length === (read - 1) % 2 ** 32) return false;
  return !(await files.isWhole(path));
}

/** Throws ERR_LOG_UNREADABLE. */
export function requireReadable(
  readable: readonly LogFile[],
  others: readonly LogSource[],
  hasFields: boolean,
): void {
  if (readable.length > 0) return;
  const [first] = others;
  const which = others.length === 1 ? (first?.path ?? "") : `none of ${others.length} files`;
  throw new InputError(
    "ERR_LOG_UNREADABLE",
    others.length === 1 ? `${which} is ${first?.trouble}` : `${which} is an access log`,
    hasFields
      ? ["check --fields: it must name as many fields as a line has"]
      : [
          "real-time logs contain no field names: `keyturn logs FILE --fields 'timestamp,c-ip,...'`",
          "keyturn help logs",
        ],
  );
}
