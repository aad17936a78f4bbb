/** The text of notifications: the reason, what it means, the runbook, and the commands to run. Pure. */
import type { KeyturnError } from "../errors.ts";
import type { TurnMessage } from "./turn-shape.ts";

/** The page and the runbook of an id or code, as `keyturn explain` shows them. */
export type RunbookOf = (id: string) => string | undefined;

/** SNS takes up to 100 ASCII characters, without control characters. */
const LONGEST_SUBJECT = 100;

function subjectOf(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, LONGEST_SUBJECT);
}

interface Occasion {
  readonly gate: string;
  readonly execution: string;
}

/** `halted at trust-proven (trust-not-proven): …` and `refused (no-canary): …` name an id; others have their code. */
function reasonId({ code, message }: Pick<KeyturnError, "code" | "message">): string {
  return /^(?:halted at \S+|refused) \(([\w-]+)\)/.exec(message)?.[1] ?? code;
}

export function errorMessage(error: KeyturnError, runbookOf: RunbookOf, occasion: Occasion): TurnMessage {
  const id = reasonId(error);
  return needsPerson(`gate ${occasion.gate}: ${id}`, error.message, error.hints, id, runbookOf, occasion);
}

/** Without an error: viewers are denied although no rotation is open. */
export function outageMessage(
  says: string,
  typeNext: readonly string[],
  runbookOf: RunbookOf,
  occasion: Occasion,
): TurnMessage {
  const subject = `gate ${occasion.gate}: viewers are denied`;
  return needsPerson(subject, says, typeNext, "signing-key-untrusted", runbookOf, occasion);
}

function needsPerson(
  subject: string,
  says: string,
  hints: readonly string[],
  id: string,
  runbookOf: RunbookOf,
  { gate, execution }: Occasion,
): TurnMessage {
  const runbook = runbookOf(id);
  const lines = [
    says,
    "",
    "What to do:",
    ...hints.map((hint) => `  ${hint}`),
    `  keyturn rotate status --gate ${gate}`,
    "",
    "What it means, and the runbook:",
    `  keyturn explain ${id}`,
    ...(runbook === undefined ? [] : [`  keyturn runbook show ${runbook}`]),
    "",
    "Nothing is lost, and you need not stop anything first: you and the schedule work on the same record.",
    `The schedule continues hourly; execution ${execution} has ended.`,
  ];
  return { subject: subjectOf(`[keyturn] ${subject}`), text: lines.join("\n") };
}

export function endMessage(
  { rotation, state, says }: { readonly rotation: string; readonly state: string; readonly says: string },
  { gate, execution }: Occasion,
): TurnMessage {
  const lines = [
    `Rotation ${rotation} of gate ${gate} is finished: ${says}.`,
    "",
    "For the change ticket:",
    `  keyturn rotate status --gate ${gate} --evidence md`,
    "The same with charts, as one file to attach:",
    `  keyturn rotate status --gate ${gate} --report html=rotation.html`,
    "",
    `Execution ${execution} has ended.`,
  ];
  return { subject: subjectOf(`[keyturn] gate ${gate}: ${state}`), text: lines.join("\n") };
}
