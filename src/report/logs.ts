/** The report of `keyturn logs`: what was read, then each question with its sentences, its rows and its limits. */
import type { Finding } from "../finding.ts";
import type { LogAnswers } from "../logs/answer-logs.ts";
import type { Answers } from "../logs/ask.ts";
import { dollars } from "../logs/ask-athena.ts";
import { type FetchedLogs, type LogGap, sizeText } from "../logs/fetch-logs.ts";
import type { PrintedTexts } from "../logs/printed-texts.ts";
import { type AnswerRow, countWithNoun, type QuestionName } from "../logs/question.ts";
import { QUESTIONS } from "../logs/questions.ts";
import type { LogSource } from "../logs/sources.ts";
import { wrap } from "../text/layout.ts";
import { printable } from "../text/printable.ts";
import { formatInstant } from "../time.ts";
import { rowsText } from "./logs-rows.ts";
import { outcomeOf, type Report } from "./report.ts";
import type { Style } from "./style.ts";

export interface LogsResult {
  readonly read: {
    readonly lines: number;
    readonly damaged: number;
    readonly from?: string;
    readonly to?: string;
    readonly sources: readonly LogSource[];
    readonly distributions: readonly {
      readonly host: string;
      readonly lines: number;
      readonly with_cookies: number;
    }[];
    readonly fetched?: {
      readonly objects: number;
      readonly bytes: number;
      readonly missing: number;
      /** The latest hour among them, and when the last was delivered. */
      readonly newest?: string;
      readonly delivered?: string;
    };
    /** What Athena read, and what it costs at least, in US dollars. */
    readonly scanned?: { readonly queries: number; readonly bytes: number; readonly dollars: number };
  };
  readonly trust: { readonly asked: boolean; readonly rotation?: string; readonly unasked?: string };
  readonly questions: Readonly<Record<string, PrintedAnswer>>;
}
export interface PrintedAnswer {
  readonly rows: readonly AnswerRow[];
  readonly says: readonly string[];
  readonly cannot_tell: readonly { readonly why: string; readonly instead: string }[];
  /** Further tables, by name. */
  readonly [name: string]: readonly unknown[];
}

export function logsResult(
  { coverage, answers, hasTrust }: Answers,
  sources: readonly LogSource[],
  trust: { readonly rotation?: string; readonly unasked?: string },
  { fetched, scanned }: Pick<LogAnswers, "fetched" | "scanned"> = {},
): LogsResult {
  const { from, to } = coverage;
  return {
    read: {
      lines: coverage.lines,
      damaged: sources.reduce((total, { damaged }) => total + damaged, 0),
      from: from === undefined ? undefined : formatInstant(Math.floor(from)),
      to: to === undefined ? undefined : formatInstant(Math.floor(to)),
      sources,
      distributions: coverage.distributions.map(({ host, lines, withCookies }) => ({
        host,
        lines,
        with_cookies: withCookies,
      })),
      fetched: fetched && fetchedDocument(fetched),
      scanned: scanned && { ...scanned, dollars: dollars(scanned.bytes, scanned.queries) },
    },
    trust: { asked: hasTrust, ...trust },
    questions: Object.fromEntries(
      [...answers].map(([name, { rows, tables, says, cannotTell }]) => [
        name,
        { rows, ...tables, says, cannot_tell: cannotTell },
      ]),
    ),
  };
}

function fetchedDocument({ files, bytes, gaps, newest, delivered }: FetchedLogs) {
  return {
    objects: files.size,
    bytes,
    missing: gaps.length,
    newest: newest === undefined ? undefined : formatInstant(newest),
    delivered: delivered === undefined ? undefined : formatInstant(Math.floor(delivered)),
  };
}

export function logsReport(result: LogsResult, findings: readonly Finding[]): Report<LogsResult> {
  return { outcome: outcomeOf(findings), result, findings, text: (style) => logsText(result, style) };
}

/** Each text under its name, as a comment that SQL and Insights skip; a semicolon ends SQL. */
export function textsReport(printed: PrintedTexts): Report<PrintedTexts> {
  const { engine, texts } = printed;
  const [mark, end] = engine === "insights" ? ["#", ""] : ["--", ";"];
  const text = Object.entries(texts).map(([name, sql]) => `${mark} ${name}\n${sql}${end}`);
  return { outcome: "done", result: printed, findings: [], text: () => text.join("\n\n") };
}

