/** What stands after `keyturn logs`: a question, then files. */
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

/** A file that is called like a question is typed as `./denials`. Throws ERR_USAGE. */
export function readLogWords(words: readonly string[]): LogWords {
  const [first = "", second, ...rest] = words;
  const question = QUESTION_NAMES.find((name) => name === first);
  if (question === undefined) return { files: refuseMisspelt(words) };
  if (question !== "request") return { question, files: words.slice(1) };
  if (second === undefined || !isRequestId(second)) {
    throw new UsageError("ERR_USAGE", "keyturn logs request takes the x-amz-cf-id of an answer", [
      "keyturn logs request 'Vxl4...==' FILE (what stands after x-amz-cf-id:)",
    ]);
  }
  return { question, requestId: second, files: rest };
}

/** A word without a dot, slash or star is more likely a misspelt question than a file. */
function refuseMisspelt(words: readonly string[]): readonly string[] {
  const [first = ""] = words;
  const meant = /^[a-z-]+$/.test(first) ? nearest(first, QUESTION_NAMES) : undefined;
  if (meant === undefined) return words;
  throw new UsageError("ERR_USAGE", `${first} is no question`, [
    `keyturn logs ${[meant, ...words.slice(1)].join(" ")}`,
    `keyturn logs ./${first} (a file of that name)`,
  ]);
}
