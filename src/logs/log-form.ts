/** Recognizes a file's CloudFront log format by its first bytes. */
import { isRecord } from "../is-record.ts";
import { fieldsLine, V1_FIELDS } from "./field-names.ts";

export type LogForm =
  /** Tab-separated: v1, w3c, plain, real-time. `names` as spelled in the log. */
  | { readonly kind: "tabs"; readonly name: "v1" | "w3c" | "fields"; readonly names: readonly string[] }
  /** One JSON object per line: v2, bare or as CloudWatch Logs returns it. */
  | { readonly kind: "json"; readonly name: "json" | "cloudwatch"; readonly names: readonly string[] }
  | { readonly kind: "parquet"; readonly name: "parquet" };

/**
 * Undefined unless it is an access log. `given`: the names from `--fields`, only for lines without a header.
 */
export function logForm(start: Uint8Array, given?: readonly string[]): LogForm | undefined {
  const text = new TextDecoder().decode(start);
  if (text.startsWith("PAR1")) return { kind: "parquet", name: "parquet" };
  const lines = text.split(/\r?\n/);
  const names = lines.map(fieldsLine).find((found) => found !== undefined);
  if (names !== undefined) return { kind: "tabs", name: isV1(names) ? "v1" : "w3c", names };
  const records = lines.flatMap(jsonRecord);
  const [first] = records;
  if (first !== undefined) {
    const keys = [...new Set(records.flatMap(({ record }) => Object.keys(record)))];
    return { kind: "json", name: first.isBare ? "json" : "cloudwatch", names: keys.filter(isPlainName) };
  }
  if (given !== undefined && lines.some((line) => line.split("\t").length === given.length))
    return { kind: "tabs", name: "fields", names: given };
  // A piece of a v1 file, without the header.
  if (
    lines.some((line) => line.split("\t").length === V1_FIELDS.length && /^\d{4}-\d\d-\d\d\t\d\d:/.test(line))
  )
    return { kind: "tabs", name: "v1", names: V1_FIELDS };
  return undefined;
}

const isV1 = (names: readonly string[]) => names.join(" ") === V1_FIELDS.join(" ");

/** A name that is safe in a JSON path. */
const isPlainName = (name: string) => /^[\w()-]{1,60}$/.test(name);

interface JsonRecord {
  readonly record: Readonly<Record<string, unknown>>;
  /** Is the line a bare record, without a CloudWatch Logs wrapper? */
  readonly isBare: boolean;
}

function jsonRecord(line: string): readonly JsonRecord[] {
  const bare = parsed(line);
  if (bare !== undefined && isAccessRecord(bare)) return [{ record: bare, isBare: true }];
  const message = bare ?? parsed(`{${line.trim().replace(/,$/, "")}}`);
  const inside = message?.message ?? message?.["@message"];
  const text =
    typeof inside === "string" ? inside : /^(?:\d{4}-\d\d-\d\dT|\d{13}\s)[^{]*(\{.*)$/.exec(line)?.[1];
  const record = text === undefined ? undefined : parsed(text);
  return record !== undefined && isAccessRecord(record) ? [{ record, isBare: false }] : [];
}

/** A field that every useful selection has. */
const isAccessRecord = (record: Readonly<Record<string, unknown>>) =>
  Object.keys(record).some((key) => /^(x[-_]edge[-_]|sc[-_]status$|c[-_]ip$|cs[-_(])/.test(key));

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
