/** `keyturn logs`: what the access logs show. Read-only; calls AWS if a gate is named. */
import { Argument, Command } from "commander";
import type { Bind } from "../cli/bind.ts";
import { offering } from "../completion/offers.ts";
import { answerLogs } from "../logs/answer-logs.ts";
import { printedTexts, type TextFlags } from "../logs/printed-texts.ts";
import { QUESTION_NAMES } from "../logs/question.ts";
import { readLogWords } from "../logs/words.ts";
import { stepSummaryFile } from "../report/github.ts";
import { gapFindings, logsReport, logsResult, sourceFindings, textsReport } from "../report/logs.ts";
import { logsMarkdown } from "../report/logs-markdown.ts";
import { annotate } from "../report/probe-delivery.ts";
import type { Report } from "../report/report.ts";
import { reportFilesOf, writeReport } from "../report/report-files.ts";
import type { World } from "../seams/world.ts";
import { collect } from "./collect.ts";
import { logOptions } from "./log-options.ts";

interface Flags extends TextFlags {
  readonly words?: readonly string[];
  readonly report?: readonly string[];
}

export const logsCommand = (bind: Bind) => {
  const words = new Argument(
    "[words...]",
    `a question (${QUESTION_NAMES.join(", ")}), then files, folders, globs, or - for stdin`,
  );
  const command = new Command("logs").addArgument(offering(words, { first: [...QUESTION_NAMES, "where"] }));
  for (const option of logOptions()) command.addOption(option);
  return command
    .option("--report <form=file>", "also write md=FILE or html=FILE; repeatable", collect)
    .action(bind(logs));
};

export async function logs(flags: Flags, world: World): Promise<Report> {
  const words = readLogWords(flags.words ?? []);
  const texts = await printedTexts(words, flags, world);
  if (texts !== undefined) return textsReport(texts);
  const reportFiles = await reportFilesOf(flags.report, { forms: ["md", "html"], name: "logs" }, world);
  const answered = await answerLogs(words, flags, world);
  const { answers, sources, trust, fetched, findings: found } = answered;
  const result = logsResult(answers, sources, trust, answered);
  const findings = [...found, ...gapFindings(fetched?.gaps), ...sourceFindings(sources)];
  const page = () => logsMarkdown(result, findings);
  for (const { form, path } of reportFiles) {
    const text =
      form === "md"
        ? page()
        : (await import("../report/html/logs-sheet.ts")).logsHtml(result, findings, world.clock.now());
    await writeReport(path, text, world);
  }
  const summary = stepSummaryFile(world.env);
  if (summary !== undefined) await world.files.append(summary, page());
  await annotate(findings, world);
  return logsReport(result, findings);
}
