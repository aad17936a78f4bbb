/**
 * A runbook's page fitted to a terminal: still Markdown, with prose rewrapped, commands left whole, and links to other
 * pages as the commands that show them.
 */

import { wrap } from "../text/layout.ts";
import type { Style } from "./style.ts";

/** Lines as wide as an editor would break midword on a narrow terminal. */
export function runbookPage(markdown: string, style: Style, gate?: string): string {
  const shown = style.unicode ? markdown : markdown.replaceAll("…", "...");
  const pieces = shown.split(/^((?:`{3,}).*\n[\s\S]*?^`{3,}$)/m);
  return pieces
    .map((piece, at) => (at % 2 === 1 ? codeBlock(piece, style) : prose(shownBy(piece, gate), style)))
    .join("");
}

/** A linked file is of no use on a terminal. */
function shownBy(text: string, gate: string | undefined): string {
  return text.replace(
    /\[([^\]]+)\]\(([\w-]+)\.md\)/g,
    (_, words, name) => `${words} (\`keyturn runbook show ${name}${gateFlag(gate)}\`)`,
  );
}

/** The commands that make keyturn run a step; empty for a page without steps. */
export function stepHints(
  { name, steps }: { readonly name: string; readonly steps: readonly string[] },
  gate: string | undefined,
  style: Style,
): string {
  if (steps.length === 0) return "";
  const lines = steps.map(
    (step) =>
      `${style.sign.arrow} ${style.code(`keyturn runbook run ${name} --step ${step}${gateFlag(gate)}`)}`,
  );
  return `\nkeyturn can run a step for you, asking before each command:\n${lines.join("\n")}\n`;
}

const gateFlag = (gate: string | undefined) => (gate === undefined ? "" : ` --gate ${gate}`);

function codeBlock(block: string, style: Style): string {
  return block.replace(/^\$ .*$/gm, (command) => style.code(command));
}

function prose(text: string, style: Style): string {
  return text.replace(/^.*\S.*(?:\n.*\S.*)*/gm, (paragraph) =>
    itemsOf(paragraph)
      .map((item) => laidOut(item, style))
      .join("\n"),
  );
}

/** The lines of a paragraph, grouped by list item, heading or table. */
function itemsOf(paragraph: string): readonly string[] {
  return paragraph.split(/\n(?=\s*(?:\d+\.|-) )|(?<=^#.*)\n|\n(?=#)|\n(?=\|)(?<!^\|.*\n)/m);
}

function laidOut(item: string, style: Style): string {
  if (item.startsWith("#")) return style.bold(item);
  if (item.startsWith("|")) return tableText(item, style);
  const [, margin = "", bullet = ""] = /^(\s*)((?:\d+\.|-) +)?/.exec(item) ?? [];
  const words = item.slice(margin.length + bullet.length).replace(/\s*\n\s*/g, " ");
  const hanging = margin.length + bullet.length;
  return unbroken(`${bullet}${words}`, (whole) => wrap(whole, style.columns, margin.length, hanging));
}

/** A command in backticks is for copying: it stays on one line if it fits. */
function unbroken(text: string, lay: (text: string) => string): string {
  const held = text.replace(/`[^`]+`/g, (code) => code.replaceAll(" ", "\u00a0"));
  return lay(held).replaceAll("\u00a0", " ");
}

/** A table unchanged if it fits, otherwise a list: each row's first cell, with the others below it under their headings. */
function tableText(table: string, style: Style): string {
  const rows = table.split("\n");
  if (rows.every((row) => row.length <= style.columns)) return table;
  const [headings = [], , ...body] = rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return body
    .map(([first = "", ...others]) =>
      [
        unbroken(`- ${first}`, (text) => wrap(text, style.columns, 0, 2)),
        ...others.map((cell, at) =>
          unbroken(`${headings[at + 1] ?? ""}: ${cell}`, (text) => wrap(text, style.columns, 2, 4)),
        ),
      ].join("\n"),
    )
    .join("\n");
}
