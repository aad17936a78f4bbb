/** The words after `keyturn logs`: a question, then files. */
import { UsageError } from "../errors.ts";
import { nearest } from "../text/nearest.ts";
import { QUESTION_NAMES, type QuestionName } from "./question.ts";
import { isRequestId } from "./questions/request.ts";

export interface LogWords {
  /** Absent: a summary. */
  readonly question?: QuestionName;
  readonly requestId?: string;
  readonly files: readonly string[];
}

/** Type a file named like a question as `./denials`. Throws ERR_USAGE. */
export function readLogWords(words: readonly string[]): LogWords {
  const [first = "", second, ...rest] = words;
  const question = QUESTION_NAMES.find((name) => name === first);
  if (question === undefined) return { files: refuseMisspelt(words) };
  if (question !== "request") return { question, files: words.slice(1) };
  if (second === undefined || !isRequestId(second)) {
    throw new UsageError("ERR_USAGE", "`keyturn logs request` takes the x-amz-cf-id of a response", [
      "keyturn logs request 'X-AMZ-CF-ID' FILE",
    ]);
  }
  return { question, requestId: second, files: rest };
}

/** A word without a dot, slash or star is more likely a misspelled question than a file. */
function refuseMisspelt(words: readonly string[]): readonly string[] {
  const [first = ""] = words;
  const meant = /^[a-z-]+$/.test(first) ? nearest(first, [...QUESTION_NAMES, "where"]) : undefined;
  if (meant === undefined) return words;
  throw new UsageError("ERR_USAGE", `${first} is not a question`, [
    `keyturn logs ${[meant, ...words.slice(1)].join(" ")}`,
    "or, if it is a file:",
    `keyturn logs ./${first}`,
  ]);
}
