/**
 * `keyturn logs`, from arguments and flags to answers: which questions, over which lines, with which trusted keys.
 */
import { createHash } from "node:crypto";
import { UsageError } from "../errors.ts";
import type { Finding } from "../finding.ts";
import { cloudOptionsOf } from "../gates/cloud-options.ts";
import { openGate } from "../gates/open.ts";
import type { LogValue, LogWorkspace } from "../seams/logs.ts";
import type { World } from "../seams/world.ts";
import type { Answers, GivenOptions, QuestionRun } from "./ask.ts";
import type { AthenaFlags } from "./athena-tables.ts";
import type { FetchedLogs } from "./fetch-logs.ts";
import { fieldsFlag } from "./field-names.ts";
import { askLocalLogs } from "./local-logs.ts";
import { checkPeriodFlags, type PeriodFlags, periodOf, type TimeRange } from "./period.ts";
import type { Question, QuestionOptions } from "./question.ts";
import { QUESTIONS, SUMMARY } from "./questions.ts";
import { type LogSetting, logSetting, type SettingFlags } from "./setting.ts";
import type { LogSource } from "./sources.ts";
import type { LogWords } from "./words.ts";

export interface LogFlags extends SettingFlags, PeriodFlags, AthenaFlags {
  readonly engine?: "duckdb" | "athena" | "insights";
  readonly fields?: string;
  readonly bucket?: QuestionOptions["bucket"];
  readonly loop?: QuestionOptions["loop"];
  readonly showClients?: boolean;
  readonly memory?: string;
  /** Fetch without a size limit. */
  readonly yes?: boolean;
}
export interface LogAnswers {
  readonly answers: Answers;
  readonly sources: readonly LogSource[];
  readonly trust: { readonly rotation?: string; readonly unasked?: string };
  readonly findings: readonly Finding[];
  /** If the lines come from S3. */
  readonly fetched?: FetchedLogs;
  /** What Athena scanned. */
  readonly scanned?: { readonly queries: number; readonly bytes: number };
}

const MEMORY = "512MB";

/** Throws whatever reading logs, keyturn.yaml and keys throws; always removes the private folder. */
export async function answerLogs(words: LogWords, flags: LogFlags, world: World): Promise<LogAnswers> {
  const now = world.clock.now();
  checkPeriodFlags(flags, now);
  checkSource(words, flags);
  const setting = await logSetting(flags, world);
  const within = periodOf(flags, setting.marks, now);
  const request = { words, flags, setting, within, world };
  if (flags.engine === "athena") return ofAthena(request);
  return words.files.length > 0 ? ofFiles(request) : ofS3(request);
}

interface AnswerRequest {
  readonly words: LogWords;
  readonly flags: LogFlags;
  readonly setting: LogSetting;
  readonly within: TimeRange;
  readonly world: World;
}

async function ofAthena(request: AnswerRequest): Promise<LogAnswers> {
  const { flags, setting, within, world } = request;
  const { gate, view } = setting;
  const [{ askAthena }, { athenaTable, askedTable }] = await Promise.all([
    import("./ask-athena.ts"),
    import("./athena-tables.ts"),
  ]);
  const cloud = await world.logCloud(cloudOptionsOf(flags, world.env, gate));
  const table = athenaTable(gate, flags);
  const form = await askedTable(gate, flags, world);
  const period = within.from === undefined ? within : { ...within, to: within.to ?? world.clock.now() };
  const questionRun = questionRunOf(request);
  const answers = await askAthena(
    { questionRun, table, form, view, within: period },
    await cloud.warehouse(),
    world,
  );
  const { queries, scannedBytes } = answers;
  return { ...outcomeOf(answers, setting), sources: [], scanned: { queries, bytes: scannedBytes } };
}

async function ofFiles(request: AnswerRequest): Promise<LogAnswers> {
  const { words, flags, world } = request;
  const workspace = await world.logs.workspace({ memoryLimit: flags.memory ?? MEMORY });
  try {
    return await answered(request, words.files, workspace);
  } finally {
    await workspace.close();
  }
}

