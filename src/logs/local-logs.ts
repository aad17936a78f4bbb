/** Answers questions from local files: finds and recognizes them, reads them once, and removes any copies. */
import type { LogEngine, LogWorkspace } from "../seams/logs.ts";
import type { EpochSeconds } from "../time.ts";
import { type Answers, askQuestions, needsReasons, type QuestionRun, queriesOf } from "./ask.ts";
import { LAST_SECOND_TEXT } from "./questions/credentials.ts";
import { epochValue } from "./row-values.ts";
import { detectSources, type LogSource, loadSources, requireReadable } from "./sources.ts";
import { textLiteral } from "./sql-text.ts";
import type { ViewSettings } from "./view.ts";

export interface LocalLogRequest extends QuestionRun {
  /** Files, globs, folders, `-`. */
  readonly names: readonly string[];
  /** From `--fields`. */
  readonly fields?: readonly string[];
  readonly view: ViewSettings;
}
export interface LocalAnswers extends Answers {
  readonly sources: readonly LogSource[];
}

/** Throws ERR_LOG_UNREADABLE if nothing is an access log, and whatever reading files throws. Does not close the workspace. */
export async function askLocalLogs(
  asked: LocalLogRequest,
  workspace: LogWorkspace,
  stdin: AsyncIterable<Uint8Array>,
): Promise<LocalAnswers> {
  const paths = await workspace.files.find(asked.names, stdin);
  const { readable, others } = await detectSources(paths, workspace.files, asked.fields);
  requireReadable(readable, others, asked.fields !== undefined);
  const { requestId } = asked.asked;
  const keep = requestId === undefined ? undefined : `request_id = ${textLiteral(requestId)}`;
  const texts = [...queriesOf(asked).values()];
  const read = await loadSources(readable, texts, asked.view, workspace, keep);
  const credentialsUntil = needsReasons(asked.questions) ? await untilOf(workspace.engine) : undefined;
  const answers = await askQuestions({ ...asked, credentialsUntil }, (sql) => workspace.engine.query(sql));
  return { ...answers, sources: [...read, ...others] };
}

/** Undefined: every credential is judged. */
async function untilOf(engine: LogEngine): Promise<EpochSeconds | undefined> {
  const [row = {}] = await engine.query(LAST_SECOND_TEXT);
  const last = epochValue(row, "last_second");
  return last === undefined ? undefined : last + 1;
}
