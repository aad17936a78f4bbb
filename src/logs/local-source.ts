/**
 * Reads local files with DuckDB: each line as a whole, then split by the field names of its file. So one
 * damaged line costs only itself, and every format ends up in the same relation, `fields` of view.ts.
 */
import { fieldName, LOG_FIELDS, type LogField } from "./field-names.ts";
import { INNER_DELIMITERS, isInValues, type LogForm } from "./log-form.ts";
import { textLiteral } from "./sql-text.ts";

export interface LogFile {
  readonly path: string;
  readonly compression: "none" | "gzip";
  readonly form: LogForm;
  /** Bytes on disk. */
  readonly size: number;
  /** Uncompressed, as far as the file tells. */
  readonly length: number;
}

/** Longer lines count as damaged; CloudFront logs no request with more than 32 KB of headers. */
const LONGEST_LINE = 2_500_000;
/** Each thread fills several; DuckDB's own choice for such lines is 40 MB. */
const BUFFER = 8_000_000;
/** More than two buffers. */
const LARGE_FILE = 16_000_000;

/**
 * The files to read in each statement. With more than two files per thread, DuckDB gives every thread its own file and
 * keeps everything read from it until the file ends. Otherwise threads share a file, and it drops what it has read.
 */
export function batchesOf(files: readonly LogFile[], threads: number): readonly (readonly LogFile[])[] {
  const isLarge = ({ form, size, length }: LogFile) =>
    form.kind !== "parquet" && Math.max(size, length) > LARGE_FILE;
  const large = files.filter(isLarge);
  const batches = [files.filter((file) => !isLarge(file))];
  for (let at = 0; at < large.length; at += 2 * threads) batches.push(large.slice(at, at + 2 * threads));
  return batches.filter(({ length }) => length > 0);
}

/** Columns beside the fields of each line. `line_kind`: `line`, `damaged`, `header`, `other-fields`. */
export const LINE_COLUMNS = ["file", "bytes", "line_kind"] as const;

