/** Recognizes a file's CloudFront log format by its first bytes. */
import { isRecord } from "../is-record.ts";
import { fieldsLine, V1_FIELDS } from "./field-names.ts";

export type LogForm =
  /** One request per line: v1, w3c, plain, real-time. `names` as spelled in the log. */
  | {
      readonly kind: "delimited";
      readonly name: "v1" | "w3c" | "fields";
      readonly names: readonly string[];
      /** If it is not a tab. */
      readonly delimiter?: string;
    }
  /** One JSON object per line: v2, bare or as CloudWatch Logs returns it. */
  | { readonly kind: "json"; readonly name: "json" | "cloudwatch"; readonly names: readonly string[] }
  | { readonly kind: "parquet"; readonly name: "parquet" };

const TAB = "\t";

/** A field of an access log as a member of JSON, which itself may be in a string or a CSV cell. */
const NAMED_VALUE =
  /\b(?:x[-_]edge[-_][a-z_-]{1,40}|c[-_]ip|cs[-_(][\w()-]{1,40}|sc[-_]status)\\?"{1,2}\s{0,9}:/;

/** A log in another layout than one record per line; the encoding of its text. */
export function layoutOf(start: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" | undefined {
  const [first, second] = start;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  const text = new TextDecoder().decode(start);
  return text.includes("{") && NAMED_VALUE.test(text) ? "utf-8" : undefined;
}

/**
 * Undefined unless it is an access log. `given`: the names from `--fields`, only for lines without a header.
 */
export function logForm(start: Uint8Array, given?: readonly string[]): LogForm | undefined {
  const text = new TextDecoder().decode(start);
  if (text.startsWith("PAR1")) return { kind: "parquet", name: "parquet" };
  const lines = text.split(/\r?\n/);
  const names = lines.map(fieldsLine).find((found) => found !== undefined);
  if (names !== undefined) {
    const delimiter = delimiterOf(lines, names) ?? TAB;
    return {
      kind: "delimited",
      name: isV1(names) ? "v1" : "w3c",
      names,
      ...(delimiter !== TAB && { delimiter }),
    };
  }
  const records = lines.flatMap(jsonRecord);
  const [first] = records;
  if (first !== undefined) {
    const keys = [...new Set(records.flatMap(({ record }) => Object.keys(record)))];
    return { kind: "json", name: first.isBare ? "json" : "cloudwatch", names: keys.filter(isPlainName) };
  }
  const delimiter = given === undefined ? undefined : delimiterOf(lines, given);
  if (given !== undefined && delimiter !== undefined)
    return { kind: "delimited", name: "fields", names: given, ...(delimiter !== TAB && { delimiter }) };
  // A piece of a v1 file, without the header.
  if (
    lines.some((line) => line.split("\t").length === V1_FIELDS.length && /^\d{4}-\d\d-\d\d\t\d\d:/.test(line))
  )
    return { kind: "delimited", name: "v1", names: V1_FIELDS };
  return undefined;
}

/**
 * Standard logging v2 lets its owner choose it, up to five characters long. Undefined: no line has one value for each
 * name.
 */
function delimiterOf(lines: readonly string[], names: readonly string[]): string | undefined {
  const data = lines.filter((line) => line !== "" && !line.startsWith("#")).slice(0, 50);
  const dateAt = names.indexOf("date");
  const betweenDateAndTime =
    dateAt >= 0 && names[dateAt + 1] === "time"
      ? data.flatMap((line) => /\d{4}-\d\d-\d\d(\D{1,5}?)\d\d:\d\d:\d\d/.exec(line)?.[1] ?? []).slice(0, 1)
      : [];
  return [TAB, ...betweenDateAndTime, ",", "|", ";", " "].find((delimiter) =>
    data.some((line) => unblanked(line, delimiter).split(delimiter).length === names.length),
  );
}

/**
 * A delimiter before a blank is part of a value, as in `(KHTML, like Gecko)` and `a=1; b=2`. These take its place until
 * the line is split.
 */
export const INNER_DELIMITERS = [
  ["%20", "\u0001"],
  [" ", "\u0002"],
] as const;

/** Does a value ever hold it? A tab or a blank is always encoded. */
export const isInValues = (delimiter: string) => /\S/.test(delimiter);

function unblanked(line: string, delimiter: string): string {
  if (!isInValues(delimiter)) return line;
  return INNER_DELIMITERS.reduce(
    (text, [blank, stand]) => text.replaceAll(`${delimiter}${blank}`, stand),
    line,
  );
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
