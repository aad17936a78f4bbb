/**
 * Somebody on call who knows nothing about keyturn. They run `keyturn triage` and then whatever is printed as the next
 * step, answer every confirmation with yes, wait if a rotation says so, and never fill in a name.
 */
import type { Ran } from "../fakes/memory-world.ts";
import { shellWords } from "../fakes/shell-words.ts";
import type { ProbedSite } from "../probe/fault-site.ts";

interface Step {
  readonly line: string;
  readonly ran: Ran;
}

/** The last step is a healthy triage, or advice that no command can carry out. */
export interface Followed {
  readonly steps: readonly Step[];
  readonly end: "healthy" | "advice" | "lost";
  /** The advice, as printed. */
  readonly advice: string;
}

/** A next step after an arrow, on its own line. */
const STEP = /^ *(?:->|→) *(\S.*)$/;
/** A rotation's next step, because there an arrow marks the stage. */
const NEXT = /^next +(\S.*)$/;
const HINT = /^hint: (\S.*)$/;
const isCommand = (text: string) => /^keyturn [a-z]/.test(text);
/** A word in capitals is a placeholder for a value that was not printed. */
const isMadeUp = (line: string) => /\s[A-Z]{2,}(\s|$)/.test(line.replace(/'[^']*'/g, ""));

/** Follows the printed steps. After `most` steps, the follower is lost. */
export async function follow(site: ProbedSite, most: number): Promise<Followed> {
  const steps: Step[] = [];
  let line = "keyturn triage";
  while (steps.length < most) {
    const ran = await type(line, site);
    steps.push({ line, ran });
    const next = nextOf(line, ran);
    if (next.kind !== "command") return { steps, end: next.kind, advice: next.text };
    line = next.text;
  }
  return { steps, end: "lost", advice: "" };
}

interface Next {
  readonly kind: "command" | "healthy" | "advice" | "lost";
  readonly text: string;
}

function nextOf(line: string, { stdout, stderr, exitCode }: Ran): Next {
  const printed = stdout.split("\n");
  const found = (pattern: RegExp) =>
    printed.flatMap((each, at) => {
      const [, text] = pattern.exec(each) ?? [];
      return text === undefined ? [] : [{ text, at }];
    });
  const [rotations] = found(NEXT);
  // Triage prints the worst gate last; every other report begins with what matters most.
  const isTriage = line.startsWith("keyturn triage");
  const step = rotations ?? found(STEP).at(isTriage ? -1 : 0);
  if (step !== undefined) {
    if (isCommand(step.text) && !isMadeUp(step.text)) return { kind: "command", text: step.text };
    if (!isCommand(step.text)) return { kind: "advice", text: paragraphFrom(printed, step.at) };
  }
  const hint = stderr
    .split("\n")
    .flatMap((each) => HINT.exec(each)?.[1] ?? [])
    .find((text) => isCommand(text) && !isMadeUp(text));
  if (hint !== undefined) return { kind: "command", text: hint };
  if (isTriage) return { kind: exitCode === 0 ? "healthy" : "lost", text: "" };
  // Nothing more to run, so check again.
  return exitCode === 0 ? { kind: "command", text: "keyturn triage" } : { kind: "lost", text: stderr };
}

/** The text up to the next empty line, on one line. */
function paragraphFrom(lines: readonly string[], at: number): string {
  const rest = lines.slice(at);
  const end = rest.findIndex((line) => line.trim() === "");
  return rest
    .slice(0, end === -1 ? undefined : end)
    .join(" ")
    .replace(/\s+/g, " ");
}

/** Runs the line as printed. If it needs a confirmation, runs it again with the flag that confirms. */
async function type(line: string, site: ProbedSite): Promise<Ran> {
  const words = shellWords(line).slice(1);
  const ran = await site.runWords(words);
  const [, flag] = /^hint: add (--yes\S*) to confirm$/m.exec(ran.stderr) ?? [];
  return flag === undefined ? ran : site.runWords([...words, flag]);
}
