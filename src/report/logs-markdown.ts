/** The logs report as a Markdown page. */
import type { Finding } from "../finding.ts";
import { type AnswerRow, countWithNoun, type QuestionName } from "../logs/question.ts";
import { QUESTIONS } from "../logs/questions.ts";
import type { LogsResult, PrintedAnswer } from "./logs.ts";
import { escapeMarkdown, findingsMarkdown, markdownTable } from "./markdown.ts";

/** More rows than anyone reads on a page belong in --json. */
const SHOWN = 100;

export function logsMarkdown(result: LogsResult, findings: readonly Finding[]): string {
  const { lines, sources, from, to, damaged } = result.read;
  return `${[
    "# keyturn logs",
    `${countWithNoun(lines, "line")} of ${countWithNoun(sources.length, "file")}${from === undefined ? "" : `, ${from} to ${to}`}; ${countWithNoun(damaged, "damaged line")} skipped.`,
    findings.length === 0 ? "No findings." : findingsMarkdown(findings),
    ...Object.entries(result.questions).map(([name, answer]) => answerMarkdown(name, answer)),
    "Signed cookies guard the edge; they do not authenticate. Access logs are best effort: a request missing from them may still have happened.",
  ].join("\n\n")}\n`;
}

function answerMarkdown(name: string, { rows, says, cannot_tell, ...tables }: PrintedAnswer): string {
  return [
    `## ${name}: ${QUESTIONS.get(name as QuestionName)?.title ?? ""}`,
    ...says.map(escapeMarkdown),
    ...rowsMarkdown(rows),
    ...Object.entries(tables).flatMap(([heading, more]) => {
      const shown = rowsMarkdown(more as readonly AnswerRow[]);
      return shown.length === 0 ? [] : [`### ${heading}`, ...shown];
    }),
    ...cannot_tell.map(
      ({ why, instead }) => `Cannot tell ${escapeMarkdown(why)}. → ${escapeMarkdown(instead)}`,
    ),
  ].join("\n\n");
}

function rowsMarkdown(rows: readonly AnswerRow[]): string[] {
  const [first] = rows;
  if (first === undefined) return [];
  const names = Object.keys(first);
  const more = rows.length > SHOWN ? [`${rows.length - SHOWN} more rows: --json.`] : [];
  return [
    markdownTable(
      names.map((name) => name.replaceAll("_", " ")),
      rows
        .slice(0, SHOWN)
        .map((row) => names.map((name) => (row[name] === null ? "" : escapeMarkdown(String(row[name]))))),
    ),
    ...more,
  ];
}