async function ofS3(request: AnswerRequest): Promise<LogAnswers> {
  const { flags, setting, within, world } = request;
  const gate = setting.gate ?? (await openGate(flags, world));
  const { gateDestinations } = await import("./where.ts");
  const { fetchLogs, readableDestinations } = await import("./fetch-logs.ts");
  const found = await gateDestinations(gate, flags, world);
  const destinations = readableDestinations(gate.distributions, found, flags.format);
  // DuckDB first: without it nothing needs to be fetched.
  const workspace = await world.logs.workspace({ memoryLimit: flags.memory ?? MEMORY });
  try {
    const period = { from: within.from ?? 0, to: within.to ?? world.clock.now() };
    const bucket = await found.bucketOf();
    const fetched = await fetchLogs(
      { destinations, period, yes: flags.yes === true },
      bucket,
      workspace,
      world,
    );
    const answers = await answered(request, [...fetched.files.keys()], workspace);
    const sources = answers.sources.map((source) => ({
      ...source,
      path: fetched.files.get(source.path) ?? source.path,
    }));
    return { ...answers, sources, fetched };
  } finally {
    await workspace.close();
  }
}

async function answered(
  request: AnswerRequest,
  names: readonly string[],
  workspace: LogWorkspace,
): Promise<LogAnswers> {
  const { flags, setting, within, world } = request;
  const local = {
    ...questionRunOf(request),
    names,
    view: { ...setting.view, ...within },
    fields: flags.fields === undefined ? undefined : fieldsFlag(flags.fields),
  };
  const answers = await askLocalLogs(local, workspace, world.files.stream("-"));
  return { ...outcomeOf(answers, setting), sources: answers.sources };
}

function questionRunOf({ words, flags, setting, within, world }: AnswerRequest): QuestionRun {
  const { gate, marks, trustOf, view } = setting;
  return {
    questions: questionsOf(words),
    asked: givenOptionsOf(words, flags),
    marks,
    hasProtectedRoutes: view.routes.some(({ isProtected }) => isProtected),
    client: clientNames(flags.showClients === true, world.random.bytes(16)),
    gate,
    trustOf,
    hasPeriod: within.from !== undefined || within.to !== undefined,
  };
}

function outcomeOf(answers: Answers, { marks, unasked }: LogSetting): Omit<LogAnswers, "sources"> {
  return {
    answers,
    trust: { rotation: marks.rotation, unasked },
    findings: [...answers.answers.values()].flatMap(({ findings }) => findings),
  };
}

/** Throws ERR_USAGE if no flag or argument selects any lines. */
function checkSource({ files }: LogWords, { from, since, rotation, offline, engine }: LogFlags): void {
  const hasPeriod = from !== undefined || since !== undefined || rotation !== undefined;
  if (engine === "athena" && files.length > 0)
    throw new UsageError("ERR_USAGE", "Athena reads its table in S3, not files", [
      "keyturn logs --engine athena --since 1d",
      "keyturn logs FILE",
    ]);
  if (files.length > 0 || engine === "athena") return;
  if (!hasPeriod)
    throw new UsageError("ERR_USAGE", "there are no logs to read", [
      "keyturn logs *.gz",
      "zcat *.gz | keyturn logs -",
      "or read them from S3:",
      "keyturn logs --since 2h --gate NAME",
    ]);
  if (offline)
    throw new UsageError("ERR_USAGE", "without files the logs would be fetched, which --offline forbids", [
      "keyturn logs *.gz --offline",
    ]);
}

export function questionsOf({ question }: LogWords): readonly Question[] {
  const one = question === undefined ? undefined : QUESTIONS.get(question);
  return one === undefined ? SUMMARY : [one];
}

export function givenOptionsOf(
  { requestId }: LogWords,
  { bucket, loop = { denials: 5, within: 60 } }: LogFlags,
): GivenOptions {
  return { bucket, loop, requestId };
}

/** An address has one name throughout a run, and another in the next. */
function clientNames(isShown: boolean, salt: Uint8Array): (address: LogValue | undefined) => string {
  return (address) => {
    if (address === null || address === undefined) return "-";
    if (isShown) return String(address);
    return createHash("sha256").update(salt).update(String(address)).digest("hex").slice(0, 8);
  };
}
