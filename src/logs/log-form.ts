/** Which of CloudFront's log formats a file has, from its first bytes alone. */
import { isRecord } from "../is-record.ts";
import { fieldsLine, V1_FIELDS } from "./field-names.ts";

export type LogForm =
  /** Tab separated: v1, w3c, plain, real-time. `names` are as spelled in the log. */
  | { readonly kind: "tabs"; readonly name: "v1" | "w3c" | "fields"; readonly names: readonly string[] }
  /** One JSON object a line: v2, bare or as CloudWatch Logs hands it out. */
  | { readonly kind: "json"; readonly name: "json" | "cloudwatch"; readonly names: readonly string[] }
  | { readonly kind: "parquet"; readonly name: "parquet" };

/**
 * Undefined for what is no access log. `given` are the names of `--fields`: for lines without a header, and only those.
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
  // Cut out of a v1 file, without its header.
  if (
    lines.some((line) => line.split("\t").length === V1_FIELDS.length && /^\d{4}-\d\d-\d\d\t\d\d:/.test(line))
  )
    return { kind: "tabs", name: "v1", names: V1_FIELDS };
  return undefined;
}

const isV1 = (names: readonly string[]) => names.join(" ") === V1_FIELDS.join(" ");

/** A name that can stand in a JSON path. */
const isPlainName = (name: string) => /^[\w()-]{1,60}$/.test(name);

interface JsonRecord {
  readonly record: Readonly<Record<string, unknown>>;
  /** Is the line the record, with nothing of CloudWatch Logs around it? */
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

/** A field that every selection of fields worth asking has. */
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
