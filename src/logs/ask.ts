/** Runs questions in an engine with the view `logs`: rows, true reasons, answers. */
import type { EdgeRequest } from "../edge/verdict.ts";
import type { Gate } from "../gates/gate.ts";
import type { LogRow } from "../seams/logs.ts";
import type { EpochSeconds } from "../time.ts";
import { COVERAGE_TEXT, type Coverage, coverageOf, hasCookies } from "./coverage.ts";
import { type CredentialLine, credentialLine } from "./credential-line.ts";
import { explainLine } from "./explain-line.ts";
import { type DenialReasons, judgeLines, NO_REASONS, type TrustOf } from "./judge-lines.ts";
import {
  type KnownFacts,
  type Question,
  type QuestionAnswer,
  type QuestionName,
  type QuestionOptions,
  sum,
} from "./question.ts";
import { credentialsText, MOST_CREDENTIALS } from "./questions/credentials.ts";
import type { RotationMarks } from "./rotation-marks.ts";
import { textValue } from "./row-values.ts";

/** Without a bucket, one that suits the time span of the lines. */
export type GivenOptions = Omit<QuestionOptions, "bucket"> & Partial<Pick<QuestionOptions, "bucket">>;

export interface QuestionRun {
  readonly questions: readonly Question[];
  readonly asked: GivenOptions;
  readonly marks: RotationMarks;
  readonly gate?: Gate;
  readonly hasProtectedRoutes: boolean;
  readonly client: KnownFacts["client"];
  /** Absent: do not ask any account. */
  readonly trustOf?: TrustOf;
  /** Are lines outside a period left out? */
  readonly hasPeriod?: boolean;
  /** Read credentials only from lines before this time: later ones are not judged anyway. */
  readonly credentialsUntil?: EpochSeconds;
}
export interface Answers {
  readonly coverage: Coverage;
  readonly answers: ReadonlyMap<QuestionName, QuestionAnswer>;
  readonly hasTrust: boolean;
}

/** Questions whose answers contain reasons. */
const WITH_REASONS: ReadonlySet<QuestionName> = new Set(["denials", "who", "request"]);

export const needsReasons = (questions: readonly Question[]) =>
  questions.some(({ name }) => WITH_REASONS.has(name));

/** Every query that will run, by name; a source must support all of them. */
export function queriesOf({
  questions,
  asked,
  marks,
  credentialsUntil,
}: Pick<QuestionRun, "questions" | "asked" | "marks" | "credentialsUntil">): ReadonlyMap<string, string> {
  const sized = { ...asked, bucket: asked.bucket ?? "hour" };
  return new Map([
    ["coverage", COVERAGE_TEXT],
    ...(needsReasons(questions) ? [["credentials", credentialsText(sized, credentialsUntil)] as const] : []),
    ...questions.flatMap((question) => Object.entries(question.texts(sized, marks))),
  ]);
}

export async function askQuestions(
  questionRun: QuestionRun,
  query: (sql: string) => Promise<readonly LogRow[]>,
): Promise<Answers> {
  const coverage = coverageOf(await query(COVERAGE_TEXT));
  const asked = { ...questionRun.asked, bucket: questionRun.asked.bucket ?? bucketFor(coverage) };
  const rows = new Map<string, readonly LogRow[]>();
  for (const [name, text] of queriesOf({ ...questionRun, asked })) {
    if (name !== "coverage") rows.set(name, await query(text));
  }
  const lines = tellingLines(rows.get("credentials") ?? [], coverage);
  const reasons = await reasonsOf(lines, rows.get("denials") ?? [], questionRun.trustOf);
  const { marks, gate, hasProtectedRoutes, client } = questionRun;
  const [line] = lines;
  const method = textValue(rows.get("request")?.[0] ?? {}, "method") ?? "GET";
  const isExplained = asked.requestId !== undefined && line !== undefined;
  const known: KnownFacts = {
    asked,
    coverage,
    reasons,
    marks,
    hasProtectedRoutes,
    client,
    gate,
    explained: isExplained ? await explainLine(line, method, questionRun.trustOf, gate?.name) : undefined,
  };
  const answers = new Map(
    questionRun.questions.map((question) => {
      const answer = question.answer(Object.fromEntries(rows), known);
      return [question.name, coverage.lines === 0 ? answerWithoutLines(answer, questionRun) : answer];
    }),
  );
  return { coverage, answers, hasTrust: reasons.hasTrust };
}

/** A missing log line does not mean that nothing was denied. */
function answerWithoutLines(
  answer: QuestionAnswer,
  { asked, hasPeriod }: Pick<QuestionRun, "asked" | "hasPeriod">,
): QuestionAnswer {
  if (asked.requestId !== undefined) return answer;
  const cannotTell = hasPeriod
    ? {
        why: "anything: no line is from this period",
        instead: "choose a longer one, or wait: logs arrive up to 24 hours late",
      }
    : { why: "anything: there are no readable lines", instead: "keyturn logs where --gate NAME" };
  return { ...answer, says: [], cannotTell: [cannotTell] };
}

/** Enough rows to show when something happened, few enough to read. */
function bucketFor({ from = 0, to = 0 }: Coverage): QuestionOptions["bucket"] {
  if (to - from <= 3600) return "minute";
  return to - from <= 4 * 86_400 ? "hour" : "day";
}

/**
 * A line without a credential means something only if cookies are logged and the signature check itself answered:
 * then there was none.
 */
function tellingLines(rows: readonly LogRow[], coverage: Coverage): readonly CredentialLine[] {
  const isLogged = hasCookies(coverage);
  return rows
    .map(credentialLine)
    .filter(
      ({ readings, answeredBy }) =>
        readings.some(showsCredential) || (isLogged && answeredBy === "edge-signature"),
    );
}

const showsCredential = ({ url, cookies }: EdgeRequest) =>
  cookies.length > 0 || /[?&](?:Key-Pair-Id|Signature|Policy|Expires|Hash-Algorithm)=/.test(url);

async function reasonsOf(
  lines: readonly CredentialLine[],
  denials: readonly LogRow[],
  trustOf: TrustOf | undefined,
): Promise<DenialReasons> {
  if (lines.length === 0) return { ...NO_REASONS, hasTrust: trustOf !== undefined };
  const bySignature = denials.filter(({ answered_by }) => answered_by === "edge-signature");
  const unjudged =
    sum(bySignature.map(({ requests }) => Number(requests))) - sum(lines.map(({ requests }) => requests));
  return {
    judged: await judgeLines(lines, trustOf),
    hasTrust: trustOf !== undefined,
    unjudged: lines.length < MOST_CREDENTIALS ? 0 : Math.max(0, unjudged),
  };
}