/** The sources, and the files that could not be read. */
export function sourceFindings(sources: readonly LogSource[]): Finding[] {
  const bad = sources.filter(({ damaged, trouble }) => damaged > 0 || trouble !== undefined);
  if (bad.length === 0) return [];
  return [
    {
      id: "log-lines-unread",
      severity: "note",
      message: `${bad.length} of ${countWithNoun(sources.length, "file")} could not be read completely: some lines are missing here`,
      basis: "observed",
      evidence: bad.slice(0, 20).map(sourceLine),
      remedy: "download them again, in case they are complete in S3: aws s3 cp",
    },
  ];
}

/** Objects in S3 that are missing in the answers. */
export function gapFindings(gaps: readonly LogGap[] = []): Finding[] {
  if (gaps.length === 0) return [];
  const byReason = new Map<string, string[]>();
  for (const { object, why } of gaps) byReason.set(why, [...(byReason.get(why) ?? []), object]);
  return [
    {
      id: "log-objects-unread",
      severity: "warning",
      message: `${countWithNoun(gaps.length, "log file")} could not be fetched: their lines are missing from every answer here`,
      basis: "observed",
      evidence: [...byReason].map(
        ([why, objects]) =>
          `${objects.length} ${why}: ${objects.slice(0, 3).join(", ")}${objects.length > 3 ? ", ..." : ""}`,
      ),
      remedy: "keyturn iam --role log-reader",
    },
  ];
}

function sourceLine({ path, damaged, lines, trouble }: LogSource): string {
  const parts = [
    ...(trouble === undefined ? [] : [trouble]),
    ...(damaged > 0 ? [countWithNoun(damaged, "damaged line")] : []),
    `${lines} read`,
  ];
  return `${printable(path)}: ${parts.join(", ")}`;
}

function logsText(result: LogsResult, style: Style): string {
  const { lines, from, to, sources, damaged, scanned } = result.read;
  const formats = [...new Set(sources.map(({ format }) => format))].join(", ");
  const head = `${countWithNoun(lines, "line")} ${scanned === undefined ? `of ${countWithNoun(sources.length, "file")} (${formats})` : "in Athena"}${from === undefined ? "" : `, ${from} to ${to}`}${damaged > 0 ? `; ${countWithNoun(damaged, "damaged line")} skipped` : ""}`;
  const trust =
    result.trust.unasked === undefined
      ? []
      : [
          wrap(
            `${style.sign.warn} the account was not read: ${printable(result.trust.unasked)}`,
            style.columns,
            0,
            2,
          ),
        ];
  const advised = new Set<string>();
  return [
    [
      wrap(head, style.columns, 0, 2),
      ...fetchedText(result, style),
      ...costText(result, style),
      ...trust,
    ].join("\n"),
    ...Object.entries(result.questions).map(([name, answer]) => answerText(name, answer, style, advised)),
  ].join("\n\n");
}

function costText({ read: { scanned } }: LogsResult, style: Style): string[] {
  if (scanned === undefined) return [];
  const { queries, bytes, dollars: cost } = scanned;
  const told = `Athena read ${sizeText(bytes)} in ${queries} queries: about ${cost.toFixed(4)} USD, at 5 USD a TB`;
  return [wrap(told, style.columns, 0, 2)];
}

function fetchedText({ read: { fetched } }: LogsResult, style: Style): string[] {
  if (fetched === undefined) return [];
  const { newest, delivered, missing } = fetched;
  const end = newest === undefined ? "" : `; the newest hour is ${newest}`;
  const lines = [
    `delivered until ${delivered ?? "?"}${end}: later requests, and late lines, may not be there yet`,
    ...(missing > 0 ? [`${style.sign.warn} ${countWithNoun(missing, "file")} could not be fetched`] : []),
  ];
  return lines.map((line) => wrap(line, style.columns, 0, 2));
}

/** What to turn on is said once, however many questions it would answer. */
function answerText(name: string, answer: PrintedAnswer, style: Style, advised: Set<string>): string {
  const title = QUESTIONS.get(name as QuestionName)?.title ?? "";
  const { rows, says, cannot_tell, ...tables } = answer;
  return [
    wrap(`${style.bold(name)}  ${title}`, style.columns, 0, 2),
    ...says.map((line) => wrap(printable(line), style.columns, 2, 4)),
    ...rowsText(rows, style),
    ...Object.entries(tables).flatMap(([heading, more]) => {
      const shown = rowsText(more as readonly AnswerRow[], style);
      return shown.length === 0 ? [] : [`  ${style.dim(`${heading}:`)}`, ...shown];
    }),
    ...cannot_tell.map(({ why, instead }) => {
      const advice = advised.has(instead) ? "" : `. ${style.sign.arrow} ${instead}`;
      advised.add(instead);
      return wrap(`${style.sign.skip} cannot tell ${printable(why)}${advice}`, style.columns, 2, 4);
    }),
  ].join("\n");
}
