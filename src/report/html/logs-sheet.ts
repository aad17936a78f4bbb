/** What the access logs say as one HTML page: denials over time by who answered, trust by edge location, every answer as a table. */
import type { Finding } from "../../finding.ts";
import { type AnswerRow, countWithNoun, type QuestionName } from "../../logs/question.ts";
import { QUESTIONS } from "../../logs/questions.ts";
import { trafficFigure } from "../../pictures/areas.ts";
import { figureOf } from "../../pictures/figure.ts";
import { findingList } from "../../pictures/finding-list.ts";
import { type Html, html, name, sentence } from "../../pictures/html.ts";
import { trustFigure } from "../../pictures/lanes.ts";
import { type Sheet, sheetText } from "../../pictures/sheet.ts";
import { tableOf } from "../../pictures/table.ts";
import { type EpochSeconds, formatInstant } from "../../time.ts";
import type { LogsResult, PrintedAnswer } from "../logs.ts";
import { deniedTraffic, loggedTrust } from "./logs-pictures.ts";

/** More rows than anyone reads on a page belong in --json. */
const SHOWN = 200;
/** Longer tables are collapsed. */
const OPEN = 15;

export function logsHtml(result: LogsResult, findings: readonly Finding[], at: EpochSeconds): string {
  const { lines, sources, from, to, damaged } = result.read;
  const traffic = deniedTraffic(result);
  const trust = loggedTrust(result);
  return sheetText({
    title: "access logs",
    verdict: verdictOf(result, findings, unexpectedIn(traffic)),
    facts: [
      ["lines", lines.toLocaleString("en-US")],
      [
        "files",
        `${sources.length}${damaged > 0 ? `, ${countWithNoun(damaged, "damaged line")} skipped` : ""}`,
      ],
      ["from", from ?? "nothing"],
      ["to", to ?? "nothing"],
      ["account", result.trust.unasked ?? (result.trust.asked ? "read for the trusted keys" : "not read")],
      ["rotation", name(result.trust.rotation ?? "none named")],
    ],
    written: formatInstant(at),
    body: [
      traffic !== undefined && figureOf(trafficFigure(traffic)),
      trust !== undefined && figureOf(trustFigure(trust)),
      findingList(findings, "Nothing was found."),
      Object.entries(result.questions).map(([question, answer]) => answerOf(question, answer)),
      html`<p class="none">Access logs are best effort: a request missing from them may still have happened.</p>`,
    ],
  });
}

const unexpectedIn = (traffic: ReturnType<typeof deniedTraffic>) =>
  (traffic?.series ?? []).flatMap(({ buckets }) => buckets).reduce((sum, each) => sum + each.unexpected, 0);

function verdictOf(
  { read, questions }: LogsResult,
  findings: readonly Finding[],
  unexpected: number,
): Sheet["verdict"] {
  const worst =
    findings.find(({ severity }) => severity === "error") ??
    findings.find(({ severity }) => severity === "warning");
  if (worst !== undefined) return { state: worst.severity === "error" ? "bad" : "warn", says: worst.message };
  if (read.lines === 0) return { state: "plain", says: "No line was read" };
  const denials = questions.denials?.says[0];
  if (unexpected > 0)
    return {
      state: "warn",
      says: `${unexpected} denials for an untrusted key or a wrong signature, of ${denials}`,
    };
  return { state: "good", says: `Nothing was found${denials === undefined ? "" : `: ${denials}`}` };
}

function answerOf(question: string, { rows, says, cannot_tell, ...tables }: PrintedAnswer): Html {
  const title = QUESTIONS.get(question as QuestionName)?.title ?? "";
  return html`<section id="q-${question}"><h2>${question}: ${title}</h2>${says.map((line) => html`<p>${sentence(line)}</p>`)}${[
    ["rows", rows] as const,
    ...Object.entries(tables),
  ].map(([heading, more]) => rowsOf(heading, more as readonly AnswerRow[]))}${cannot_tell.map(
    ({ why, instead }) =>
      html`<p class="none">Cannot tell ${sentence(why)}. To find out: ${sentence(instead)}</p>`,
  )}</section>`;
}

function rowsOf(heading: string, rows: readonly AnswerRow[]): Html {
  const [first] = rows;
  if (first === undefined) return html``;
  const names = Object.keys(first).filter((each) => rows.some((row) => row[each] !== null));
  const more = rows.length - SHOWN;
  const table = tableOf({
    caption: `${heading}${more > 0 ? `: the first ${SHOWN} of ${rows.length}, all with --json` : ""}`,
    head: names.map((each) => each.replaceAll("_", " ")),
    rows: rows.slice(0, SHOWN).map((row) => names.map((each) => cellOf(row[each] ?? null))),
  });
  if (rows.length <= OPEN) return table;
  return html`<details class="numbers"><summary>${heading}: ${rows.length} rows</summary>${table}</details>`;
}

const cellOf = (value: AnswerRow[string]) =>
  value === null ? "" : typeof value === "number" ? value : name(String(value));