/** All files as one relation; files of the same format are read together. `parquetColumns`: by path. */
export function localFields(
  files: readonly LogFile[],
  parquetColumns: ReadonlyMap<string, readonly string[]>,
): string {
  const groups = new Map<string, LogFile[]>();
  for (const file of files) {
    const columns = parquetColumns.get(file.path) ?? [];
    const key = JSON.stringify([file.compression, file.form, columns]);
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  const selects = [...groups.values()].map((group) => {
    const [{ form, path }] = group as [LogFile];
    if (form.kind === "parquet") return parquetFields(group, parquetColumns.get(path) ?? []);
    return form.kind === "json" ? jsonFields(group, form) : delimitedFields(group, form);
  });
  return `(${selects.join("\nUNION ALL\n")})`;
}

function delimitedFields(group: readonly LogFile[], form: LogForm & { kind: "delimited" }): string {
  const names = form.names.map(fieldName);
  const fields = selectFields((field) => {
    const at = names.indexOf(field);
    return at < 0 ? undefined : partOf(at + 1, form.delimiter);
  });
  const spelled = textLiteral(`fields_${names.join("_")}`);
  // Nested CASE: DuckDB evaluates both sides of an AND for every line, but the branches of a CASE only where they apply.
  const kind = `CASE WHEN line LIKE '#%' THEN CASE WHEN line LIKE '#Fields:%' THEN CASE WHEN trim(regexp_replace(lower(line), '[^a-z0-9]+', '_', 'g'), '_') <> ${spelled} THEN 'other-fields' ELSE 'header' END ELSE 'header' END WHEN line = '' THEN 'header' WHEN len(parts) <> ${names.length} THEN 'damaged' ELSE 'line' END`;
  return `SELECT filename AS file, strlen(line) AS bytes, ${kind} AS line_kind, ${isCutOff(names)} AS is_cut_off, ${fields}
FROM (SELECT filename, line, ${partsOf(form.delimiter)} AS parts FROM ${linesOf(group)})`;
}

function partsOf(delimiter = "\t"): string {
  const inner = isInValues(delimiter) ? INNER_DELIMITERS : [];
  const line = inner.reduce(
    (text, [blank, stand]) =>
      `replace(${text}, ${textLiteral(`${delimiter}${blank}`)}, ${textLiteral(stand)})`,
    "line",
  );
  return `string_split(${line}, ${delimiter === "\t" ? "chr(9)" : textLiteral(delimiter)})`;
}

function partOf(at: number, delimiter = "\t"): string {
  const inner = isInValues(delimiter) ? INNER_DELIMITERS : [];
  return inner.reduce(
    (text, [blank, stand]) =>
      `replace(${text}, ${textLiteral(stand)}, ${textLiteral(`${delimiter}${blank}`)})`,
    `parts[${at}]`,
  );
}

/** Real-time logs call the time `timestamp`, and cut cookies off. */
const isCutOff = (names: readonly string[]) => (names.includes("timestamp") ? "TRUE" : "FALSE");

function jsonFields(group: readonly LogFile[], form: LogForm & { kind: "json" }): string {
  const spelled = new Map(form.names.map((name) => [fieldName(name), name]));
  const paths = LOG_FIELDS.map((field) => `$."${spelled.get(field) ?? field}"`);
  const fields = selectFields((field) => `parts[${LOG_FIELDS.indexOf(field) + 1}]`);
  const record = form.name === "cloudwatch" ? UNWRAPPED : "line";
  const notRecord =
    form.name === "cloudwatch" ? "record IS NULL OR NOT regexp_matches(record, '^\\s*\\{')" : "FALSE";
  const kind = `CASE WHEN trim(line) IN ('', '[', ']', '{', '}', '},') OR ${notRecord} THEN 'header' WHEN parts IS NULL THEN 'damaged' ELSE 'line' END`;
  const list = paths.map(textLiteral).join(", ");
  return `SELECT file, bytes, ${kind} AS line_kind, ${isCutOff(form.names.map(fieldName))} AS is_cut_off, ${fields}
FROM (SELECT filename AS file, strlen(line) AS bytes, line, record, json_extract_string(CASE WHEN json_valid(record) THEN record END, [${list}]) AS parts
FROM (SELECT filename, line, ${record} AS record FROM ${linesOf(group)}))`;
}

/**
 * Extracts a record from CloudWatch Logs output: `aws logs tail` and exports put a time before it; an event of
 * `filter-log-events` or Insights has it in `message`, on one line or several.
 */
const UNWRAPPED = `CASE
  WHEN regexp_matches(line, '^\\s*"@?message"\\s*:') THEN COALESCE(json_extract_string(CASE WHEN json_valid('{' || rtrim(trim(line), ',') || '}') THEN '{' || rtrim(trim(line), ',') || '}' END, '$.message'), json_extract_string(CASE WHEN json_valid('{' || rtrim(trim(line), ',') || '}') THEN '{' || rtrim(trim(line), ',') || '}' END, '$."@message"'))
  WHEN regexp_matches(line, '^\\s*\\{') THEN COALESCE(json_extract_string(CASE WHEN json_valid(line) THEN line END, '$.message'), json_extract_string(CASE WHEN json_valid(line) THEN line END, '$."@message"'), line)
  WHEN regexp_matches(line, '^\\d{4}-\\d\\d-\\d\\dT|^\\d{13}\\s') AND strpos(line, '{') > 0 THEN substr(line, strpos(line, '{')) END`;

function parquetFields(group: readonly LogFile[], columns: readonly string[]): string {
  const spelled = new Map(columns.map((name) => [fieldName(name), name]));
  const fields = selectFields((field) => {
    const name = spelled.get(field);
    return name === undefined ? undefined : `CAST("${name.replaceAll('"', '""')}" AS VARCHAR)`;
  });
  return `SELECT filename AS file, CAST(0 AS BIGINT) AS bytes, 'line' AS line_kind, ${isCutOff([...spelled.keys()])} AS is_cut_off, ${fields}
FROM read_parquet(${pathList(group)}, filename = true)`;
}

function selectFields(expression: (field: LogField) => string | undefined): string {
  return LOG_FIELDS.map((field) => {
    const found = expression(field);
    const value = found === undefined ? "CAST(NULL AS VARCHAR)" : `NULLIF(NULLIF(${found}, '-'), '')`;
    return `${value} AS "${field}"`;
  }).join(", ");
}

/** Reads lines without a delimiter: delimiters differ, and a stray one must damage only its own line. */
function linesOf(group: readonly LogFile[]): string {
  const [{ compression }] = group as [LogFile];
  return `read_csv(${pathList(group)}, columns = {'line': 'VARCHAR'}, header = false, delim = '\u0001\u001f\u0002\u001e', quote = '', escape = '', comment = '', auto_detect = false, compression = '${compression}', max_line_size = ${LONGEST_LINE}, buffer_size = ${BUFFER}, store_rejects = true, rejects_limit = 0, strict_mode = false, filename = true)`;
}

const pathList = (group: readonly LogFile[]) =>
  `[${group.map(({ path }) => textLiteral(literalGlob(path))).join(", ")}]`;

/** DuckDB treats a path as a glob. */
const literalGlob = (path: string) => path.replace(/[*?[]/g, "[$&]");
