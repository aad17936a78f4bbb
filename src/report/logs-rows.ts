/** A table of an answer about logs: as wide as the terminal, or one paragraph for each row. */
import { type AnswerRow, countWithNoun } from "../logs/question.ts";
import { indent, table, widest, wrap } from "../text/layout.ts";
import { printable } from "../text/printable.ts";
import type { Style } from "./style.ts";

/** Rows that fit on a screen. */
const SHOWN = 12;
const INDENT = 4;
/** Where the columns do not fit. */
const NARROW = 2;

/** Columns without values are omitted; the values are untrusted. */
export function rowsText(rows: readonly AnswerRow[], style: Style): string[] {
  const [first] = rows;
  if (first === undefined) return [];
  const names = Object.keys(first).filter((name) => rows.some((row) => row[name] !== null));
  const head = names.map((name) => name.replaceAll("_", " "));
  const cells = rows.slice(0, SHOWN).map((row) => names.map((name) => cell(row[name] ?? null)));
  const more =
    rows.length > SHOWN
      ? [style.dim(`${" ".repeat(INDENT)}and ${countWithNoun(rows.length - SHOWN, "more row")}: --json`)]
      : [];
  return [fitting(head, cells, style), ...more];
}

/** In a file or pipe every row is one line, whatever its width. */
function fitting(head: readonly string[], cells: readonly (readonly string[])[], style: Style): string {
  const fits = (text: string) => !style.isTerminal || widest(text.split("\n")) <= style.columns;
  const whole = indent(table([head, ...cells]), INDENT);
  if (fits(whole)) return whole;
  const short = indent(table(shortTimes([head, ...cells])), NARROW);
  return fits(short) ? short : cells.map((row) => paragraph(head, row, style)).join("\n");
}

const INSTANT = /^\d{4}-(\d\d-\d\d)T(\d\d:\d\d)(:\d\d)Z$/;

/** Instants without the year, which the first line of the report has; without seconds where all are 0. */
function shortTimes([head = [], ...cells]: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const columns = head.map((_, at) => cells.map((row) => row[at] ?? "").filter((text) => text !== "-"));
  const isTime = columns.map((texts) => texts.length > 0 && texts.every((text) => INSTANT.test(text)));
  const isWhole = columns.map((texts) => texts.every((text) => text.endsWith(":00Z")));
  return [
    head.map((name, at) => (isTime[at] ? `${name} UTC` : name)),
    ...cells.map((row) =>
      row.map((text, at) => (isTime[at] ? text.replace(INSTANT, isWhole[at] ? "$1 $2" : "$1 $2$3") : text)),
    ),
  ];
}

function paragraph(head: readonly string[], row: readonly string[], style: Style): string {
  const [first = "", ...rest] = row;
  const named = rest.flatMap((text, at) => (text === "-" ? [] : [`${head[at + 1]} ${text}`]));
  return wrap(`${first}: ${named.join(", ")}`, style.columns, NARROW, 2 * NARROW);
}

function cell(value: AnswerRow[string]): string {
  if (value === null) return "-";
  const text = printable(String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
