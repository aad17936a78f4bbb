/** `keyturn logs`, from words and flags to answers: which questions, over which lines, with whose trusted keys. */
import { createHash } from "node:crypto";
import { UsageError } from "../errors.ts";
import type { Finding } from "../finding.ts";
import type { LogValue } from "../log-seams.ts";
import type { World } from "../seams.ts";
import type { EpochSeconds, Seconds } from "../time.ts";
import type { Answers, Inquiry } from "./ask.ts";
import { fieldsFlag } from "./field-names.ts";
import { askLocalLogs } from "./local-logs.ts";
import type { Question, QuestionOptions } from "./question.ts";
import { QUESTIONS, SUMMARY } from "./questions.ts";
import { logSetting, type SettingFlags } from "./setting.ts";
import type { LogSource } from "./sources.ts";
import type { LogWords } from "./words.ts";

export interface LogFlags extends SettingFlags {
  readonly from?: EpochSeconds;
  readonly to?: EpochSeconds;
  readonly since?: Seconds;
  readonly fields?: string;
  readonly bucket?: QuestionOptions["bucket"];
  readonly loop?: QuestionOptions["loop"];
  readonly showClients?: boolean;
  readonly memory?: string;
}
export interface LogAnswers {
  readonly answers: Answers;
  readonly sources: readonly LogSource[];
  readonly trust: { readonly rotation?: string; readonly unasked?: string };
  readonly findings: readonly Finding[];
}

const MEMORY = "512MB";

/** Throws whatever reading logs, keyturn.yaml and keys throws; always removes the private folder. */
export async function answerLogs(words: LogWords, flags: LogFlags, world: World): Promise<LogAnswers> {
  if (words.files.length === 0) {
    throw new UsageError("ERR_USAGE", "there are no logs to read", [
      "keyturn logs *.gz",
      "zcat *.gz | keyturn logs -",
    ]);
  }
  const within = windowOf(flags, world.clock.now());
  const setting = await logSetting(flags, world);
  const desk = await world.logs.desk({ memoryLimit: flags.memory ?? MEMORY });
  try {
    const { gate, marks, trustOf, view, unasked } = setting;
    const inquiry: Inquiry = {
      questions: questionsOf(words),
      asked: askedOf(words, flags),
      marks,
      hasProtectedRoutes: view.routes.some(({ isProtected }) => isProtected),
      client: clientNames(flags.showClients === true, world.random.bytes(16)),
      gate,
      trustOf,
    };
    const local = {
      ...inquiry,
      names: words.files,
      view: { ...view, ...within },
      ...(flags.fields !== undefined && { fields: fieldsFlag(flags.fields) }),
    };
    const answers = await askLocalLogs(local, desk, world.files.stream("-"));
    return {
      answers,
      sources: answers.sources,
      trust: { rotation: marks.rotation, unasked },
      findings: [...answers.answers.values()].flatMap(({ findings }) => findings),
    };
  } finally {
    await desk.close();
  }
}

export function questionsOf({ question }: LogWords): readonly Question[] {
  const one = question === undefined ? undefined : QUESTIONS.get(question);
  return one === undefined ? SUMMARY : [one];
}

export function askedOf(
  { requestId }: LogWords,
  { bucket = "hour", loop = { denials: 5, within: 60 } }: LogFlags,
): QuestionOptions {
  return { bucket, loop, requestId };
}

/** Throws ERR_USAGE. */
function windowOf(
  { from, to, since }: LogFlags,
  now: EpochSeconds,
): { from?: EpochSeconds; to?: EpochSeconds } {
  if (since !== undefined && from !== undefined)
    throw new UsageError("ERR_USAGE", "--since and --from both set the start", ["leave one of them out"]);
  const start = since === undefined ? from : now - since;
  if (start !== undefined && to !== undefined && to <= start)
    throw new UsageError("ERR_USAGE", "--to is not after --from", [
      "--from 2026-11-28T10:00:00Z --to 2026-11-28T12:00:00Z",
    ]);
  return { from: start, to };
}

/** An address has the same name throughout a run, and a different one in the next. */
function clientNames(isShown: boolean, salt: Uint8Array): (address: LogValue | undefined) => string {
  return (address) => {
    if (address === null || address === undefined) return "-";
    if (isShown) return String(address);
    return createHash("sha256").update(salt).update(String(address)).digest("hex").slice(0, 8);
  };
}
