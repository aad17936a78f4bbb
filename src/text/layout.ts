/** Text layout: wrapping, indenting and aligned tables. Widths ignore color codes. */
import { stripVTControlCharacters } from "node:util";
import type { Terminal } from "../seams/world.ts";

export function visibleWidth(text: string): number {
  return [...(HAS_CONTROL.test(text) ? stripVTControlCharacters(text) : text)].length;
}

/** Starts a control sequence; most words have none, and every word is measured. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const HAS_CONTROL = /[\u001b\u009b]/;

export function indent(text: string, by: number): string {
  return text.replace(/^(?=.)/gm, " ".repeat(by));
}

/** A command in backticks is one word, whole on its line. */
function wordsOf(paragraph: string): string[] {
  if (!paragraph.includes("`")) return paragraph.split(" ");
  const kept = paragraph.replace(/`[a-z-]+ [^`]+`/g, (text) => text.replaceAll(" ", "\0"));
  return kept.split(" ").map((word) => word.replaceAll("\0", " "));
}

/**
 * Breaks at spaces to stay within `columns`; a longer word gets its own line, unbroken, so that ids and
 * commands can be copied. Lines after the first start at `hanging`.
 */
export function wrap(text: string, columns: number, start = 0, hanging = start): string {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = " ".repeat(lines.length === 0 ? start : hanging);
    let empty = true;
    for (const word of wordsOf(paragraph)) {
      if (!empty && visibleWidth(line) + 1 + visibleWidth(word) > columns) {
        lines.push(line);
        line = " ".repeat(hanging);
        empty = true;
      }
      line += empty ? word : ` ${word}`;
      empty = false;
    }
    lines.push(line.trimEnd());
  }
  return lines.join("\n");
}

const TO_TYPE =
  /^(?:(?:keyturn|aws|curl|export|chmod|ls|openssl|ssh-keygen|puttygen|xxd|npm|npx|pbpaste|zcat|base64) |(?:head|date|df|command) -)/;

/** Whether it is a command, which stays on one line for copying, rather than a sentence. */
export function isToType(text: string): boolean {
  return TO_TYPE.test(text);
}

/** Width for stderr: a terminal's width; unlimited in a log, so that grep sees whole lines. */
export function noteColumns({ interactive, columns }: Pick<Terminal, "interactive" | "columns">): number {
  return interactive ? (columns ?? 80) : Number.POSITIVE_INFINITY;
}

/** Width of the widest text. Takes any number of texts; Math.max does not. */
export function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, visibleWidth(text)), 0);
}

/** Rows as aligned columns, two spaces apart; the last column is not padded. A row may be shorter than the others. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, visibleWidth(cell));
    });
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === row.length - 1 ? cell : cell + " ".repeat((widths[column] ?? 0) - visibleWidth(cell)),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
