/** `keyturn logs`: what the access logs say. Read-only; calls AWS if a gate is named. */
import { Argument, Command } from "commander";
import type { Bind } from "../cli/bind.ts";
import { refuseExisting } from "../cli/existing-file.ts";
import { offering } from "../completion/offers.ts";
import { answerLogs } from "../logs/answer-logs.ts";
import { printedTexts, type TextFlags } from "../logs/printed-texts.ts";
import { QUESTION_NAMES } from "../logs/question.ts";
import { readLogWords } from "../logs/words.ts";
import { stepSummaryFile } from "../report/github.ts";
import { gapFindings, logsReport, logsResult, sourceFindings, textsReport } from "../report/logs.ts";
import { logsMarkdown } from "../report/logs-markdown.ts";
import { markdownFile } from "../report/markdown-file.ts";
import { annotate, writeReport } from "../report/probe-delivery.ts";
import type { Report } from "../report/report.ts";
import type { World } from "../seams.ts";
import { logOptions } from "./log-options.ts";

interface Flags extends TextFlags {
  readonly words?: readonly string[];
  readonly report?: string;
}

export const logsCommand = (bind: Bind) => {
  const words = new Argument(
    "[words...]",
    `a question (${QUESTION_NAMES.join(", ")}), then files, folders, globs, or - for stdin`,
  );
  const command = new Command("logs").addArgument(offering(words, { first: [...QUESTION_NAMES, "where"] }));
  for (const option of logOptions()) command.addOption(option);
  return command
    .option("--report <md=file>", "also write the results as Markdown into a new file")
    .action(bind(logs));
};

export async function logs(flags: Flags, world: World): Promise<Report> {
  const words = readLogWords(flags.words ?? []);
  const texts = await printedTexts(words, flags, world);
  if (texts !== undefined) return textsReport(texts);
  const reportFile = markdownFile(flags.report);
  if (reportFile !== undefined) await refuseExisting(reportFile, world.files);
  const { answers, sources, trust, fetched, findings: found } = await answerLogs(words, flags, world);
  const result = logsResult(answers, sources, trust, fetched);
  const findings = [...found, ...gapFindings(fetched?.gaps), ...sourceFindings(sources)];
  const page = () => logsMarkdown(result, findings);
  if (reportFile !== undefined) await writeReport(reportFile, page(), world);
  const summary = stepSummaryFile(world.env);
  if (summary !== undefined) await world.files.append(summary, page());
  await annotate(findings, world);
  return logsReport(result, findings);
}
